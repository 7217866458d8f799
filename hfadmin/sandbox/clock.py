"""The sandbox's clock: real time, until a test freezes it and advances it."""

import threading
import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Real time unless frozen. `advance` moves it in both cases. Safe to use from threads."""

    def __init__(self, start: datetime | None = None) -> None:
        self._changed = threading.Condition()
        self._offset = timedelta() if start is None else start - datetime.now(UTC)
        self._frozen_at: datetime | None = None

    def now(self) -> datetime:
        """Return the time of the sandbox, aware, in UTC."""
        return self._frozen_at or datetime.now(UTC) + self._offset

    def freeze(self) -> None:
        """Stop the clock at its present time."""
        with self._changed:
            self._frozen_at = self.now()

    def unfreeze(self) -> None:
        """Let the clock run on from where it was frozen."""
        with self._changed:
            if self._frozen_at is not None:
                self._offset = self._frozen_at - datetime.now(UTC)
                self._frozen_at = None
            self._changed.notify_all()

    def advance(self, seconds: float) -> None:
        """Move the clock forward at once."""
        with self._changed:
            if self._frozen_at is None:
                self._offset += timedelta(seconds=seconds)
            else:
                self._frozen_at += timedelta(seconds=seconds)
            self._changed.notify_all()

    def wait_until(self, moment: datetime, *, at_most: float) -> bool:
        """Block until `moment`, for `at_most` seconds of real time. Returns whether it has come."""
        deadline = time.monotonic() + at_most
        with self._changed:
            while (remaining := (moment - self.now()).total_seconds()) > 0:
                patience = deadline - time.monotonic()
                if patience <= 0:
                    return False
                self._changed.wait(patience if self._frozen_at else min(patience, remaining))
            return True
