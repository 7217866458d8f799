"""Modules stay short enough to be read in one go."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST = 300  # lines
FOLDERS = ("hfadmin", "providers", "tests", "bench", "peers", "scripts")


def test_no_module_has_more_than_three_hundred_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
        and (lines := len(path.read_text("utf-8").splitlines())) > MOST
    }
    assert not long
