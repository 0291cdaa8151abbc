"""Files that people put to cases: kept outside what is served, under their hash, given back only as downloads."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from exceptions.file_kinds import refusal
from exceptions.models import Attachment, ExceptionCase
from exceptions.moves import MoveNotAllowed
from exceptions.rights import Person
from exceptions.workflow import Origin, enter, standings

LARGEST = 10 * 1024 * 1024
MOST = 50


class AttachmentRefused(ValueError):
    """The file is too large, empty, one too many, or not of a kind that is taken."""


def may_attach(person: Person, case: ExceptionCase) -> bool:
    """Whether a person may put files to a case: its owner and its team may, also when it is closed."""
    return bool(standings(person, case) & {"member", "owner", "lead"})


def attach(case: ExceptionCase, given: UploadedFile[Any], *, by: Person, at: datetime, origin: Origin) -> Attachment:
    """Keeps a file with a case; raises AttachmentRefused, MoveNotAllowed."""
    if not may_attach(by, case):
        raise MoveNotAllowed("Only a member of its team may put files to it.")
    size = given.size or 0
    if not 0 < size <= LARGEST:
        raise AttachmentRefused("A file of up to 10 MiB, and not an empty one.")
    if case.attachments.count() >= MOST:
        raise AttachmentRefused(f"There are {MOST} files already.")
    name = Path((given.name or "file").replace("\\", "/")).name.replace("\x00", "")
    if reason := refusal(name, cast(BinaryIO, given.file)):
        raise AttachmentRefused(reason)
    name, digest = name[-200:], _keep(given)
    said = (given.content_type or "").replace("\x00", "")[:200]
    with transaction.atomic():
        kept = Attachment.objects.create(
            case=case, name=name, content_type=said, size=size, sha256=digest, by=by.user, at=at
        )
        enter(case, "attach", by=by, at=at, origin=origin, details={"name": name, "sha256": digest, "size": size})
    return kept


def stored_file(kept: Attachment) -> BinaryIO:
    """The file's content; FileNotFoundError where the files were not restored with the database."""
    return _place(kept.sha256).open("rb")


def _keep(given: UploadedFile[Any]) -> str:
    hashed, folder = sha256(), Path(settings.MEDIA_ROOT) / "attachments"
    folder.mkdir(parents=True, exist_ok=True)
    for chunk in given.chunks():
        hashed.update(chunk)
    place = _place(hashed.hexdigest())
    if not place.exists():
        partial = place.with_suffix(".part")
        with partial.open("wb") as out:
            for chunk in given.chunks():
                out.write(chunk)
        partial.replace(place)
    return hashed.hexdigest()


def _place(digest: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "attachments" / digest
