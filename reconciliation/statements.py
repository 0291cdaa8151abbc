"""Reads and asks the SQL statements that stand in files of their own."""

from collections import namedtuple
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

SQL = Path(__file__).parent / "sql"


@cache
def statement(name: str, folder: Path = SQL) -> str:
    """The text of `<folder>/<name>.sql`, as in `statement("intake/chains")`."""
    return (folder / f"{name}.sql").read_text(encoding="utf-8")


def rows(name: str, asked: dict[str, Any], folder: Path = SQL) -> list[Any]:
    """What the statement of that name returns for its parameters: tuples whose fields are named as its columns."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name, folder), asked)
        row = namedtuple("row", [column.name for column in cursor.description or ()])  # type: ignore[misc]
        return [row(*values) for values in cursor.fetchall()]
