"""Every form of every page, sent back with what nobody should enter: it says what is wrong, and none of them fails."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from exceptions.configuration.mappings import TABLES
from exceptions.configuration.sections import SECTIONS
from exceptions.models import ExceptionCase
from tests.connectors.vendors import undone
from tests.hostile.test_pages import HARDEST, ida  # noqa: F401 (a fixture)
from tests.hostile.values import EXAMPLES, LONE, TEXTS
from tests.journeys.places import places

pytestmark = pytest.mark.django_db
HARD = (*HARDEST, *TEXTS, *(text.encode("utf-8", "surrogatepass") for text in LONE))
TURNS = max(2, EXAMPLES // 15)
FIELDS = {"input", "select", "textarea", "button"}


class Forms(HTMLParser):
    """The forms of a page that change something, as (address, names of fields, names of files)."""

    def __init__(self, page):
        super().__init__()
        self.page, self.found, self.form = page, [], None

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form":
            self.form = (urljoin(self.page, said.get("action") or ""), {}, set())
            if (said.get("method") or "").lower() == "post":
                self.found.append(self.form)
        elif tag in FIELDS and self.form and said.get("name"):
            names = self.form[2] if said.get("type") == "file" else self.form[1]
            names.add(said["name"]) if said.get("type") == "file" else names.setdefault(said["name"], said.get("value"))

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None


def addresses(person):
    """The pages, also those of every section of the settings, and of an exception of each kind that is the person's."""
    ExceptionCase.objects.filter(team="finance").update(owner=person.user, state="in_progress")
    yield from (place.address for place in places())
    yield from (f"/settings/{section}/edit" for section in SECTIONS)
    yield from (f"/settings/mappings/{table}" for table in TABLES)
    cases = ExceptionCase.objects.filter(team="finance").order_by("kind", "id").distinct("kind")
    yield from (f"/exceptions/{case.pk}" for case in cases)


def forms(client, person):
    """Each form once, whichever pages show it."""
    known = {}
    for address in addresses(person):
        page = Forms(address)
        page.feed(client.get(address, follow=True).content.decode())
        for action, names, files in page.found:
            known.setdefault((re.sub(r"\d+", "1", urlsplit(action).path), *sorted(names)), (action, names, files))
    return [form for form in known.values() if "logout" not in form[0]]


def test_no_form_fails_whatever_its_fields_say(client, ida):  # noqa: F811
    client.raise_request_exception, broken = False, []
    found = forms(client, ida)
    assert len(found) > 60
    for n, (address, names, files) in enumerate(found):
        for turn in range(TURNS):
            text = HARD[(n * TURNS + turn) % len(HARD)]
            said = dict.fromkeys(names, text) if turn % 2 else hidden_kept(names, text)
            said |= {name: SimpleUploadedFile("\u202egnp.exe", as_bytes(text)) for name in files}
            with undone():
                if client.post(address, said).status_code >= 500:
                    broken.append((address, turn, text[:40]))
    assert broken == []


def hidden_kept(names, text):
    """The fields with what the page put in them, the rest with the text."""
    return {name: text if value is None else value for name, value in names.items()}


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode()
