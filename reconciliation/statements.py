"""Reads the SQL statements that stand in files of their own."""

from functools import cache
from pathlib import Path

SQL = Path(__file__).parent / "sql"


@cache
def statement(name: str) -> str:
    """The text of `sql/<name>.sql`, as in `statement("intake/chains")`."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")
