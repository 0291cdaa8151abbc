"""The search grammar of the queue: `kind:sku_mismatch owner:me age:>3d amount:>500 ref:PO-778 words`."""

import re
import shlex
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.db.models import F, Q
from django.utils import timezone

from exceptions.acceptance import month_of
from exceptions.approvals import decidable
from exceptions.listing import row_number
from exceptions.models import CLOSED, OPEN, SEVERITIES, Acceptance, BulkJob
from exceptions.queue.trail_terms import IN_TRAIL, Meaning, Unfit, midnight
from exceptions.rights import Person
from reconciliation.models import UnmappedWord
from reconciliation.projection import norm
from reconciliation.topology_rows import REFERENCES

STATES = {"open": OPEN, "closed": CLOSED, "any": (*OPEN, *CLOSED)} | {state: (state,) for state in (*OPEN, *CLOSED)}
AGE = re.compile(r"(<|>)?([0-9]{1,5})([hdw])")
MOST_WORDS, LONGEST = 40, 4_000  # words and signs of a search: each word is looked for in many places
BEYOND = f"Only the first {MOST_WORDS} words of a search count."
NONE = "none"  # of a customer, a SKU, a flow or an error: those that have none
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


def terms_of(text: str, person: Person | None, *, at: datetime) -> list[Term]:
    """The terms of a search, each with its condition; what makes no sense restricts nothing and says so."""
    words = _words(text[:LONGEST].replace("\0", ""))
    beyond = [Term("", "…", Q(), BEYOND)] if len(words) > MOST_WORDS or len(text) > LONGEST else []
    return [_term(word, person, at) for word in words[:MOST_WORDS]] + beyond


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
    except Unfit as error:
        return Term(name.lower(), value, Q(), str(error))


def _free(word: str) -> Q:
    found = Q(title__icontains=word) | Q(subject__icontains=word) | carries(word)
    if word.upper().startswith("E-") and (number := row_number(word[2:])) is not None:
        found |= Q(id=number)
    return found


def carries(words: str) -> Q:
    """Whether a case carries a reference, as it came or as references are compared."""
    found = Q()
    for scheme in REFERENCES:
        found |= Q(**{f"refs__{scheme}__iexact": words}) | Q(**{f"refs__{scheme}__iexact": norm(words)})
    return found


def _id(value: str, person: Person | None, at: datetime) -> Q:
    """Exceptions by their numbers: 17,18 or E-17."""
    numbers = [row_number(number.upper().removeprefix("E-")) for number in value.split(",")]
    if None in numbers:
        raise Unfit("exceptions are named by their numbers: id:17,18")
    return Q(id__in=numbers)


def _left(value: str, person: Person | None, at: datetime) -> Q:
    """What one of one's own moves of many could not move."""
    number = row_number(value)
    if person is None or number is None:
        raise Unfit("what a move of many left is asked by its number: left:7")
    job = BulkJob.objects.filter(id=number, by=person.user.pk).first()
    return Q(id__in=[failure["case"] for failure in job.failures] if job else [])


def in_states(states: Collection[str]) -> Q:
    """Cases in these states. That none of them is closed is said of the open ones too: an index goes by it."""
    found = Q(state__in=states)
    return found & Q(closed_at=None) if set(states) <= set(OPEN) else found


def _state(value: str, person: Person | None, at: datetime) -> Q:
    if value not in STATES:
        raise Unfit(f"a state is one of: {', '.join(STATES)}")
    return in_states(STATES[value])


def _severity(value: str, person: Person | None, at: datetime) -> Q:
    if value not in SEVERITIES:
        raise Unfit(f"a severity is one of: {', '.join(SEVERITIES)}")
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
        raise Unfit("an age is written >3d, <12h or >2w")
    since = at - timedelta(hours=int(said[2]) * HOURS[said[3]])
    return Q(first_seen__gt=since) if said[1] == "<" else Q(first_seen__lt=since)


def _amount(value: str, person: Person | None, at: datetime) -> Q:
    said = AMOUNT.fullmatch(value)
    try:
        amount = Decimal(said[2]) if said else None
    except InvalidOperation:
        amount = None
    if said is None or amount is None:
        raise Unfit("an amount is written >500 or <=20.50EUR")
    found = Q(**{f"amount__{BY_SIGN[said[1]]}": amount})
    return found & Q(currency=said[3].upper()) if said[3] else found


def _closed(value: str, person: Person | None, at: datetime) -> Q:
    said = AGE.fullmatch(value)
    if said is not None:
        since = at - timedelta(hours=int(said[2]) * HOURS[said[3]])
        return Q(closed_at__lt=since) if said[1] == ">" else Q(closed_at__gt=since)
    try:
        return Q(closed_at__gte=midnight(value))
    except (ValueError, OverflowError):
        raise Unfit("when it was closed is written <7d or 2026-09-01") from None


def tomorrow(at: datetime) -> datetime:
    """The end of the day of `at` in the time zone in effect."""
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _due(value: str, person: Person | None, at: datetime) -> Q:
    """Parts what is open into four: `waiting` past its date, `over` its time, due `today`, and `later`."""
    day_ends = tomorrow(at)
    waiting = Q(state="waiting", until__lte=day_ends)
    running = in_states(OPEN) & Q(paused_at=None) & ~waiting
    late = Q(due_at=None) | Q(due_at__gte=day_ends) | Q(paused_at__isnull=False)
    parts = {
        "waiting": waiting,
        "over": running & Q(due_at__lt=at),
        "today": running & Q(due_at__gte=at, due_at__lt=day_ends),
        "later": in_states(OPEN) & ~waiting & late,
    }
    if value not in parts:
        raise Unfit(f"due is one of: {', '.join(parts)}")
    return parts[value]


def _in_time(value: str, person: Person | None, at: datetime) -> Q:
    limits = {
        "any": Q(due_at__isnull=False),
        "met": Q(due_at__gte=F("closed_at")),
        "missed": Q(due_at__lt=F("closed_at")),
    }
    if value not in limits:
        raise Unfit(f"the time limit is one of: {', '.join(limits)}")
    return limits[value]


def _previous(value: str, person: Person | None, at: datetime) -> Q:
    if value == "me" and person is not None:
        return Q(previous_owner=person.user.pk)
    return Q(previous_owner__username=value)


def _approver(value: str, person: Person | None, at: datetime) -> Q:
    if value != "me" or person is None:
        raise Unfit("only your own approvals can be asked for: approver:me")
    return Q(state="pending_approval", id__in=decidable(person).values("case"))


def _word(value: str, person: Person | None, at: datetime) -> Q:
    system, _, raw = value.partition(":")
    return Q(group_key__in=UnmappedWord.objects.filter(system=system, raw=raw).values("group_key"))


def _accepted(value: str, person: Person | None, at: datetime) -> Q:
    """What was accepted in the company's month and still stands: all of it, by oneself alone, by two."""
    ways = {"any": Q(), "two": Q(approved_by__isnull=False)}
    if person is not None:
        ways["me"] = Q(approved_by=None, by=person.user.pk)
    if value not in ways:
        raise Unfit(f"what was accepted this month is one of: {', '.join(ways)}")
    standing = Acceptance.objects.filter(ways[value], at__gte=month_of(at), at__lte=at, ended_at=None)
    return Q(id__in=standing.values("case"))


def _storm(value: str, person: Person | None, at: datetime) -> Q:
    """What was folded into one exception when very many of a kind came at once."""
    number = row_number(value)
    if number is None:
        raise Unfit("what is folded together is asked by the number of the first: storm:17")
    return Q(storm=number)


def _same(field: str) -> Meaning:
    lacks = Q(**{f"{field.partition('__')[0]}__isnull": True})
    return lambda value, person, at: lacks if value == NONE else Q(**{field: value})


NAMES: dict[str, Meaning] = {
    **IN_TRAIL,
    "kind": lambda value, person, at: Q(kind__in=value.split(",")),
    "id": _id,
    "left": _left,
    "state": _state,
    "severity": _severity,
    "team": _same("team"),
    "owner": _owner,
    "flow": _same("flow"),
    "error": _same("error__icontains"),
    "system": lambda value, person, at: Q(systems__contains=[value]),
    "customer": _same("customer__iexact"),
    "sku": _same("sku"),
    "currency": lambda value, person, at: Q(currency=value.upper()),
    "age": _age,
    "amount": _amount,
    "ref": lambda value, person, at: carries(value),
    "closed": _closed,
    "due": _due,
    "limit": _in_time,
    "previous": _previous,
    "approver": _approver,
    "word": _word,
    "accepted": _accepted,
    "storm": _storm,
}
