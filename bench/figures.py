"""Measured figures with their goals, printed as a table and saved as JSON."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).resolve().parent.parent / "bench-results"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value; `at_most` or `at_least` is its goal."""

    part: str
    what: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def goal(self) -> str:
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        return f"≥ {self.at_least:g}" if self.at_least is not None else ""

    @property
    def verdict(self) -> str:
        if not self.goal:
            return ""
        too_much = self.at_most is not None and self.value > self.at_most
        too_little = self.at_least is not None and self.value < self.at_least
        return "missed" if too_much or too_little else "met"


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as text, grouped by part."""
    rows = [("", "value", "unit", "goal", "")]
    rows += [(it.what, number(it.value), it.unit, it.goal, it.verdict) for it in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = []
    part = None
    for figure, row in zip([None, *figures], rows, strict=True):
        if figure is not None and figure.part != part:
            part = figure.part
            lines.append(f"\n{part}")
        what, value, *rest = row
        cells = [f"  {what:<{widths[0]}}", f"{value:>{widths[1]}}"]
        cells += [f"{cell:<{width}}" for cell, width in zip(rest, widths[2:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def number(value: float) -> str:
    """Return the value with two decimals, or none for large and whole numbers."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def save(figures: Sequence[Figure]) -> Path:
    """Write the figures, with the machine, to a file named by the time. Returns its path."""
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    path = RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    content = {
        "measured_at": now.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "figures": [asdict(figure) | {"verdict": figure.verdict} for figure in figures],
    }
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
