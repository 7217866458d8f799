"""Threads of a worker, so many for each kind of work that no kind waits for another.

A row is claimed only when a thread is free for it. Within a lane the organization with the least
work under way comes first, and none may hold more than three quarters of the threads.
"""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Condition, Thread, current_thread
from typing import Any

import structlog
from django.db import Error, close_old_connections, connection

from hfadmin.background.models import LeasedQuerySet
from hfadmin.background.shortlist import Shortlist, Task, Work
from hfadmin.call_stack import with_stack_room

KEPT_IDLE = 2  # threads that wait for work, each with its connection; others end
_SHARE_GIVING_WAY = 1  # of the rows of an organization at once, while a lane gives way

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Lane:
    """A bounded set of threads that claim due rows and work on them."""

    name: str
    threads: int
    # While rows wait for a thread there, those that nobody has named are taken one by one here.
    gives_way_to: "Lane | None" = None
    is_open: bool = False
    has_closed: bool = False
    # By the work, and whether it is only for rows that were named: a lane may do both.
    _shortlists: dict[tuple[Work, bool], Shortlist] = field(default_factory=dict)
    _running: Counter[int] = field(default_factory=Counter)
    _alive: list[Thread] = field(default_factory=list)
    _idle: int = 0
    _changed: Condition = field(default_factory=Condition)

    @property
    def share(self) -> int:
        """How many rows of one organization may be worked on at once."""
        return max(1, self.threads * 3 // 4)

    @property
    def is_behind(self) -> bool:
        """Whether rows wait for a thread, or may do so."""
        return any(shortlist.is_open for shortlist in list(self._shortlists.values()))

    def work_off(
        self, rows: LeasedQuerySet[Any], work: Work, only: Iterable[str] | None = None
    ) -> None:
        """Call `work(pk, lease)` for every due row, or every due one of `only`. Returns at once in
        a worker; elsewhere when nothing is due any more."""
        if self.has_closed:
            return
        if not self.is_open:
            selected = rows if only is None else rows.filter(pk__in=list(only))
            while (claim := selected.claim(limit=1)).ids:
                work(claim.ids[0], claim.lease)
            return
        with self._changed:
            key = (work, only is not None)
            self._shortlists.setdefault(key, Shortlist(rows, work)).renew(only)
            self._add_thread()

    def open(self) -> None:
        self.is_open, self.has_closed = True, False

    def close(self, until: float) -> None:
        """Claim no more, and wait for what is under way, until `time.monotonic()` is `until`."""
        self.is_open, self.has_closed = False, True
        # A thread that claims holds it, for as long as the database takes to answer.
        if not self._changed.acquire(timeout=max(0.0, until - time.monotonic())):
            return
        try:
            self._changed.notify_all()
            alive = list(self._alive)
        finally:
            self._changed.release()
        for thread in alive:
            thread.join(max(0.0, until - time.monotonic()))

    def _add_thread(self) -> None:
        if self._idle:
            self._changed.notify()
        elif len(self._alive) < self.threads and self.is_open:
            run = with_stack_room(self._run)
            thread = Thread(target=run, name=f"{self.name} lane", daemon=True)
            self._alive.append(thread)
            thread.start()

    def _run(self) -> None:
        try:
            while (task := self._next()) is not None:
                self._work(task)
        finally:
            with self._changed:
                # However it ends, another thread may take its place.
                if current_thread() in self._alive:
                    self._alive.remove(current_thread())
            connection.close()

    def _work(self, task: Task) -> None:
        try:
            task.run()
        except Exception:
            log.exception("work_failed", lane=self.name, row=str(task.pk))
        finally:
            with self._changed:
                self._running[task.organization] -= 1

    def _next(self) -> Task | None:
        """Something to do, waited for; None: this thread is to end."""
        with self._changed:
            while self.is_open:
                if (task := self._claim()) is not None:
                    self._running[task.organization] += 1
                    self._add_thread()  # there may be more
                    return task
                if self._idle >= KEPT_IDLE:
                    break
                self._idle += 1
                self._changed.wait()
                self._idle -= 1
            self._alive.remove(current_thread())
        return None

    def _claim(self) -> Task | None:
        try:
            close_old_connections()
            # Rows that were named come first: somebody waits for them.
            for work, is_named in sorted(self._shortlists, key=lambda key: not key[1]):
                gives_way = self.gives_way_to is not None and self.gives_way_to.is_behind
                share = _SHARE_GIVING_WAY if gives_way and not is_named else self.share
                if task := self._shortlists[work, is_named].claim(self._running, share):
                    return task
        except Error as error:  # the next sweep wakes the lane again
            log.warning("claim_failed", lane=self.name, error=str(error))
        return None


# Looks at namespaces, checks of what a person saved, checks of tokens and of models by the clock;
# and what a person asked for beside that, which overtakes all that is due by the clock; and what is
# to be done to endpoints, where many at once leave the processor to looks at namespaces.
POLLING = Lane("polling", 8)
VERIFYING = Lane("verifying", 8)
TOKENS = Lane("tokens", 4)
MODELS = Lane("models", 4)
ASKED = Lane("asked", 4)
ACTIONS = Lane("actions", 8, gives_way_to=POLLING)
LANES = (POLLING, VERIFYING, TOKENS, MODELS, ASKED, ACTIONS)


def open_all() -> None:
    for lane in LANES:
        lane.open()


def close_all(*, within: float) -> None:
    """Claim nothing more; wait for what is under way, `within` so many seconds for all."""
    for lane in LANES:
        lane.is_open, lane.has_closed = False, True
    until = time.monotonic() + within
    for lane in LANES:
        lane.close(until)
