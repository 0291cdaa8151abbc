"""Sets the stage for the checks: temporary tables that say what the systems say as of a moment, of the keys in scope.

What stands in which table is told where it is filled, under `sql/stage`, `sql/matching` and `sql/catalogue`.
"""

from datetime import datetime
from typing import Any

from django.conf import settings

from reconciliation.statements import statement

TABLES = ("stage/tables", "stage/indexes", "matching/tables", "catalogue/tables", "runner/tables")
OF_GROUPS = (
    "records",
    "references",
    "orders",
    "used",
    "skus",
    "lines",
    "items",
    "fulfilments",
    "returns",
    "credits",
    "credit_references",
    "expectations",
    "outcomes",
    "sides",
    "pairs",
    "absent",
    "pack_sizes",
    "packs",
    "settlements",
    "order_accounts",
    "return_accounts",
    "credit_accounts",
    "movements",
    "inspections",
    "restocks",
    "standing",
    "drifts",
    "demand",
    "unmapped",
)
NEWS_OF_LINES = ("runner/told_lines", "stage/skus", "runner/dirty_lines")
OF_MATCHING = (
    "matching/used_by_credits",
    "stage/skus",
    "matching/claims",
    "matching/used_by_sales",
    "stage/skus",
    "matching/sales",
    "matching/tiers",
    "matching/unsupported",
)
OF_PLAIN = ("systems", "members", "copies", "groups", "absent", "sent", "reported", "required", "doubtful")
OF_CATALOGUE = ("products", "levels", "uses", "closest")


def clear(cursor: Any, *, but_plain: bool = False) -> None:
    """Makes every table of the stage, empty; `but_plain`: what is known of plain groups stays."""
    for tables in TABLES if but_plain else ("plain/tables", *TABLES):
        cursor.execute(statement(tables))


def set_reference_facts(cursor: Any, as_of: datetime) -> None:
    """What is the same for every slice: the flows, which of them are silent, what the systems do at all."""
    cursor.execute(statement("stage/legs"))
    for step in ("practices", "silent"):
        cursor.execute(statement(f"stage/{step}"), {"as_of": as_of})


def set_groups(cursor: Any, as_of: datetime) -> int:
    """What the systems say of the groups in `scope_group` and their `scope_member`s; how many groups there are."""
    cursor.execute("analyze scope_group, scope_member")
    for step in OF_GROUPS:
        cursor.execute(statement(f"stage/{step}"), {"as_of": as_of})
    cursor.execute("select count(*) from scope_group")
    return int(cursor.fetchone()[0])


def set_rest(cursor: Any, as_of: datetime, *, full: bool) -> None:
    """What is said of lines without a reference, of catalogues, of stock, and in sums over many groups.

    Unless `full`, of the keys in `scope_shard` alone; those of lines are found here, once their skus are understood.
    """
    moment = {"as_of": as_of, "horizon": settings.MATCHING_HORIZON_DAYS, "everything": full}
    for step in OF_MATCHING if full else NEWS_OF_LINES + OF_MATCHING:
        cursor.execute(statement(step), moment)
    cursor.execute(statement("stage/rest"), moment)
    for step in OF_CATALOGUE:
        cursor.execute(statement(f"catalogue/{step}"), moment)


def leave_out_plain(cursor: Any, as_of: datetime, ends: dict[str, Any]) -> None:
    """Finds the groups of a slice that agree in everything, in `plain_group`: no check has anything to say of them."""
    for step in OF_PLAIN:
        cursor.execute(statement(f"plain/{step}"), {"as_of": as_of} | ends)


def portions(cursor: Any, ends: dict[str, Any], size: int) -> list[dict[str, Any]]:
    """The ends of portions of a slice, each with at most so many groups that are not plain."""
    cursor.execute(statement("plain/portions"), {"size": size})
    begins = [key for (key,) in cursor.fetchall()][1:]
    parts = zip([ends["first"], *begins], [*begins, ends["until"]], strict=True)
    return [{"first": first, "until": until} for first, until in parts]


def practices(cursor: Any) -> list[list[Any]]:
    """What the systems do at all, to be compared with the run before: [system, practice, number of examples].

    The last row says when history begins.
    """
    cursor.execute("select system, practice, cardinality(records) from practice order by system, practice")
    done = [list(row) for row in cursor.fetchall()]
    cursor.execute("select 'every system', 'first order', placed_at::text from first_order")
    return done + [list(row) for row in cursor.fetchall()]
