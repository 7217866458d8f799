"""What the sandbox has put off."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from operator import itemgetter

from hfadmin.sandbox.clock import Clock


class Agenda:
    """Work for later moments of the clock. Safe to use from threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._items: list[tuple[datetime, Callable[[], object]]] = []

    def add(self, seconds: float, work: Callable[[], object]) -> None:
        """Have `work` called by the first `catch_up` that comes `seconds` from now or later."""
        with self._lock:
            self._items.append((self._clock.now() + timedelta(seconds=seconds), work))

    def catch_up(self) -> None:
        """Do what is due, what was due first before all else."""
        if not self._items:
            return
        now = self._clock.now()
        with self._lock:
            due = [item for item in self._items if item[0] <= now]
            self._items = [item for item in self._items if item[0] > now]
        for _, work in sorted(due, key=itemgetter(0)):
            work()
