"""Reads the SQL statements that stand in files of their own."""

from functools import cache
from pathlib import Path

SQL = Path(__file__).parent / "sql"


@cache
def statement(name: str, folder: Path = SQL) -> str:
    """The text of `<folder>/<name>.sql`, as in `statement("intake/chains")`."""
    return (folder / f"{name}.sql").read_text(encoding="utf-8")
