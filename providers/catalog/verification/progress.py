"""The steps of a running check, written to its row as they tick off, and its lease kept alive."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Self

from django.utils import timezone

from providers.catalog.models import Verification
from providers.catalog.verification.step import Step
from providers.catalog.verification.steps import by_key, plan


class LeaseLost(Exception):  # noqa: N818 - not an error
    """Somebody else has taken the row over, or it is gone: write nothing more."""


@dataclass(slots=True)
class Progress:
    row: Verification
    lease: str
    steps: list[dict[str, Any]]
    is_resumed: bool = False
    current: Step | None = None
    began: float = field(default_factory=monotonic)

    @classmethod
    def of(cls, row: Verification, lease: str) -> Self:
        """From the start; after waiting for an endpoint to wake, from there."""
        waking = _entry(row.steps, "wake")
        if waking is not None and waking["state"] == "running":
            return cls(row, lease, row.steps, is_resumed=True)
        return cls(row, lease, [{"step": step.key, "state": "waiting"} for step in plan(row)])

    def open(self) -> int:
        """How often this was begun, which a check that kills its worker must not go on doing."""
        attempts = self.row.failures + (0 if self.is_resumed else 1)
        self._write(state=Verification.State.RUNNING, failures=attempts, steps=self.steps)
        return attempts

    def remaining(self) -> list[Step]:
        steps = (by_key(e["step"]) for e in self.steps if e["state"] in {"waiting", "running"})
        return [step for step in steps if step]

    def note(self, key: str) -> dict[str, Any]:
        entry = _entry(self.steps, key)
        return (entry or {}).get("note") or {}

    def start(self, step: Step) -> None:
        self.current, self.began = step, monotonic()
        self._mark(step, state="running")
        self._write(steps=self.steps)

    def end(self, note: dict[str, Any] | None, **spelled: str) -> None:
        """The current step is done; one without a note was skipped. `spelled` are columns of the
        row as Hugging Face spells them."""
        assert self.current is not None  # noqa: S101 - it was started
        state = "skipped" if note is None else "passed"
        self._mark(self.current, state=state, ms=self._took(), note=note or {})
        self._write(steps=self.steps, **spelled)

    def fail(self) -> list[dict[str, Any]]:
        """The steps with the current one failed, to be written with what it means."""
        if self.current is not None:
            self._mark(self.current, state="failed", ms=self._took())
        return self.steps

    def skip_rest(self) -> list[dict[str, Any]]:
        for entry in self.steps:
            if entry["state"] in {"waiting", "running"}:
                entry["state"] = "skipped"
        return self.steps

    def park(self, wait: timedelta) -> None:
        """Give the lease back until it is time to look again."""
        self._finish(timezone.now() + wait, steps=self.steps, waking=self.row.waking)

    def restart(self) -> None:
        """Begin again at once, for something under the check has changed."""
        self._finish(timezone.now(), steps=[])

    def _mark(self, step: Step, **values: Any) -> None:
        entry = _entry(self.steps, step.key)
        assert entry is not None  # noqa: S101 - steps come from the plan
        entry.update(values)

    def _took(self) -> int:
        return round((monotonic() - self.began) * 1000)

    def _write(self, **values: Any) -> None:
        if not Verification.objects.held(self.row.pk, self.lease).hold(**values):
            raise LeaseLost

    def _finish(self, next_check_at: datetime, **values: Any) -> None:
        if not Verification.objects.held(self.row.pk, self.lease).finish(next_check_at, **values):
            raise LeaseLost


def _entry(steps: list[dict[str, Any]], key: str) -> dict[str, Any] | None:
    return next((entry for entry in steps if entry["step"] == key), None)
