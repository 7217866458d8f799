"""Run all tests, in two runs of pytest, with a summary of both in the last line."""

import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

# Tests that start processes. Those of a file share them, so a file runs in one worker.
SLOW = "browser or stack or postgres"
RUNS = {
    "unit": ["-m", f"not ({SLOW})", "-n", "auto", "--maxprocesses", "4"],
    "with processes": ["-m", SLOW, "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"],
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a run: `ok` is pytest's verdict, `skipped` counts tests by reason."""

    ok: bool
    passed: int = 0
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.passed + self.failed + self.skipped.total()


def main() -> int:
    began = time.monotonic()
    outcomes = {name: run(arguments) for name, arguments in RUNS.items()}
    sys.stdout.write(f"{summary(outcomes, time.monotonic() - began)}\n")
    return 0 if all(outcome.ok for outcome in outcomes.values()) else 1


def run(arguments: list[str]) -> Outcome:
    """Run pytest with these arguments and the standard output of this process."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments]
        ok = subprocess.run(command, check=False).returncode == 0
        return read(report, ok=ok) if report.exists() else Outcome(ok=False)


def read(report: Path, *, ok: bool) -> Outcome:
    """Count the outcomes in a JUnit report; an error in a fixture counts as a failure."""
    passed, failed, skipped = 0, 0, Counter[str]()
    for case in ET.parse(report).iter("testcase"):
        reason = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif reason is not None:
            skipped[reason.get("message", "")] += 1
        else:
            passed += 1
    return Outcome(ok, passed, failed, skipped)


def summary(outcomes: dict[str, Outcome], seconds: float) -> str:
    """Return a line such as `3,326 passed in 2 min 5 s (3,210 unit, 116 with processes)`."""
    failed = sum(outcome.failed for outcome in outcomes.values())
    passed = sum(outcome.passed for outcome in outcomes.values())
    skipped = sum((outcome.skipped for outcome in outcomes.values()), Counter[str]())
    counts = [f"{failed:,} failed"] if failed else []
    counts.append(f"{passed:,} passed")
    counts += [f"{number:,} skipped ({reason})" for reason, number in skipped.items()]
    counts += [
        f"the run “{name}” broke off"
        for name, outcome in outcomes.items()
        if not outcome.ok and not outcome.failed
    ]
    minutes, rest = divmod(round(seconds), 60)
    runs = ", ".join(f"{outcome.total:,} {name}" for name, outcome in outcomes.items())
    return f"{', '.join(counts)} in {minutes} min {rest} s ({runs})"


if __name__ == "__main__":
    sys.exit(main())
