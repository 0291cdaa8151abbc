"""make bench: measures the figures named on the command line, or all, and says how they stand to their goals.

BENCH_ORDERS: how many orders (100,000 unless told). BENCH_KEEP=yes keeps the databases and files for the next run of
the day. DATA_DIR: where they and the reports are (.data/bench unless told).
"""

import os
import subprocess
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main():
    os.environ.setdefault("DATA_DIR", str(ROOT / ".data" / "bench"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reconciliation.project.settings")
    import django

    django.setup()
    from reconciliation.project.servers import servers
    from tests.bench.registry import FIGURES

    unknown = set(sys.argv[1:]) - set(FIGURES)
    if unknown:
        sys.exit(f"There is no figure {', '.join(sorted(unknown))}; there are {', '.join(FIGURES)}.")
    with servers():
        failed = run(sys.argv[1:] or list(FIGURES))
    sys.exit(1 if failed else 0)


def run(names):
    """Measures, prints and keeps the figures; returns the names of those that could not be measured."""
    from tests.bench.report import keep, latest, report, show
    from tests.bench.stage import Stage

    began_at, folder = datetime.now(UTC), Path(os.environ["DATA_DIR"]).absolute()
    today = began_at.replace(hour=0, minute=0, second=0, microsecond=0)
    stage = Stage(int(os.environ.get("BENCH_ORDERS", "100000")), today, folder / "files")
    before, load, begin = latest(folder / "reports"), os.getloadavg()[0], time.monotonic()
    figures, failed = measured(stage, names)
    with stage.owner() as owner:
        database = owner.execute("show server_version").fetchone()[0]
    found = report(
        figures,
        orders=stage.orders,
        began_at=began_at,
        seconds=time.monotonic() - begin,
        commit=commit(),
        database=f"PostgreSQL {database}",
        loads=[load, os.getloadavg()[0]],
    )
    if os.environ.get("BENCH_KEEP") != "yes":
        stage.clean()
    show(found, before)
    print(keep(folder / "reports", found))
    return failed


def measured(stage, names):
    """The figures, and the names of those whose measuring failed."""
    from tests.bench.registry import FIGURES

    figures, failed = [], []
    for name in names:
        stage.tell(name)
        try:
            for figure in FIGURES[name](stage):
                stage.tell(f"{figure.name}: {figure.value:,.2f} {figure.unit}")
                figures.append(figure)
        except Exception:
            traceback.print_exc()
            failed.append(name)
    return figures, failed


def commit():
    said = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    return said.stdout.strip() or "unknown"


if __name__ == "__main__":
    main()
