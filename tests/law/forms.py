"""The same said in another form, or something that only looks the same: bends that change how a line is written."""

import copy
import json
import re
from datetime import datetime, timedelta, timezone

from tests.law.choosing import DATES, LINED, change, chosen, numeric, one_of

ZONES = (timedelta(hours=5, minutes=30), timedelta(hours=-8), timedelta(hours=1), timedelta(hours=13, minutes=45))
LOOKALIKES = str.maketrans({"A": "\u0410", "C": "\u0421", "E": "\u0395", "O": "\u041e", "1": "\uff11", "-": "\u2010"})
BLANKS = ("\u00a0", "\u2003", "\t", "\u200b", "\ufeff")
# what may not stand in the place of a value, or only just: numbers, text, moments, closed words
ODD = re.findall(
    r"\S+",
    r"""
NaN -Infinity 1e999 1e1000 "0x10" "\uff11\uff12" true "" -0 "+5" "1." ".5" 1.0e+2 "1,5" [] {} null [""] 12 1.0 1e3
"a\u0000b" "\ud800" "\ud83d\ude00" "tab\there" {"id":"1"} "\ufeffx" "\\u0000" 10000000000000000000000000000000
"2025-09-01" "2025-09-01T10:00:00" "2025-09-01T24:00:00Z" "2025-09-01T23:59:60Z" "2025-02-30T00:00:00Z"
"2025-09-01T10:00Z" "2025-09-01T10:00:00+24:00" "0001-01-01T00:00:00+01:00" "9999-12-31T23:59:59-01:00"
"2025-09-01T10:00:00,5Z" "2025-09-01T10:00:00.123456789z" "2025-09-01T10:00:00+0100" "2025-09-01T10:00:00-00:00"
"Return" "sellable" "GOODWILL" "stock_level" "Order" "refund" "each"
""",
)
ODD += [
    '"1 0"',
    '" 5 "',
    '"   "',
    '1, "id": 2',
    '" Sellable"',
    '"2025-09-01 10:00:00Z"',
    f'"{"9" * 39}"',
    f'"{"9" * 38}"',
]
NUMBERS = ("quantity", "pack_size", "unit_price", "total", "amount", "tax", "discount", "unit_refund", "refund_amount")


def other_zone(dice, trial):
    """Moments told in another zone, with small letters, or with more digits than are kept."""

    def told(value):
        try:
            moment = datetime.fromisoformat(value).astimezone(timezone(dice.choice(ZONES)))
        except (TypeError, ValueError):
            return value
        text = moment.isoformat(timespec="microseconds")
        return dice.choice((moment.isoformat(), text, text[:26] + "9" + text[26:], text.replace("T", "t")))

    def other(line):
        line |= {name: told(line[name]) for name in (*DATES, "at") if name in line}

    change(dice, trial, (), other)


def other_numbers(dice, trial):
    """Numbers as text, with signs, exponents and noughts behind."""

    def told(value):
        if numeric(value) is None or isinstance(value, bool):
            return value
        text = str(value)
        forms = (text, f"+{text}", f"{text}e0", f"{text}0" if "." in text else f"{text}.00", f"{text}E+00")
        return dice.choice(forms if not text.startswith(("+", "-")) and "e" not in text.lower() else (text,))

    def other(line):
        for said in (line, *(one for one in line.get("lines") or () if isinstance(one, dict))):
            said |= {name: told(said[name]) for name in NUMBERS if name in said}

    change(dice, trial, (), other)


def lookalike(dice, trial):
    """A number, a sku or a customer with a letter of another alphabet, a blank of another kind or a nought in front."""

    def other(line):
        refs = line["refs"] = dict(line.get("refs") or {})
        holder, name = dice.choice(
            [(refs, one) for one in refs]
            + [(one, "sku") for one in (line, one_of(dice, line)) if "sku" in one]
            + [(line["customer"], "id") for _ in (1,) if isinstance(line.get("customer"), dict)]
            or [({}, "none")]
        )
        text, blank = str(holder.get(name) or "1"), dice.choice(BLANKS)
        holder[name] = dice.choice((text.translate(LOOKALIKES), blank + text, text + blank, f"0{text}", f"##{text}"))

    change(dice, trial, (*LINED, "stock_movement", "stock_level", "product"), other)


def again_at_its_moment(dice, trial):
    """Another version of the same moment, of anything."""
    versions = chosen(dice, trial)
    if versions:
        line = dict(dice.choice(versions))
        line[dice.choice(("notes", "extra", "number", "title"))] = f"again {dice.randrange(9)}"
        trial.lines.append(line)


def calendar(dice, trial):
    """A moment at midnight, at the end of a month, or where clocks are changed."""
    stamps = (
        "2025-09-01T00:00:00Z",
        "2025-08-31T23:59:59.999999Z",
        "2025-09-01T01:00:00+02:00",
        "2025-03-30T01:00:00Z",
    )

    def other(line):
        names = [name for name in (*DATES, "at") if name in line]
        line[dice.choice(names)] = dice.choice(stamps)

    change(dice, trial, (*LINED, "stock_movement", "stock_level"), other)


def garbled(dice, trial):
    """One value of a line replaced by text that may not stand there, or only just."""
    line = copy.deepcopy((chosen(dice, trial) or [{"type": "order"}])[-1])
    line["id"] = dice.choice((line.get("id"), f"{line.get('id')}-{dice.randrange(9)}"))
    holder = dice.choice([line, line.get("refs"), line.get("customer"), one_of(dice, line), line.get("record")])
    holder = holder if isinstance(holder, dict) and holder else line
    mark = "\u2603mark"
    holder[dice.choice(sorted(holder))] = mark
    text = json.dumps(line).replace(json.dumps(mark), dice.choice(ODD))
    trial.lines.insert(
        dice.randrange(len(trial.lines) + 1), dice.choice((text, text, text + " ", text[:-1], text + "\r"))
    )


FORMS = (other_zone, other_numbers, *(lookalike,) * 2, again_at_its_moment, calendar, *(garbled,) * 2)
