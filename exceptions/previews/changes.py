"""What a change of our own data would do to the queue, shown before it is made: what closes, what changes, what opens.

The checks are run with the change over what it touches (reconciliation/rehearsal.py); what they find otherwise is laid
beside the cases as `intake.py` would.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import F, Q

from exceptions import own_data
from exceptions.models import OPEN, ExceptionCase, Suppression
from exceptions.previews.foreseen import Foreseen, Foretold, Money
from exceptions.previews.speaking import Key, speaking
from reconciliation.own_words import Word
from reconciliation.rehearsal import MOST, Difference, News, NothingToCompare, TookTooLong, rehearse
from reconciliation.topology import Words, remove_words, save_words, stored_words


def foresee(
    resolution: str, case: ExceptionCase, parameters: Mapping[str, Any], *, by: User, at: datetime, most: int = MOST
) -> Foreseen | None:
    """What the change would do; null where it is of a sort that no check speaks of, or too much to be examined now.

    Of the order groups that it touches at most `most` are examined.

    Raises ChangeRefused (own_data.py).
    """
    if resolution == "waive_reference":
        return foresee_suppression(case.kind, customer=case.customer) if case.customer else None
    if resolution not in NEWS:
        return None
    said, news = dict(parameters), NEWS[resolution]
    return _rehearsed(
        lambda: own_data.make(resolution, case, said, by=by, at=at),
        news(case, said),
        at=at,
        first=case.group_key,
        most=most,
    )


def foresee_words(table: str, words: Words, *, at: datetime, most: int = MOST) -> Foreseen | None:
    """What it would do to map words of a table (statuses, customers, SKUs …); null where `foresee` says null."""
    stored = stored_words(table, {system for system, _, _ in words})
    changed = {place: row for place, row in words.items() if stored.get(place) != row}
    meanings = [row["canonical"] for row in (*changed.values(), *(stored[at] for at in changed.keys() & stored.keys()))]
    return _rehearsed(lambda: save_words(table, words), _of_words(table, changed, meanings), at=at, most=most)


def foresee_unmapping(
    table: str, places: Iterable[tuple[str, str, str]], *, at: datetime, most: int = MOST
) -> Foreseen | None:
    """What it would do to map words of a table no longer; null where `foresee` says null."""
    unwanted = set(places)
    stored = stored_words(table, {system for system, _, _ in unwanted})
    gone = {place: row for place, row in stored.items() if place in unwanted}
    news = _of_words(table, gone, [row["canonical"] for row in gone.values()])
    return _rehearsed(lambda: remove_words(table, gone), news, at=at, most=most)


def _of_words(table: str, words: Words, meanings: Iterable[Any]) -> News:
    """Whom words of a table concern, whatever they stand for: `meanings` are what they stand for before and after."""
    raws = [str(row["raw"]) for row in words.values()]
    names = sorted({*raws, *map(str, meanings)})
    if table == "skus":
        return News(skus=raws, named=names)
    used = [Word(table, system, str(row["raw"]), of) for (system, of, _), row in words.items()]
    return News(used=used, customers=names)


def foresee_sku(sku: str, change: Callable[[], object], *, at: datetime, most: int = MOST) -> Foreseen | None:
    """What a change of what we know of a SKU would do, a pack size above all; null where `foresee` says null."""
    return _rehearsed(change, News(skus=[sku], named=[sku]), at=at, most=most)


def foresee_suppression(
    kind: str, *, subject: str | None = None, customer: str | None = None, sku: str | None = None
) -> Foreseen:
    """The open exceptions that a suppression would take out of the queue."""
    said = {"subject": subject, "customer": customer, "sku": sku}
    fitting = ExceptionCase.objects.filter(kind=kind, state__in=OPEN, closed_at=None, frozen_in=None)
    fitting = fitting.filter(**{name: value for name, value in said.items() if value})
    none: Money = (None, None)
    cases = fitting.defer("evidence", "suggestions").order_by(F("amount").desc(nulls_last=True), "id")
    closes = [Foretold(case, kind, case.title, (case.amount, case.currency), none) for case in cases]
    return Foreseen(closes, [], [], 0, 0, is_of_runs=False)


def _rehearsed(
    change: Callable[[], object], news: News, *, at: datetime, most: int, first: UUID | None = None
) -> Foreseen | None:
    try:
        found = rehearse(change, news, first=first, most=most)
    except (NothingToCompare, TookTooLong):
        return None
    return _beside_cases(found.differences, at=at, examined=found.examined, touched=found.touched)


def _beside_cases(differences: Iterable[Difference], *, at: datetime, examined: int, touched: int) -> Foreseen:
    told = {(one.kind, one.subject): one for one in sorted(differences, key=_greatest_first)}
    known = _cases(told)
    speak = speaking({key: _is_heard(one, known.get(key), at) for key, one in told.items()})
    closes = [
        _foretold(one, known[key])
        for key, one in told.items()
        if not one.is_raised and _is_open(known, key) and (key not in speak or speak[key].closes)
    ]
    closes += [_alone(one.case, closes=True) for key, one in speak.items() if one.closes and key not in told]
    changes = [_foretold(one, known[key]) for key, one in told.items() if one.is_raised and _is_open(known, key)]
    opens = [_foretold(one, known.get(key)) for key, one in told.items() if _opens(one, known.get(key), at)]
    opens += [
        _alone(one.case, closes=False)
        for key, one in speak.items()
        if one.opens and not (key in told and told[key].is_raised)
    ]
    return Foreseen(closes, changes, opens, examined, touched)


def _is_heard(one: Difference, case: ExceptionCase | None, at: datetime) -> bool:
    """Whether it is found and, where it was merged into another, that one hears of it."""
    is_merged = case is not None and case.state == "merged"
    return one.is_raised and not (is_merged and _kept_out(one, case, at))


def _alone(case: ExceptionCase, *, closes: bool) -> Foretold:
    """A case of which nothing is found otherwise, but of one that was merged into it."""
    none: Money = (None, None)
    money = (case.amount, case.currency)
    before, after = (money, none) if closes else (none, money)
    return Foretold(case, case.kind, case.title, before, after)


def _greatest_first(one: Difference) -> Decimal:
    return -(one.amount_before or one.amount_after or Decimal(0))


def _cases(told: Mapping[Key, Difference]) -> dict[Key, ExceptionCase]:
    kinds, subjects = {kind for kind, _ in told}, {subject for _, subject in told}
    found = ExceptionCase.objects.filter(kind__in=kinds, subject__in=subjects, frozen_in=None)
    found = found.defer("evidence", "suggestions")
    return {(case.kind, case.subject): case for case in found if (case.kind, case.subject) in told}


def _is_open(known: Mapping[Key, ExceptionCase], key: Key) -> bool:
    return key in known and known[key].state in OPEN


def _foretold(one: Difference, case: ExceptionCase | None) -> Foretold:
    before, after = (one.amount_before, one.currency_before), (one.amount_after, one.currency_after)
    return Foretold(case, one.kind, one.title, before, after)


def _opens(one: Difference, case: ExceptionCase | None, at: datetime) -> bool:
    """Whether what is found would be in the queue, and was not: as `open` and `reopen` of the intake decide."""
    if not one.is_raised or (case is not None and case.state in (*OPEN, "merged")) or _kept_out(one, case, at):
        return False
    if case is None or case.state == "resolved":
        return True
    if case.state == "accepted":
        outgrown = one.amount_after is not None and one.amount_after > (case.accepted_amount or 0)
        other = one.amount_after is not None and one.currency_after != case.currency
        return outgrown or other
    return case.healed_at is not None or (case.until is not None and case.until <= at)


def _kept_out(one: Difference, case: ExceptionCase | None, at: datetime) -> bool:
    """Whether a suppression speaks of it; of a customer only where a case says whose it is."""
    fits = Q(subject=None) | Q(subject=one.subject)
    fits &= Q(sku=None) | Q(sku=one.sku)
    fits &= Q(customer=None) | Q(customer=case.customer if case else None)
    return Suppression.objects.filter(fits, kind=one.kind, undone_at=None, ends_at__gt=at).exists()


def _of_link(case: ExceptionCase, said: Mapping[str, Any]) -> News:
    return News()  # a link marks its records itself


def _of_sku(case: ExceptionCase, said: Mapping[str, Any]) -> News:
    system, sku = str(said.get("system") or ""), str(said.get("sku") or "").strip()
    before = stored_words("skus", {system}).get((system, "", sku))
    named = {sku, str(said.get("canonical") or "").strip(), str(before["canonical"]) if before else ""} - {""}
    return News(skus=[sku], named=sorted(named))


def _of_word(case: ExceptionCase, said: Mapping[str, Any]) -> News:
    word: Word = own_data.word_of(case)
    return News(words=[word])


def _of_line(case: ExceptionCase, said: Mapping[str, Any]) -> News:
    return News(dated=own_data.line_of(said).record.at)  # it marks its record itself


NEWS: dict[str, Callable[[ExceptionCase, Mapping[str, Any]], News]] = {
    "link_order": _of_link,
    "map_sku": _of_sku,
    "map_code": _of_word,
    "correct_and_resubmit": _of_line,
}
