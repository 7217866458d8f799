"""What is being done to endpoints, and how far a batch is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from hfadmin.accounts.models import Organization
from hfadmin.live.cache import VersionCache
from providers.endpoints.lifecycle.models import Action, Batch
from providers.endpoints.lifecycle.verbs import VERBS, ActionVerb

SHOWN = 50  # actions of a group
_State = Action.State
_IS_OPEN = Q(ended_at=None)
# In the order in which they are shown: what needs a person first.
_GROUPS = {
    "refused": Q(state=_State.REFUSED),
    "unclear": Q(state=_State.UNCLEAR) & ~_IS_OPEN,
    "under_way": _IS_OPEN & ~Q(state=_State.ASKED),
    "waiting": _IS_OPEN & Q(state=_State.ASKED),
    "left": Q(state__in=[_State.CANCELLED, _State.SUPERSEDED]),
    "done": Q(state=_State.DONE),
}
_SHOWN_ABOVE_THE_LIST = 3
_is_any_open: VersionCache[bool] = VersionCache(200)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many actions of a batch are in each group."""

    batch: Batch
    refused: int
    unclear: int
    under_way: int
    waiting: int
    left: int
    done: int

    @classmethod
    def of(cls, batch: Batch) -> Self:
        counts = {name: Count("pk", filter=group) for name, group in _GROUPS.items()}
        return cls(batch, **batch.actions.aggregate(**counts))

    @property
    def verb(self) -> ActionVerb:
        return VERBS[self.batch.verb]

    @property
    def title(self) -> str:
        bulk = self.verb.bulk
        return str(bulk.button % {"count": self.total}) if bulk else str(self.verb.label)

    @property
    def total(self) -> int:
        return self.ended + self.under_way + self.waiting

    @property
    def ended(self) -> int:
        return self.refused + self.unclear + self.left + self.done

    @property
    def is_open(self) -> bool:
        return bool(self.under_way or self.waiting)

    def groups(self) -> Iterator[tuple[str, int, "QuerySet[Action]"]]:
        """The name of each that is not empty, its size, and the first of it."""
        rows = self.batch.actions.select_related("endpoint__namespace", "asked_by", "token")
        for name, group in _GROUPS.items():
            if count := getattr(self, name):
                yield name, count, rows.filter(group).order_by("name", "pk")[:SHOWN]


def is_any_open(organization: Organization, version: int) -> bool:
    """Whether anything is being done, as of this version. Most of the time nothing is, and no page
    asks what."""
    rows = Action.objects.open().filter(organization=organization)
    return _is_any_open.get_or_set((organization.pk, version), rows.exists)


def open_batches(organization: Organization) -> list[Progress]:
    """Those that have not ended, the latest first."""
    running = Action.objects.open().filter(organization=organization).exclude(batch=None)
    ids = set(running.values_list("batch", flat=True)[:1000])
    rows = organization.endpoint_batches.filter(pk__in=ids)[:_SHOWN_ABOVE_THE_LIST] if ids else ()
    return [Progress.of(batch) for batch in rows]


def nothing_under_way(_ids: Sequence[int]) -> dict[int, str]:
    return {}


def under_way(ids: Sequence[int]) -> dict[int, str]:
    """What somebody is at, by the endpoint's id, as a person reads it."""
    rows = Action.objects.open().filter(endpoint__in=ids).select_related("asked_by")
    return {action.endpoint_id: _words(action) for action in rows if action.endpoint_id}


def _words(action: Action) -> str:
    words = {"action": VERBS[action.verb].label, "who": action.by.label}
    if action.state == _State.ASKED:
        return _("%(action)s, asked for by %(who)s") % words
    if action.state == _State.UNCLEAR:
        return _("%(action)s, by %(who)s: no answer came") % words
    return _("%(action)s, sent for %(who)s") % words
