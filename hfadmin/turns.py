"""One request at a time, as long as each is quick.

Several threads that render pages get in each other's way at the interpreter's lock: with four of
them a page took a third more processor time (docs/benchmarks.md). A request that waits for
something, such as Hugging Face or a database's lock, holds up nobody.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

# Several times as long as a page takes. Whoever has the turn for longer is waiting for something.
PATIENCE_SECONDS = 0.05


class Turns:
    """Threads that take turns; one that would have to wait too long goes on without."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._taken_at = 0.0

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Wait for the turn, until `PATIENCE_SECONDS` after it was taken by whoever has it.

        Yields whether this thread has it."""
        patience = self._taken_at + PATIENCE_SECONDS - time.monotonic()
        has_turn = self._lock.acquire(timeout=max(patience, 0.0))
        try:
            if has_turn:
                self._taken_at = time.monotonic()
            yield has_turn
        finally:
            if has_turn:
                self._lock.release()
