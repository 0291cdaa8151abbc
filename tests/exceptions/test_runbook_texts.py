"""The shipped runbooks: one shape, examples whose sums are right, and no screen or field that nobody has written of."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from exceptions.resolutions import resolutions
from exceptions.runbooks.texts import shipped_text
from reconciliation.declarations import checks

SCREENS = Path(__file__).parents[2] / "docs" / "vendor_screens.md"
HEADINGS = [
    "What it means",
    "What it costs",
    "How to confirm",
    "How to fix",
    "When to accept it",
    "Who to escalate to",
    "Example",
]
NUMBER = r"[£€$]?\d[\d,]*(?:\.\d+)?"
SUM = re.compile(rf"((?:\(?{NUMBER}\)? [×+−] )+\(?{NUMBER}\)?) = ({NUMBER})")
CONFIRM = "[confirm in your tenant]"
KINDS = pytest.mark.parametrize("kind", sorted(checks()))


def sections(kind):
    parts = re.split(r"^## (.+)$", shipped_text(kind), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def amount(text):
    return Decimal(re.sub("[£€$,()]", "", text))


def worked_out(text):
    """The value of `(a − b) × c`, `a × b` or `a + b + c`, calculated from the left as they are written."""
    first, *rest = re.findall(rf"\(?{NUMBER}\)?|[×+−]", text)
    value = amount(first)
    for sign, number in zip(rest[::2], rest[1::2], strict=True):
        value = {"×": value * amount(number), "+": value + amount(number), "−": value - amount(number)}[sign]
    return value


def known():
    text = SCREENS.read_text(encoding="utf-8")
    of_system = {}
    for row in re.findall(r"^\| (?!system|---)(.+?) \| (.+?) \|", text, flags=re.MULTILINE):
        of_system.setdefault(row[0], set()).update(re.findall(r"\*\*(.+?)\*\*|`(.+?)`", row[1]))
    return {system: {bold or code for bold, code in found} for system, found in of_system.items()}


@KINDS
def test_every_runbook_says_the_same_things_in_the_same_order(kind):
    found = sections(kind)
    assert list(found) == HEADINGS
    assert all(text.strip() for text in found.values())


@KINDS
def test_every_example_has_its_numbers_and_their_sums_are_right(kind):
    example = sections(kind)["Example"]
    assert re.search(r"\d", example), "an example without a number shows nothing"
    for said, result in SUM.findall(example):
        assert worked_out(said) == amount(result), f"{said} = {result}"


@KINDS
def test_an_example_with_a_quantity_and_a_price_works_the_amount_out(kind):
    example = sections(kind)["Example"]
    if re.search(rf"\d × [\w-]+ at [£€$]|\d × {NUMBER}", example):
        assert SUM.search(example), example


@KINDS
def test_every_screen_and_field_is_written_of_somewhere_or_is_to_be_confirmed(kind):
    systems = known()
    every = set().union(*systems.values())
    for line in shipped_text(kind).splitlines():
        named = [bold or code for bold, code in re.findall(r"\*\*(.+?)\*\*|`(.+?)`", line)]
        of = re.match(r" {3}- ([A-Z][\w ]+?|commercetools): ", line)
        if of and ";" not in line:
            assert of[1] in systems, line
            assert set(named) <= systems[of[1]] | {"note"}, line
        assert set(named) <= every or CONFIRM in line, line
    assert re.search(r"^ {3}- ", sections(kind)["How to fix"], flags=re.MULTILINE), "by which screen in which system"


@KINDS
def test_what_it_says_of_approvals_is_what_its_decisions_ask_for(kind):
    asked = {resolutions()[name].approval for name in checks()[kind].resolutions}
    said = sections(kind)["When to accept it"]
    approval = "approv" in said
    if asked & {"always", "money"}:
        assert approval, "somebody else has to agree"
    elif "limit" in asked:
        assert "limit" in said or not approval, "within one's limit nobody else has to agree"
    else:
        assert not approval, "nothing here can be approved"


def test_apart_from_what_a_system_calls_its_screens_no_two_runbooks_say_the_same_sentence():
    of_sentence = {}
    for kind in checks():
        for line in shipped_text(kind).splitlines():
            if line.strip() and not line.startswith(("#", "   - ")):
                for sentence in re.split(r"(?<=\.) (?=[A-Z])", re.sub(r"^\d+\. ", "", line)):
                    of_sentence.setdefault(sentence, []).append(kind)
    repeated = {said: kinds for said, kinds in of_sentence.items() if len(kinds) > 1 and len(said.split()) > 9}
    assert repeated == {}
