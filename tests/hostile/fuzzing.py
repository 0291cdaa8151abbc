"""Readers under a fuzzer that sees which branches it reaches: `python -m tests.hostile.fuzzing [SECONDS [READER]]`.

Whatever the bytes: read, or refused with a reason, in less than five seconds and a gigabyte. What breaks a reader is
written to the data folder and shown; each reader has a process of its own, since a fuzzer never returns.
"""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["connectors", "reconciliation.topology_file"]):
    from connectors.csv.mapping import MappingRefused
    from connectors.csv.reading import read_mapping
    from connectors.csv.rows import ColumnsMissing, Tally, read_csv
    from connectors.lines import Accepted, parse_line, read_lines
    from reconciliation.topology_file import TopologyRefused, read_topology

from tests.connectors.test_csv_mapping import KNOWN as KNOWN_OF_CSV
from tests.connectors.test_csv_mapping import MAPPING
from tests.connectors.test_lines import CREDIT, KNOWN

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


READERS = {
    "lines": (lines, json.dumps(CREDIT)),
    "rows": (rows, HEADER),
    "mapping": (mapping, MAPPING),
    "topology": (topology, TOPOLOGY),
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
