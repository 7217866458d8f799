"""The sandbox's time: the real one, until a test holds it and turns it by hand."""

import threading
import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Real time unless held; `advance` moves it, held or not."""

    def __init__(self, start: datetime | None = None) -> None:
        self._changed = threading.Condition()
        self._offset = timedelta() if start is None else start - datetime.now(UTC)
        self._held_at: datetime | None = None

    def now(self) -> datetime:
        """The sandbox's moment, aware, in UTC."""
        return self._held_at or datetime.now(UTC) + self._offset

    def hold(self) -> None:
        """Stop the time where it is."""
        with self._changed:
            self._held_at = self.now()

    def release(self) -> None:
        """Let the time run on from where it was held."""
        with self._changed:
            if self._held_at is not None:
                self._offset = self._held_at - datetime.now(UTC)
                self._held_at = None
            self._changed.notify_all()

    def advance(self, seconds: float) -> None:
        """Turn the time forward at once."""
        with self._changed:
            if self._held_at is None:
                self._offset += timedelta(seconds=seconds)
            else:
                self._held_at += timedelta(seconds=seconds)
            self._changed.notify_all()

    def wait_until(self, moment: datetime, *, at_most: float) -> bool:
        """Block until `moment` has come, for `at_most` seconds of real time; whether it has."""
        gives_up = time.monotonic() + at_most
        with self._changed:
            while (remaining := (moment - self.now()).total_seconds()) > 0:
                patience = gives_up - time.monotonic()
                if patience <= 0:
                    return False
                self._changed.wait(patience if self._held_at else min(patience, remaining))
            return True
