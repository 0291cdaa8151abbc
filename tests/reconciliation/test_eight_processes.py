"""Eight processes take in overlapping parts of one feed, one is killed and started again: the same as one process."""

import json
import random
import signal
import subprocess
import time
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import BytesIO, StringIO

from django.utils import timezone

from connectors.lines import read_lines
from connectors.sample_brand import sample_brand
from reconciliation.intake import take_in
from reconciliation.topology import load
from tests.apart import database_apart

MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
DUMP = """
import json
from datetime import datetime
from django.db import connection
from exceptions.reconciling import reconcile
reconcile(as_of=datetime.fromisoformat({moment!r}), now=datetime.fromisoformat({moment!r}))
left_out = "- 'arrived_at' - 'line_number' - 'source'"
columns = {{
    "ledger": f"to_jsonb(t) {{left_out}}",
    "finding": "jsonb_build_array(kind, subject, leg, state, yields_to, amount, currency, shard, title)",
}}
with connection.cursor() as cursor:
    for table in {tables!r}:
        said = columns.get(table, f"to_jsonb(t) {{left_out}} - 'id'")
        cursor.execute(f"select ({{said}})::text from {{table}} as t order by 1")
        print(json.dumps([table, [row for (row,) in cursor.fetchall()]]))
"""
TABLES = [
    *("version", "ledger", "reference", "order_content", "order_line", "fulfilment_content", "return_content"),
    *("return_line", "credit_content", "credit_line", "stock_level", "stock_movement", "product", "outcome"),
    *("first_sent", "rejected_line", "member", "finding", "unmapped_word", "open_demand", "return_drift"),
]


def dumped(apart=None):
    """What a run finds, and the tables after it: in the database apart, or in this process and the tests' own."""
    script = DUMP.format(moment=MOMENT.isoformat(), tables=TABLES)
    if apart:
        said = apart.done("shell", "-v", "0", "-c", script)
    else:
        with redirect_stdout(StringIO()) as out:
            exec(script, {})
        said = out.getvalue()
    return dict(json.loads(line) for line in said.splitlines())


def parts(lines, dice):
    """Eight overlapping parts in an order of their own, which together hold every line at least once."""
    kept = [[line for line in lines if dice.random() < 0.3] for _ in range(8)]
    for n, line in enumerate(lines):
        kept[n % 8].append(line)
    for part in kept:
        dice.shuffle(part)
    return kept


def test_eight_processes_and_a_kill_end_where_one_does(transactional_db, tmp_path):
    brand = sample_brand(MOMENT, orders=250, times=1)
    load(brand.topology, dry_run=False)
    take_in(read_lines(BytesIO("\n".join(brand.lines).encode())), source="feed", clock=timezone.now)
    for n, part in enumerate(parts(brand.lines, random.Random(5))):
        (tmp_path / f"part{n}").write_text("\n".join(part), encoding="utf-8")
    (tmp_path / "topology.toml").write_text(brand.topology, encoding="utf-8")
    with database_apart("eight") as apart:
        apart.done("topology", "load", tmp_path / "topology.toml")
        take_in_together(apart, tmp_path)
        alone, together = dumped(), dumped(apart)
    for table in TABLES:
        assert together[table] == alone[table], table
    assert len(alone["finding"]) > 30


def take_in_together(apart, folder):
    """Eight processes take in a part each; the fourth is killed, and begins again."""
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = [apart.manage("ingest", folder / f"part{n}", **silent) for n in range(8) if n != 3]
    running.insert(3, apart.manage("ingest", "-", stdin=subprocess.PIPE, **silent))
    half = (folder / "part3").read_text(encoding="utf-8").splitlines()[::2]
    # the fourth reads from a pipe that is never closed: it is killed in the middle for certain
    running[3].stdin.write("\n".join(half) + "\n")
    running[3].stdin.flush()
    time.sleep(3)
    running[3].kill()
    assert running[3].wait() == -signal.SIGKILL
    running[3].stdin.close()
    running[3] = apart.manage("ingest", folder / "part3", **silent)
    assert all(process.wait(timeout=120) in (0, 1) for process in running)
