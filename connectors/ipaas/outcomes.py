"""What integration platforms share: which of their flows is which of ours, and which record a text speaks of."""

import re
from collections.abc import Iterator, Mapping
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
    form="flows",
)
# looked for in any text
NUMBERS = {"rma": re.compile(r"\bRMA-?\w*\d\w*(?:-\d\w*)*", re.I), "order_number": re.compile(r"#[\w-]*\d\w*")}
FORMS = NUMBERS | {  # looked for where it names the records of a flow
    "sales_order": re.compile(r"\bSO-?\d[\w-]*", re.I),
    "purchase_order": re.compile(r"\bPO-?\d[\w-]*", re.I),
    "credit_number": re.compile(r"\b(?:CN|CRN)-?\d[\w-]*", re.I),
    "invoice": re.compile(r"\bINV-?\d[\w-]*", re.I),
}
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


def about(text: Any, leg: Leg, unnamed: str) -> dict[str, Any]:
    """The record that a trace key or title speaks of; where it holds no number of a known form, all of it counts.

    `unnamed`: what a record is called of which nothing is said, so that no two of them are taken for one.
    """
    said = str(text or "").strip()
    refs = {scheme: match[0] for scheme, form in NUMBERS.items() if (match := form.search(said))}
    if leg.scheme not in refs:
        refs[leg.scheme] = next(iter(_numbers(said, leg)), said)
    return {"type": leg.type, "id": refs[leg.scheme] or unnamed, "refs": refs}


def _numbers(said: str, leg: Leg) -> list[str]:
    """The numbers in a text that name records of a flow, each once."""
    form = FORMS.get(leg.scheme)
    return list(dict.fromkeys(match[0] for match in form.finditer(said))) if form else []


def outcome(words: Words, theirs: str, id: Any, at: str, text: Any, result: str) -> Line:
    """The head of an outcome; a flow that nobody has mapped keeps its name, and so is refused and shown."""
    leg = _leg(words, theirs)
    head = {"type": "outcome", "system": words.system, "id": str(id), "at": at, "flow": leg.flow}
    return head | {"record": about(text, leg, f"unnamed {id}"), "result": result}


def outcomes(words: Words, theirs: str, id: Any, at: str, text: Any, result: str) -> Iterator[Line]:
    """As `outcome`; one for each record where a text names several, as that of a batch does."""
    numbers = _numbers(str(text or ""), _leg(words, theirs))
    if len(numbers) < 2:
        yield outcome(words, theirs, id, at, text, result)
        return
    for number in numbers:
        yield outcome(words, theirs, f"{id}/{number}", at, number, result)


def _leg(words: Words, theirs: str) -> Leg:
    return legs(words.get("flows")).get(theirs, Leg(theirs, "order", "order_number"))


def code_of_status(said: Any) -> str | None:
    """The error code that a status of HTTP stands for, given as a number or by its name (`Too Many Requests`)."""
    text = str(said or "").strip()
    named = {status.phrase.lower(): status.value for status in HTTPStatus}
    number = int(text) if text.isdecimal() and len(text) == 3 else named.get(text.lower())
    return None if number is None else OF_STATUS.get(number)


def masked(text: Any) -> str | None:
    """Without e-mail addresses and telephone numbers, which the messages of platforms may quote."""
    return None if text is None else LONG_DIGITS.sub("•••", EMAIL.sub("•••", str(text)))
