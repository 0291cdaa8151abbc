"""How fast `manage.py ingest` stores a file of orders, beside the least that PostgreSQL needs for the same rows."""

import tempfile
import time
from pathlib import Path

import psutil
from psycopg import sql

from tests.bench.report import Figure
from tests.bench.stage import read_beside
from tests.bench.world import World

DATABASE = "bench_ingest"
TABLES = ("version", "ledger", "reference", "order_content", "order_line")
MEMORY_MB = 400
COLUMNS = """
select attname, attnum = any(indkey) from pg_attribute join pg_index on indrelid = attrelid and indisprimary
where attrelid = %s::regclass and attnum > 0 order by attnum
"""
BACKENDS = "select pid from pg_stat_activity where datname = %s"
UPSERT = """
insert into {table} as kept ({all}) select {all} from staging on conflict ({key})
do update set ({rest}) = row({new}) where ({old}) is distinct from ({new})
"""


def measure(stage):
    file = order_file(stage)
    size = f"{stage.orders:,} orders"
    stage.fresh(DATABASE)
    first, busy, memory = ingested(stage, file)
    again, _, memory_again = ingested(stage, file)
    (floor, floor_busy), (floor_again, _) = floors(stage)
    stage.remove(DATABASE)
    yield Figure("bulk ingest", first, "s", size, goal=2.5, floor=floor)
    yield Figure("bulk ingest, processor time of the database", busy, "s", size, floor=floor_busy)
    yield Figure("the same file again", again, "s", size, goal=1, floor=floor_again)
    yield Figure("memory of the ingest", max(memory, memory_again), "MB", size, goal=MEMORY_MB)


def order_file(stage):
    return stage.file(f"orders-{stage.orders}", lambda: World(stage.orders, stage.moment).orders_of("store"))


def ingested(stage, file):
    """Seconds that the command took, those that its backends worked, and the most memory that it held, in MB."""
    began, worked = time.monotonic(), {}
    running = stage.start("manage.py", "ingest", file)
    watched, most = psutil.Process(running.pid), 0
    with stage.owner() as owner:
        while running.poll() is None:
            most = max(most, memory(watched))
            for (pid,) in owner.execute(BACKENDS, [DATABASE]):
                worked[pid] = max(worked.get(pid, 0), processor_seconds(pid))
            time.sleep(0.2)
    if running.returncode:
        raise RuntimeError(f"the ingest ended with {running.returncode}")
    return time.monotonic() - began, sum(worked.values()), most / 2**20


def processor_seconds(pid):
    """What a process has worked so far; nothing of one that runs elsewhere."""
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0
    return times.user + times.system


def memory(process):
    """Bytes held by a process and its children; on Linux, what they share is counted once."""
    try:
        held = [each.memory_full_info() for each in [process, *process.children(recursive=True)]]
    except psutil.Error:
        return 0
    return sum(getattr(each, "pss", each.rss) for each in held)


def floors(stage):
    """Seconds, and seconds of work, for COPY and INSERT of what the ingest stored, into empty tables and full ones."""
    with tempfile.TemporaryDirectory(dir=stage.folder) as folder, stage.owner(DATABASE) as owner:
        owner.execute(read_beside(__file__, "floor.sql"))
        for table in TABLES:
            with owner.cursor().copy(f"copy {table} to stdout") as rows, open(Path(folder) / table, "wb") as out:
                out.writelines(rows)
        owner.execute("checkpoint")
        return [upserts(owner, Path(folder)) for _ in range(2)]


def upserts(owner, folder):
    began, before = time.monotonic(), processor_seconds(owner.info.backend_pid)
    for table in TABLES:
        upsert(owner, table, folder / table)
    return time.monotonic() - began, processor_seconds(owner.info.backend_pid) - before


def upsert(owner, table, file):
    with owner.transaction():
        owner.execute(f"create temp table staging (like floor.{table}) on commit drop")
        with owner.cursor().copy("copy staging from stdin") as rows, file.open("rb") as lines:
            while block := lines.read(1 << 20):
                rows.write(block)
        owner.execute(statement(owner, table))


def statement(owner, table):
    """INSERT … SELECT … ON CONFLICT DO UPDATE … WHERE … IS DISTINCT FROM, over the columns of `table`."""
    columns = owner.execute(COLUMNS, [f"floor.{table}"]).fetchall()
    key = [name for name, is_key in columns if is_key]
    rest = [name for name, is_key in columns if not is_key]
    return sql.SQL(UPSERT).format(
        table=sql.Identifier("floor", table),
        all=listed(key + rest),
        key=listed(key),
        rest=listed(rest),
        new=listed(rest, "excluded"),
        old=listed(rest, "kept"),
    )


def listed(columns, *of):
    return sql.SQL(", ").join(sql.Identifier(*of, column) for column in columns)
