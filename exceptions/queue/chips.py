"""What narrows the queue, as chips that can be taken away one by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from exceptions.queue.cases import Page

PLACES = ("after",)  # where one is in the list is nothing that narrows it


@dataclass(frozen=True)
class Chip:
    """One filter or word of the search: as it is said, why it was passed over, and the queue's query without it."""

    words: str
    problem: str
    without: str


def chips(asked: Mapping[str, str], page: Page) -> list[Chip]:
    """The filters of the address, each with the name of its choice, then the words of the search."""
    found = []
    for name, field in page.filter.form.fields.items():
        value = asked.get(name, "") if (name, asked.get(name)) != ("state", "open") else ""
        if value and page.filter.form.is_valid():
            named = dict(getattr(field, "choices", ())).get(value, value)
            found.append(Chip(f"{field.label or name}: {named}", "", _query(asked, name, "")))
    for place, term in enumerate(page.terms):
        rest = " ".join(other.text for number, other in enumerate(page.terms) if number != place)
        found.append(Chip(term.text, term.problem, _query(asked, "q", rest)))
    return found


def _query(asked: Mapping[str, str], name: str, value: str) -> str:
    address = QueryDict(mutable=True)
    said: dict[str, Any] = dict(asked) | {name: value}
    address.update({key: text for key, text in said.items() if text and key not in PLACES})
    return address.urlencode()
