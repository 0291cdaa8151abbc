"""A trial of the law: one small brand and its moment, told by the product and by the telling, and what they make of it.

Trials are cut from the sample exam and bent by `tests.law.bending`, or made from nothing by `tests.law.small`.
"""

import gzip
import io
import json
import tomllib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise

from django.db import transaction
from django.utils import timezone

from connectors.lines import read_lines
from exceptions.api.out import exception_out
from exceptions.models import OPEN, ExceptionCase
from exceptions.reconciling import reconcile
from reconciliation.intake import take_in
from reconciliation.keys import record_key
from reconciliation.own_words import link
from reconciliation.topology import load
from tests.checks.test_sample_exam import EXAM, said
from tests.law.told import told

JOINING = ("ecommerce_order", "sales_order", "order_number", "rma", "credit_number")


@dataclass
class Trial:
    """Lines in the order of their arrival (objects, or text that is none), a topology, and the moment of the run.

    `links`: pairs of record keys that a person linked, before anything arrived.
    """

    topology: dict
    lines: list
    as_of: datetime
    links: list = field(default_factory=list)
    bent: list = field(default_factory=list)

    def raws(self):
        return [line.encode() if isinstance(line, str) else json.dumps(line).encode() for line in self.lines]

    def records(self):
        """The lines that are records in shape, whatever they say."""
        return [line for line in self.lines if isinstance(line, dict) and _is_record(line)]


def _is_record(line):
    shapes = {"type": str, "system": str, "id": str, "at": str, "refs": dict | None, "lines": list | None}
    return all(isinstance(line.get(name), shape) for name, shape in shapes.items())


class Undo(Exception):
    """Ends a trial: nothing of it stays in the database."""


def found_by_product(trial, *, portions=1, earlier=()):
    """(kind, subject) → (amount, currency) of what the product holds open after it took the lines in.

    The lines come in so many portions, with a run as of each `earlier` moment between them.
    """
    answer = {}
    try:
        with transaction.atomic():
            load(toml(trial.topology), dry_run=False)
            for one, other in trial.links:
                link(record_key(*one), record_key(*other), by="a person")
            raws = trial.raws()
            size = -(-len(raws) // portions) or 1
            for number in range(portions):
                part = b"\n".join(raws[number * size : (number + 1) * size])
                take_in(read_lines(io.BytesIO(part)), source="trial", clock=timezone.now)
                if number < len(earlier):
                    reconcile(as_of=earlier[number], now=timezone.now())
            reconcile(as_of=trial.as_of, now=timezone.now(), full=portions == 1)
            for case in ExceptionCase.objects.filter(state__in=OPEN):
                out = exception_out(case)
                answer[out["kind"], out["subject"]] = said(out)
            raise Undo
    except Undo:
        return answer


def disagreement(trial, **how):
    """(kind, subject) → (by the product, by the telling) where they differ."""
    product, telling = (
        found_by_product(trial, **how),
        told(toml(trial.topology), trial.raws(), trial.as_of, trial.links),
    )
    return {
        key: (product.get(key), telling.get(key))
        for key in sorted({*product, *telling})
        if product.get(key) != telling.get(key)
    }


def smallest(trial, differs):
    """The trial without every line and every table of the topology that it can do without and still `differs`."""
    size = max(1, len(trial.lines) // 2)
    while True:
        smaller = _without_some_lines(trial, size, differs)
        if smaller is not trial:
            trial = smaller
        elif size == 1:
            return trial
        size = max(1, size // 2)


def _without_some_lines(trial, size, differs):
    start = 0
    while start < len(trial.lines):
        fewer = replace(trial, lines=trial.lines[:start] + trial.lines[start + size :])
        if differs(fewer):
            trial = fewer
        else:
            start += size
    return trial


def readable(trial, differences):
    """A trial as a person reads it: what differs, what was bent, and every line left."""
    words = [f"as of {trial.as_of.isoformat()}", *(f"bent: {how}" for how in trial.bent)]
    words += [f"link: {one} {other}" for one, other in trial.links]
    words += [f"{kind} {subject}: product {a}, telling {b}" for (kind, subject), (a, b) in differences.items()]
    return "\n".join([*words, *(raw.decode() for raw in trial.raws())])


def toml(topology):
    """A topology as the text of its file."""
    tables = {name: value for name, value in topology.items() if name not in ("systems", "flows")}
    text = [f"{json.dumps(name)} = {_inline(value)}" for name, value in tables.items()]
    for name in ("systems", "flows"):
        for row in topology[name]:
            text += [f"[[{name}]]", *(f"{key} = {_inline(value)}" for key, value in row.items())]
    return "\n".join(text) + "\n"


def _inline(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_inline(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value)


@cache
def exam():
    """The exam whole: topology, lines as text, moment."""
    with gzip.open(EXAM / "feed.ndjson.gz") as feed:
        lines = [line.decode() for line in feed.read().split(b"\n") if line.strip()]
    topology = tomllib.loads((EXAM / "topology.toml").read_text(encoding="utf-8"))
    moment = datetime.fromisoformat((EXAM / "as_of.txt").read_text().strip()).astimezone(UTC)
    return topology, lines, moment


def part_of_exam(dice, groups=20):
    """A trial of a few groups of the exam, of what is said of their goods, and of a little that is not about them."""
    topology, _, moment = exam()
    grouped, goods, others = _parted()
    chosen = dice.sample(sorted(grouped), min(groups, len(grouped)))
    lines = [number for name in chosen for number in grouped[name]]
    skus = {sku for number in lines for sku in _skus(_parsed(number))}
    lines += [number for sku in skus for number in goods.get(sku, ())]
    lines += dice.sample(others, min(len(others), dice.choice((0, 5, 20))))
    trial = Trial(json.loads(json.dumps(topology)), [_parsed(number, fresh=True) for number in sorted(lines)], moment)
    trial.lines += _signs_of_life(dice, topology, moment)
    return trial


def _signs_of_life(dice, topology, moment):
    """A late outcome on most flows, so that not everything is swallowed by silence."""
    about = {"type": "outcome", "system": "ipaas", "at": moment.isoformat(), "result": "skipped"}
    return [
        about | {"id": f"LATE-{flow['key']}", "flow": flow["key"], "record": {"type": "order", "id": "NONE-1"}}
        for flow in topology["flows"]
        if dice.random() < 0.8
    ]


@cache
def _objects():
    objects = []
    for line in exam()[1]:
        try:
            objects.append(json.loads(line))
        except ValueError:
            objects.append(line)
    return objects


def _parsed(number, fresh=False):
    line = _objects()[number]
    return json.loads(json.dumps(line)) if fresh else line


@cache
def _parted():
    """The numbers of the exam's lines: by group, by sku, and the rest."""
    parents, grouped, goods, others = {}, {}, {}, []
    for line in _objects():
        for one, other in pairwise(_names(line)):
            parents[_root(parents, one)] = _root(parents, other)
    for number, line in enumerate(_objects()):
        if names := _names(line):
            grouped.setdefault(_root(parents, names[0]), []).append(number)
        elif isinstance(line, dict) and "sku" in line:
            goods.setdefault(line["sku"], []).append(number)
        else:
            others.append(number)
    return grouped, goods, others


def _root(parents, name):
    while name in parents and parents[name] != name:
        name = parents[name]
    return name


def _names(line):
    """What says which group a line is about: its references, and the record it speaks of."""
    if not isinstance(line, dict) or line.get("type") in ("product", "stock_level"):
        return []
    record = line.get("record") if isinstance(line.get("record"), dict) else {}
    refs = (line.get("refs") or {}) | (record.get("refs") or {})
    strong = [str(value).strip().lstrip("#").strip().upper() for key, value in refs.items() if key in JOINING and value]
    own = f"{record.get('type')} {record.get('id')}" if record else f"{line.get('type')} {line.get('id')}"
    return [*strong, own]


def _skus(line):
    if not isinstance(line, dict):
        return []
    return [one["sku"] for one in line.get("lines") or [] if isinstance(one, dict) and isinstance(one.get("sku"), str)]
