"""A refused line that a person puts right: what it would become beside what is known of its record, and its telling."""

import io
from datetime import datetime
from uuid import UUID

from connectors.lines import Accepted, Refusal, parse_line, read_lines
from connectors.records import Withdrawal
from exceptions.formats import instant_text
from reconciliation.intake import known_topology, take_in_parsed
from reconciliation.keys import derived_key, record_key
from reconciliation.models import LedgerEntry, System


class LineRefused(ValueError):
    """The line cannot be taken in as it stands; the message names the field and the reason."""


def read_line(text: str) -> Accepted:
    """What a line states, also where it is written over several; raises LineRefused."""
    raw = " ".join(text.splitlines()).encode("utf-8", "surrogatepass")
    for line in read_lines(io.BytesIO(raw)):
        read = parse_line(line, known_topology())
        if isinstance(read, Refusal):
            raise _refused(read)
        _demand_a_moment_of_its_own(read)
        return read
    raise LineRefused("the line: it says nothing")


def tell(line: Accepted, *, source: str, at: datetime) -> None:
    """Takes a line in; raises LineRefused where the database itself refuses it."""
    receipt = take_in_parsed([line], source=source, clock=lambda: at)
    if receipt.refusals:
        raise _refused(receipt.refusals[0])


def becomes(line: Accepted) -> str:
    """What would become of a line, in a sentence."""
    record = line.record
    system = System.objects.get(key=record.system)
    what = f"{record.type.replace('_', ' ')} {record.id}"
    said = LedgerEntry.objects.filter(record=_record(line))
    known = said.filter(until=None).order_by("-at").first()
    if said.filter(version=_version(line)).exists():
        return f"{system} has said just this of {what} already."
    if known is None:
        return f"It would be the first word of {system} about {what}."
    if known.at > record.at:
        told = f"{system} has said something newer of {what}, at {instant_text(known.at)}"
        return f"{told}: the line would go into the history, and change nothing that stands."
    would = "withdraw" if isinstance(record, Withdrawal) else "take the place of"
    return f"It would {would} what {system} said of {what} at {instant_text(known.at)}."


def _demand_a_moment_of_its_own(line: Accepted) -> None:
    """Of two words of one moment the greater hash counts: nobody who corrects a line should have to guess which."""
    same = LedgerEntry.objects.filter(record=_record(line), at=line.record.at).exclude(version=_version(line))
    if same.exists():
        raise LineRefused(f"at: {line.record.system} has said something else at this very moment; give it a later one")


def _record(line: Accepted) -> UUID:
    return record_key(line.record.type, line.record.system, line.record.id)


def _version(line: Accepted) -> UUID:
    return derived_key(_record(line), line.version_hash)


def why(field: str | None, reason: str) -> str:
    """Why a line is refused, with the field; most reasons name it themselves."""
    return reason if field and reason.startswith(f"{field} ") else f"{field or 'the line'}: {reason}"


def _refused(refusal: Refusal) -> LineRefused:
    return LineRefused(why(refusal.field, refusal.reason))
