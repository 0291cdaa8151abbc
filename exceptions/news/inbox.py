"""A person's inbox: what they were told, the newest first, and what they have read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from exceptions.company import wishes_of
from exceptions.models import Notification
from exceptions.news.words import news_address, news_sentence
from exceptions.ownership import TEAM_NAME

PAGE = 50
COUNTED = 99


@dataclass(frozen=True)
class Line:
    """One line of the inbox in words, and where it leads."""

    told: Notification
    sentence: str
    address: str


@dataclass(frozen=True)
class Inbox:
    """One page of an inbox; the next one is below the number `following`."""

    lines: list[Line]
    unread: int
    following: int | None


@dataclass(frozen=True)
class Shown:
    """What every page shows of a person's inbox and wishes."""

    unread: int = 0
    shortcuts: bool = True
    theme: str = "auto"

    @property
    def badge(self) -> str:
        """The number of unread lines, as it is shown; nothing for none."""
        return "" if not self.unread else f"{COUNTED}+" if self.unread > COUNTED else str(self.unread)


def inbox_page(person: Any, *, before: int | None = None) -> Inbox:
    """The inbox of a user, below the number `before`."""
    told = (
        Notification.objects.filter(person=person)
        .select_related("case__owner", "entry__by", "round__checklist__team")
        .annotate(team_name=TEAM_NAME)
        .order_by("-id")
    )
    told = told if before is None else told.filter(id__lt=before)
    found = list(told[: PAGE + 1])
    return Inbox(
        [Line(one, news_sentence(one), news_address(one)) for one in found[:PAGE]],
        Notification.objects.filter(person=person, read_at=None).count(),
        found[PAGE - 1].pk if len(found) > PAGE else None,
    )


def mark_read(person: Any, *, at: datetime, only: int | None = None, up_to: int | None = None) -> int:
    """Marks one's own lines read: one, or all up to the newest that was shown; how many."""
    unread = Notification.objects.filter(person=person, read_at=None)
    unread = unread if only is None else unread.filter(id=only)
    unread = unread if up_to is None else unread.filter(id__lte=up_to)
    return unread.update(read_at=at)


def shown_of(person: Any) -> Shown:
    """What every page shows; it was read with the company, where that is in effect for the person."""
    known = wishes_of(person)
    return Shown(known.get("unread") or 0, known.get("shortcuts") is not False, known.get("theme") or "auto")


def shown(request: HttpRequest) -> dict[str, Any]:
    """For templates: `shown`, loaded when it is first used."""
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    return {"shown": SimpleLazyObject(lambda: shown_of(user)) if known else Shown()}
