"""manage.py sbom: every package of others that the product is made of, as a CycloneDX bill of materials."""

import json
import re
import uuid
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

LOCKED = re.compile(r"^([a-z0-9._-]+)==([^\s\\;]+)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
ALGORITHMS = {"sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}


class Command(BaseCommand):
    """Writes the bill, the same for the same lock files, to standard output."""

    help = "Write a CycloneDX bill of materials from the lock files."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--dev` adds what only tests and checks use."""
        parser.add_argument("--dev", action="store_true", help="with what only tests and checks use")

    def handle(self, *args: Any, **options: Any) -> str:
        """The bill as JSON."""
        name = "requirements-dev.txt" if options["dev"] else "requirements.txt"
        return json.dumps(bill(settings.BASE_DIR / name, settings.BASE_DIR / "static" / "package-lock.json"), indent=1)


def bill(python: Path, browser: Path) -> dict[str, Any]:
    """A CycloneDX 1.6 document of what two lock files name; its serial number is that of their contents."""
    texts = [path.read_text(encoding="utf-8") for path in (python, browser)]
    components = sorted([*_of_python(texts[0]), *_of_browsers(texts[1])], key=lambda one: str(one["purl"]))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, ''.join(texts))}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "reconciliation", "bom-ref": "reconciliation"}},
        "components": components,
        "dependencies": [{"ref": "reconciliation", "dependsOn": [one["bom-ref"] for one in components]}],
    }


def _of_python(text: str) -> Iterator[dict[str, Any]]:
    for entry in re.split(r"(?<!\\)\n", text):
        if found := LOCKED.match(entry):
            hashes = [{"alg": "SHA-256", "content": digest} for digest in HASH.findall(entry)]
            yield _component("pypi", found[1], found[2], hashes)


def _of_browsers(text: str) -> Iterator[dict[str, Any]]:
    for path, facts in json.loads(text)["packages"].items():
        if path and not facts.get("link"):
            algorithm, _, digest = facts["integrity"].partition("-")
            hashes = [{"alg": ALGORITHMS[algorithm], "content": b64decode(digest).hex()}]
            yield _component("npm", path.rpartition("node_modules/")[2], facts["version"], hashes)


def _component(kind: str, name: str, version: str, hashes: list[dict[str, str]]) -> dict[str, Any]:
    purl = f"pkg:{kind}/{name.replace('@', '%40')}@{version}"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, "hashes": hashes}
