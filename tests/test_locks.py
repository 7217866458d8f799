"""Rows are locked in the mode that lets others store rows that refer to them: PostgreSQL would see
a deadlock where one waits for the other's version, and the other for a key."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = "select_for_update"


def locks(path: Path) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == LOCK
    ]


def test_no_lock_keeps_others_from_storing_rows_that_refer_to_it() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{call.lineno}": {word.arg for word in call.keywords}
        for folder in ("hfadmin", "providers")
        for path in (ROOT / folder).rglob("*.py")
        for call in locks(path)
    }
    assert found
    assert not {place for place, words in found.items() if "no_key" not in words}
