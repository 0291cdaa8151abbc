"""What integration platforms share: which of their flows is which of ours, and which record a text speaks of."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from connectors.registry import Setting, Words
from connectors.sightings import Line
from connectors.writing import CannotBeWritten

FLOWS = Setting(
    "flows",
    "Flows",
    required=False,
    help="theirs = ours : record type : reference, one after another with commas, "
    "such as 64f0aa/77b1 = orders-to-erp : order : order_number",
)
NUMBERS = {"rma": re.compile(r"\bRMA-?\w+", re.I), "order_number": re.compile(r"#[\w-]+")}
EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.\w+")
OF_STATUS = {  # of HTTP
    400: "validation",
    401: "auth",
    403: "auth",
    404: "missing_reference",
    408: "timeout",
    409: "conflict",
    422: "validation",
    429: "rate_limited",
    504: "timeout",
}
LONG_DIGITS = re.compile(r"(?<![\w-])\+?\d[\d ()-]{8,}\d(?![\w-])")


class Leg(NamedTuple):
    """One of their flows: our key of it, the type of its records, and the scheme of the reference that names them."""

    flow: str
    type: str
    scheme: str


def legs(setting: str) -> dict[str, Leg]:
    """Their flow → ours. What is left out: the record type `order`, the reference `order_number`."""
    found = {}
    for entry in filter(str.strip, setting.split(",")):
        theirs, _, ours = entry.partition("=")
        parts = [part.strip() for part in ours.split(":")] + ["", ""]
        found[theirs.strip()] = Leg(parts[0], parts[1] or "order", parts[2] or "order_number")
    return found


def theirs(words: Words, line: Mapping[str, Any]) -> str:
    """Their flow that an outcome is of: as it was read, else the only one that is mapped onto its flow."""
    if named := (line.get("raw") or {}).get("theirs"):
        return str(named)
    mapped = [name for name, leg in legs(words.get("flows")).items() if leg.flow == line["flow"]]
    if len(mapped) != 1:
        raise CannotBeWritten(f"It is not known in which of the platform's flows {line['flow']} failed.")
    return mapped[0]


def about(text: Any, leg: Leg) -> dict[str, Any]:
    """The record that a trace key or title speaks of; where it holds no number of a known form, all of it counts."""
    said = str(text or "").strip()
    refs = {scheme: match[0] for scheme, form in NUMBERS.items() if (match := form.search(said))}
    refs.setdefault(leg.scheme, said)
    return {"type": leg.type, "id": refs[leg.scheme] or "unknown", "refs": refs}


def outcome(words: Words, theirs: str, id: Any, at: str, text: Any, result: str) -> Line:
    """The head of an outcome; a flow that nobody has mapped keeps its name, and so is refused and shown."""
    leg = legs(words.get("flows")).get(theirs, Leg(theirs, "order", "order_number"))
    head = {"type": "outcome", "system": words.system, "id": str(id), "at": at, "flow": leg.flow}
    return head | {"record": about(text, leg), "result": result}


def code_of_status(said: Any) -> str | None:
    """The error code that a status of HTTP stands for, given as a number or by its name (`Too Many Requests`)."""
    text = str(said or "").strip()
    named = {status.phrase.lower(): status.value for status in HTTPStatus}
    number = int(text) if text.isdecimal() and len(text) == 3 else named.get(text.lower())
    return None if number is None else OF_STATUS.get(number)


def masked(text: Any) -> str | None:
    """Without e-mail addresses and telephone numbers, which the messages of platforms may quote."""
    return None if text is None else LONG_DIGITS.sub("•••", EMAIL.sub("•••", str(text)))
