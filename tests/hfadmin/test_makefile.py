"""What `make` leaves in `.venv`: the command `hfadmin`, or nothing where it failed."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# A Python whose module venv fails half-way, as Debian's does without its package python3-venv.
HALF_WAY = """#!/bin/sh
[ "$1" = -c ] && exit 0
mkdir -p "$3/bin" && touch "$3/bin/python"
echo "apt install python3-venv" >&2
exit 1
"""


@pytest.mark.parametrize("module", ["org", "select", "hfadmin"])
def test_the_command_imports_nothing_from_where_it_is_called(tmp_path: Path, module: str) -> None:
    (tmp_path / f"{module}.py").write_text("raise SystemExit('imported')", encoding="utf-8")

    called = subprocess.run(
        [ROOT / ".venv/bin/hfadmin", "key"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (called.returncode, called.stderr) == (0, "")


def test_an_environment_that_could_not_be_made_is_not_taken_for_one(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(HALF_WAY, encoding="utf-8")
    python.chmod(0o755)

    made = subprocess.run(
        ["make", "-f", ROOT / "Makefile", f"PYTHON={python}", ".venv/bin/python"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert made.returncode != 0
    assert "apt install python3-venv" in made.stderr
    assert not (tmp_path / ".venv").exists()
