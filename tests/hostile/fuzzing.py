"""Readers under a fuzzer that sees which branches it reaches: `python -m tests.hostile.fuzzing [SECONDS [READER]]`.

Whatever the bytes: read, or refused with a reason, in less than five seconds and a gigabyte. What breaks a reader is
written to the data folder and shown; each reader has a process of its own, since a fuzzer never returns.
"""

import io
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import atheris
import django

with atheris.instrument_imports(include=["connectors", "reconciliation.topology_file", "exceptions"]):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from connectors.csv.mapping import MappingRefused
    from connectors.csv.reading import read_mapping
    from connectors.csv.rows import ColumnsMissing, Tally, read_csv
    from connectors.http import Unreadable, exact_json
    from connectors.lines import Accepted, parse_line, read_lines
    from exceptions.file_kinds import KINDS, refusal
    from exceptions.months.opening import read_lines as read_opening
    from exceptions.queue.grammar import terms_of
    from exceptions.runbooks.steps import steps_of
    from exceptions.runbooks.texts import LONGEST as LONGEST_RUNBOOK
    from exceptions.runbooks.texts import markdown_html
    from reconciliation.topology_file import TopologyRefused, read_topology

from tests.connectors.test_csv_mapping import KNOWN as KNOWN_OF_CSV
from tests.connectors.test_csv_mapping import MAPPING
from tests.connectors.test_lines import CREDIT, KNOWN

ASKING = re.compile(r"\b(?:owner|previous|approver|left|id|accepted|word|storm)\s*:", re.IGNORECASE)
MOMENT = datetime(2026, 11, 21, 12, tzinfo=UTC)
TOPOLOGY = Path("connectors/sample_brand/topology.toml").read_text(encoding="utf-8")
BOUNDS = ("-timeout=5", "-rss_limit_mb=1024", "-max_len=65536", "-print_final_stats=1")
HEADER = 'No,Date,State,Customer,Sku,Qty,Price,Note\n1,01.09.2026 10:00,paid,Meyer,A,1,"1,50",\n'


def told(error):
    """A refusal has a reason."""
    assert str(error)


def lines(raw):
    """Lines of JSON."""
    for line in read_lines(io.BytesIO(raw)):
        told = parse_line(line, KNOWN)
        assert isinstance(told, Accepted) or told.reason


def rows(raw):
    """A CSV file under a mapping that stands."""
    try:
        found = list(read_csv(io.BytesIO(raw), read_mapping(MAPPING), KNOWN_OF_CSV, Tally()))
    except ColumnsMissing as error:
        told(error)
        return
    assert all(isinstance(one, Accepted) or one.reason for one in found)


def mapping(raw):
    """A mapping of CSV columns."""
    try:
        read_mapping(raw.decode("utf-8", "replace"))
    except MappingRefused as error:
        told(error)


def topology(raw):
    """A topology."""
    try:
        read_topology(raw.decode("utf-8", "replace"))
    except TopologyRefused as error:
        told(error)


def answers(raw):
    """What a vendor answers or delivers, as JSON."""
    try:
        exact_json(raw)
    except Unreadable as error:
        told(error)


def search(raw):
    """A search of the queue, but for the words that ask the database who or what is meant."""
    text = ASKING.sub("", raw.decode("utf-8", "replace"))
    assert all(term.text is not None for term in terms_of(text, None, at=MOMENT))


def opening(raw):
    """A file of the opening balance."""
    items, refused = read_opening(raw.decode("utf-8", "replace"), today=MOMENT.date())
    assert all(item.amount for item in items)
    assert all(line.reason for line in refused)


def runbook(raw):
    """A runbook: its page, and its steps."""
    text = raw.decode("utf-8", "replace")[:LONGEST_RUNBOOK]
    shown = markdown_html(text)
    assert "<script" not in shown
    assert "javascript:" not in "".join(re.findall(r'href="[^"]*"', shown)).lower()
    steps_of(text)


def kinds(raw):
    """A file that somebody puts to an exception, by each name in turn."""
    for kind in KINDS:
        refusal(f"a.{kind}", io.BytesIO(raw))


READERS = {
    "lines": (lines, json.dumps(CREDIT)),
    "rows": (rows, HEADER),
    "mapping": (mapping, MAPPING),
    "topology": (topology, TOPOLOGY),
    "answers": (answers, '{"data": [1.50, "x", null, {"a": -1e-3}]}'),
    "search": (search, 'kind:sku_mismatch age:>3d amount:>=500.00GBP due:today -"two words" E-7 state:open'),
    "opening": (opening, "reference,customer,currency,amount,date\nRMA1,C1,GBP,12.50,2026-09-01\n"),
    "runbook": (runbook, "# Title\n\n1. [x](https://a.example) **do** `it`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"),
    "kinds": (kinds, "%PDF-1.7 PK\3\4"),
}


def fuzz(name, seconds, folder):
    """Feeds one reader until the time is over; the process ends with it, by an error where the reader broke."""
    reader, seed = READERS[name]
    corpus = folder / name
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus / "seed").write_text(seed, encoding="utf-8")
    broken = f"-artifact_prefix={folder}/broken-{name}-"
    atheris.Setup(["fuzz", *BOUNDS, f"-max_total_time={seconds}", broken, str(corpus)], reader)
    atheris.Fuzz()


def main(seconds="60", name=""):
    """Each reader in turn, or the one that is named."""
    folder = Path(os.environ.get("DATA_DIR", ".data")) / "fuzzing"
    if name:
        return fuzz(name, int(seconds), folder)
    command = [sys.executable, "-m", "tests.hostile.fuzzing", seconds]
    return sys.exit(sum(subprocess.call([*command, reader]) != 0 for reader in READERS))


if __name__ == "__main__":
    main(*sys.argv[1:])
