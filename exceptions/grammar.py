"""The search grammar of the queue: `kind:sku_mismatch owner:me age:>3d amount:>500 ref:PO-778 words`."""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.db.models import Q

from exceptions.models import CLOSED, OPEN, SEVERITIES
from exceptions.rights import Person
from reconciliation.projection import norm
from reconciliation.topology_rows import REFERENCES

STATES = {"open": OPEN, "closed": CLOSED} | {state: (state,) for state in (*OPEN, *CLOSED)}
AGE = re.compile(r"(<|>)?([0-9]{1,5})([hdw])")
HOURS = {"h": 1, "d": 24, "w": 168}
AMOUNT = re.compile(r"(<=|>=|<|>)?([0-9][0-9.]{0,20})([A-Za-z]{3})?")
BY_SIGN = {"<": "lt", ">": "gt", "<=": "lte", ">=": "gte", None: "exact"}


@dataclass(frozen=True)
class Term:
    """One word of a search: `name` empty for free words; `problem` says why it was passed over."""

    name: str
    value: str
    condition: Q
    problem: str = ""

    @property
    def text(self) -> str:
        """As it was typed."""
        value = f'"{self.value}"' if " " in self.value else self.value
        return f"{self.name}:{value}" if self.name else value


class _Unfit(ValueError):
    """A value that its word cannot take; the message says what it takes."""


def terms_of(text: str, person: Person | None, *, at: datetime) -> list[Term]:
    """The terms of a search, each with its condition; what makes no sense restricts nothing and says so."""
    return [_term(word, person, at) for word in _words(text)]


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text.replace("'", "’"))
    except ValueError:
        return text.replace('"', " ").split()


def _term(word: str, person: Person | None, at: datetime) -> Term:
    name, colon, value = word.partition(":")
    known = NAMES.get(name.lower())
    if not colon or known is None or not value:
        return Term("", word, _free(word))
    try:
        return Term(name.lower(), value, known(value, person, at))
    except _Unfit as error:
        return Term(name.lower(), value, Q(), str(error))


def _free(word: str) -> Q:
    found = Q(title__icontains=word) | Q(subject__icontains=word) | carries(word)
    if word.upper().startswith("E-") and word[2:].isdecimal() and len(word) < 20:
        found |= Q(id=int(word[2:]))
    return found


def carries(words: str) -> Q:
    """Whether a case carries a reference, as it came or as references are compared."""
    found = Q()
    for scheme in REFERENCES:
        found |= Q(**{f"refs__{scheme}__iexact": words}) | Q(**{f"refs__{scheme}__iexact": norm(words)})
    return found


def _state(value: str, person: Person | None, at: datetime) -> Q:
    if value not in STATES:
        raise _Unfit(f"a state is one of: {', '.join(STATES)}")
    return Q(state__in=STATES[value])


def _severity(value: str, person: Person | None, at: datetime) -> Q:
    if value not in SEVERITIES:
        raise _Unfit(f"a severity is one of: {', '.join(SEVERITIES)}")
    return Q(severity=value)


def _owner(value: str, person: Person | None, at: datetime) -> Q:
    if value == "nobody":
        return Q(owner=None)
    if value == "me" and person is not None:
        return Q(owner=person.user.pk)
    return Q(owner__username=value)


def _age(value: str, person: Person | None, at: datetime) -> Q:
    said = AGE.fullmatch(value)
    if said is None:
        raise _Unfit("an age is written >3d, <12h or >2w")
    since = at - timedelta(hours=int(said[2]) * HOURS[said[3]])
    return Q(first_seen__gt=since) if said[1] == "<" else Q(first_seen__lt=since)


def _amount(value: str, person: Person | None, at: datetime) -> Q:
    said = AMOUNT.fullmatch(value)
    try:
        amount = Decimal(said[2]) if said else None
    except InvalidOperation:
        amount = None
    if said is None or amount is None:
        raise _Unfit("an amount is written >500 or <=20.50EUR")
    found = Q(**{f"amount__{BY_SIGN[said[1]]}": amount})
    return found & Q(currency=said[3].upper()) if said[3] else found


def _same(field: str) -> Callable[[str, Person | None, datetime], Q]:
    return lambda value, person, at: Q(**{field: value})


NAMES: dict[str, Callable[[str, Person | None, datetime], Q]] = {
    "kind": _same("kind"),
    "state": _state,
    "severity": _severity,
    "team": _same("team"),
    "owner": _owner,
    "flow": _same("flow"),
    "system": lambda value, person, at: Q(systems__contains=[value]),
    "customer": _same("customer__iexact"),
    "sku": _same("sku"),
    "currency": lambda value, person, at: Q(currency=value.upper()),
    "age": _age,
    "amount": _amount,
    "ref": lambda value, person, at: carries(value),
    "storm": lambda value, person, at: Q(storm=int(value)) if value.isdecimal() and len(value) < 18 else Q(),
}
