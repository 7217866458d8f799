"""What `make test` says in its last line."""

from collections import Counter
from pathlib import Path

import pytest

from tests.run import Outcome, run, summary

EACH_KIND = """
import pytest

@pytest.fixture
def breaks():
    raise OSError

def test_passes(): pass
def test_passes_too(): pass
def test_fails(): assert False
def test_errs(breaks): pass
def test_is_skipped(): pytest.skip("Chromium is not installed here")
"""
APART = ["-q", "-c", "/dev/null", "-p", "no:cacheprovider", "-p", "no:django"]


def test_a_run_counts_each_outcome_and_names_what_is_skipped(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "test_each_kind.py").write_text(EACH_KIND, "utf-8")

    outcome = run([*APART, str(tmp_path)])

    skipped = Counter({"Chromium is not installed here": 1})
    assert outcome == Outcome(ok=False, passed=2, failed=2, skipped=skipped)
    assert "2 passed" in capfd.readouterr().out


def test_a_run_that_finds_no_tests_has_failed(tmp_path: Path) -> None:
    assert run([*APART, str(tmp_path)]) == Outcome(ok=False)


def test_the_last_line_names_the_whole_count() -> None:
    outcomes = {
        "unit": Outcome(ok=True, passed=3_233),
        "with processes": Outcome(ok=True, passed=15, skipped=Counter({"no Chromium": 78})),
    }
    assert summary(outcomes, 432.4) == (
        "3,248 passed, 78 skipped (no Chromium) in 7 min 12 s (3,233 unit, 93 with processes)"
    )


def test_the_last_line_begins_with_what_failed_and_says_which_run_broke_off() -> None:
    outcomes = {
        "unit": Outcome(ok=False, passed=1_000, failed=2),
        "with processes": Outcome(ok=False),
    }
    assert summary(outcomes, 61) == (
        "2 failed, 1,000 passed, the run “with processes” broke off in 1 min 1 s"
        " (1,002 unit, 0 with processes)"
    )
