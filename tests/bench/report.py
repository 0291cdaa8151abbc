"""What was measured, beside what it must reach: printed as a table, kept as JSON, compared with the report before."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One measured figure. With a `floor`, measured in the same run, the goal is of the ratio of the two, unless it is
    `of_value`: the floor then only stands beside it.

    `size`: over how much it was measured. A figure without a goal is told for what it says beside the others.
    """

    name: str
    value: float
    unit: str
    size: str
    goal: float | None = None
    floor: float | None = None
    at_least: bool = False
    of_value: bool = False

    @property
    def ratio(self):
        return None if not self.floor else self.value / self.floor

    @property
    def compared(self):
        """What the goal is of."""
        return self.value if self.of_value or self.floor is None else self.ratio

    @property
    def reached(self):
        if self.goal is None or self.compared is None:
            return None
        return self.compared >= self.goal if self.at_least else self.compared <= self.goal


def report(figures, *, orders, began_at, seconds, commit, database, loads):
    """All that a reader must know of a run of the benchmarks, as JSON will hold it."""
    machine = {
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "system": platform.platform(),
        "python": platform.python_version(),
        "database": database,
        "load_before_and_after": loads,
    }
    made = [asdict(figure) | {"ratio": figure.ratio, "reached": figure.reached} for figure in figures]
    head = {"began_at": began_at.isoformat(), "seconds": round(seconds), "commit": commit, "orders": orders}
    return head | {"machine": machine, "figures": made}


def show(found, before):
    """The table of a report; the last column compares each figure with the report `before`, if that has it."""
    known = {(figure["name"], figure["size"]): figure for figure in before["figures"]} if before else {}
    table = Table("figure", "over", "measured", "floor", "ratio", "goal", "reached", "since last")
    for figure in found["figures"]:
        last = known.get((figure["name"], figure["size"]))
        reached = {True: "yes", False: "no", None: "–"}[figure["reached"]]
        table.add_row(
            figure["name"],
            figure["size"],
            f"{figure['value']:,.2f} {figure['unit']}",
            f"{figure['floor']:,.2f} {figure['unit']}" if figure["floor"] else "–",
            f"{figure['ratio']:.2f}" if figure["ratio"] else "–",
            goal(figure),
            reached,
            f"× {figure['value'] / last['value']:.2f}" if last and last["value"] else "–",
        )
    Console(width=150).print(table)


def goal(figure):
    if figure["goal"] is None:
        return "–"
    words = "at least" if figure["at_least"] else "at most"
    times = figure["floor"] and not figure["of_value"]
    return f"{words} {figure['goal']:g} {'×' if times else figure['unit']}"


def latest(folder: Path):
    """The report made last, or None."""
    kept = sorted(folder.glob("*.json"))
    return json.loads(kept[-1].read_text(encoding="utf-8")) if kept else None


def keep(folder: Path, found):
    """Writes the report under the moment it began."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{found['began_at'][:19].replace(':', '')}.json"
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return path
