"""Runs the statements of a reconciliation beside their plans, and writes these to pages."""

import re
from collections import defaultdict
from dataclasses import dataclass

import psycopg
from django.db import connection

from reconciliation.declarations import checks
from reconciliation.statements import SQL

EXPLAIN = "explain (analyze, buffers, costs off, timing off) "
CHECK = re.compile(r"select\s+'(\w+)',\s+'\w+',\s+found\.subject")
NAMES = {path.read_text(encoding="utf-8"): f"{path.parent.name}/{path.stem}" for path in SQL.glob("*/*.sql")}


@dataclass(frozen=True)
class Plan:
    """How PostgreSQL executed one statement; `page` is the folder of its file, `part` its place in it."""

    page: str
    name: str
    part: int
    text: str

    @property
    def milliseconds(self):
        return float(re.search(r"Execution Time: ([\d.]+)", self.text)[1])


class Explained:
    """Wraps the execution of statements: each that stands in a file is explained, taken back and executed."""

    def __init__(self):
        self.plans = []

    def __call__(self, execute, sql, params, many, context):
        text = sql if isinstance(sql, str) else sql.as_string(connection.connection)
        name = self._name(text)
        if name is None or many or not connection.in_atomic_block:
            return execute(sql, params, many, context)
        for number, part in enumerate([text] if CHECK.search(text) else parts(text)):
            if planned(part):
                self.plans.append(Plan(*name.split("/"), number, self._explain(part, params)))
            done = execute(part, params, many, context)
        return done

    def _name(self, text):
        if found := CHECK.search(text):
            return f"{checks()[found[1]].ledger}/{found[1]}"
        return NAMES.get(text)

    def _explain(self, part, params):
        with psycopg.ClientCursor(connection.connection) as cursor:
            cursor.execute("savepoint explained")
            cursor.execute(EXPLAIN + part, params)
            lines = [line for (line,) in cursor.fetchall()]
            cursor.execute("rollback to savepoint explained")
        return "\n".join(compact(lines))


def parts(text):
    """The statements of a file, one by one, without the comments before them."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
    return [part.strip() for part in re.split(r";\s*\n|;\s*$", "\n".join(lines)) if part.strip()]


def planned(part):
    """Whether it is a statement that has a plan."""
    return part.startswith(("insert", "update", "delete", "with", "select", "-- Runs one check"))


def compact(lines):
    """A plan without what the planner read to make it."""
    kept, planning = [], False
    for line in lines:
        planning = line.startswith("Planning:") or (planning and line.startswith("  "))
        if not planning and not line.startswith("Planning Time"):
            kept.append(line.replace(" (actual ", " (").replace("->  ", "→ "))
    return kept


def write(folder, plans, head):
    """A page for each folder of statements; of one that ran several times the slowest, under the `head`."""
    folder.mkdir(exist_ok=True)
    slowest = {(plan.page, plan.name, plan.part): plan for plan in sorted(plans, key=lambda plan: plan.milliseconds)}
    pages = defaultdict(list)
    for key in dict.fromkeys((plan.page, plan.name, plan.part) for plan in plans):
        pages[key[0]].append(slowest[key])
    for page, members in pages.items():
        sections = [f"## {plan.name}\n\n```\n{plan.text}\n```" for plan in members]
        text = "\n\n".join([f"# Plans: {page}", head, *sections])
        (folder / f"{page}.md").write_text(text + "\n", encoding="utf-8")
