"""Looking into a database from outside, past everything that would mask or decrypt."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any


def dump(database: Path) -> str:
    """A whole SQLite database as text."""
    with closing(sqlite3.connect(database, timeout=20)) as connection:
        return "\n".join(connection.iterdump())


def texts_in(database: Path) -> set[str]:
    """Every text that is stored in any column, and in the JSON of any."""
    with closing(sqlite3.connect(database, timeout=20)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        rows = [row for (name,) in tables.fetchall() for row in connection.execute(_all_of(name))]
    return {text for row in rows for value in row for text in _texts(value)}


def _all_of(table: str) -> str:
    return f'SELECT * FROM "{table}"'


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
        if value[:1] in {"[", "{"}:
            yield from _texts(_json(value))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
