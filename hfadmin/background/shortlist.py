"""Which due row a lane takes next.

Looking for due rows costs many times as much as taking one. So several are found at once, and each
is taken only when a thread is free for it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from hfadmin.background.models import Found, LeasedQuerySet

AT_ONCE = 64  # rows, of more organizations than a lane has threads

Work = Callable[[Any, Any], object]


class Task(NamedTuple):
    """A row that was taken, and what is to be done with it."""

    work: Work
    pk: Any
    lease: UUID
    organization: int

    def run(self) -> None:
        self.work(self.pk, self.lease)


@dataclass(slots=True)
class Shortlist:
    """Due rows of one kind in the order in which they were found, and what is to be done with
    them. What falls due later is found after `renew`."""

    rows: LeasedQuerySet[Any]
    work: Work
    _found: list[Found] = field(default_factory=list)
    _asked_for: set[str] | None = None  # find these alone; None: whatever is due
    _may_find_more: bool = False

    @property
    def is_open(self) -> bool:
        """Whether a row may be left to take."""
        return bool(self._found) or self._may_find_more

    def renew(self, only: Iterable[str] | None = None) -> None:
        """Find anew: whatever is due, or what is of `only` and of those asked for before."""
        if only is not None:
            left = {str(row.pk) for row in self._found}
            self._asked_for = left.union(only, self._asked_for or ())
        self._found.clear()
        self._may_find_more = True

    def claim(self, running: Mapping[int, int], share: int) -> Task | None:
        """Take a row of the organization with the least work under way, of those with less than
        `share`. `running` is how many rows of each are worked on."""
        while (row := self._next(running, share)) is not None:
            self._found.remove(row)
            claim = self.rows.claim_found([row])
            if claim.ids:
                return Task(self.work, row.pk, claim.lease, row.organization)
        return None

    def _next(self, running: Mapping[int, int], share: int) -> Found | None:
        if not self._found and self._may_find_more:
            self._find()
        free = [row for row in self._found if running.get(row.organization, 0) < share]
        return min(free, key=lambda row: running.get(row.organization, 0), default=None)

    def _find(self) -> None:
        if self._asked_for is None:
            self._found = self.rows.find(AT_ONCE)
            self._may_find_more = len(self._found) == AT_ONCE
        else:
            # The others are taken already, or no longer due.
            wanted = self.rows.filter(pk__in=self._asked_for)
            self._found = wanted.find(len(self._asked_for))
            self._asked_for, self._may_find_more = set(), False
