"""What was wanted of an endpoint, and where Hugging Face has something else.

Of each column, what was wanted is what the newest action says that names it and came true, or was
accepted. Pausing and resuming may reset the scaling: what it was before is kept with the first.
"""

import json
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import F, Q
from django.utils.translation import gettext as _

from providers.endpoints.lifecycle import columns
from providers.endpoints.lifecycle.configuration import SETTINGS, Setting
from providers.endpoints.lifecycle.models import Action, ActionQuerySet
from providers.endpoints.lifecycle.verbs import CREATE, VERBS
from providers.endpoints.models import Endpoint

QUERY = "wanted"  # of `as`, on the page that asks for a verb: filled with what is wanted
MOST_ACTIONS = 200  # that are read; each names what it changed
_KEPT = ("min_replicas", "max_replicas", "scale_to_zero_minutes")
_TRUE = (Action.State.DONE, Action.State.ACCEPTED)


class Wanted(NamedTuple):
    value: Any
    is_open: bool  # accepted, and may still come true


@dataclass(frozen=True, slots=True)
class Line:
    """One setting, as it was wanted and as it was last seen."""

    setting: Setting
    wanted: dict[str, Any]
    seen: dict[str, Any]
    is_told: bool
    is_held: bool
    is_awaited: bool
    is_met: bool

    @property
    def is_compared(self) -> bool:
        return self.is_told and self.is_held

    @property
    def differs(self) -> bool:
        return self.is_compared and not (self.is_met or self.is_awaited)

    @property
    def note(self) -> str:
        """ "" where there is something to do."""
        if not self.is_told:
            return _("not told now")
        if not self.is_held:
            return _("compared once it runs")
        if self.is_met:
            return _("as wanted")
        return _("not yet") if self.is_awaited else ""

    @property
    def wanted_words(self) -> str:
        return self.setting.words(self.seen | self.wanted)

    @property
    def seen_words(self) -> str:
        return self.setting.words(self.seen) if self.is_told else _("unknown")

    @property
    def seen_key(self) -> str:
        """Tells what was seen from anything else, within a form."""
        return json.dumps(self.seen, sort_keys=True)

    @property
    def restore(self) -> str:
        """The query of the page that asks for it again, "" where no verb changes it."""
        return f"as={QUERY}" if self.setting.verb in VERBS else ""


def compared(endpoint: Endpoint) -> list[Line]:
    """The settings of which something was wanted; none of an endpoint that is gone."""
    if endpoint.deleted_at:
        return []
    wanted = _wanted(endpoint)
    return [
        _line(endpoint, setting, {name: wanted[name] for name in setting.columns if name in wanted})
        for setting in SETTINGS.values()
        if wanted.keys() & setting.columns
    ]


def summary(lines: Sequence[Line]) -> dict[str, int]:
    """How many differ, how many are still to come, and how many nobody can compare now."""
    return {
        "differences": sum(line.differs for line in lines),
        "awaited": sum(line.is_compared and not (line.is_met or line.differs) for line in lines),
        "uncompared": sum(not line.is_compared for line in lines),
    }


def to_be_kept(endpoints: Iterable[Endpoint]) -> dict[int, dict[str, Any]]:
    """The scaling of each, by its id, that is to hold after it was paused or resumed, as far as
    nothing is known to be wanted of it yet."""
    by_id = {endpoint.pk: endpoint for endpoint in endpoints}
    known: dict[int, set[str]] = {pk: set() for pk in by_id}
    rows = _came_true(Action.objects.filter(endpoint__in=by_id)).order_by()
    for pk, values in rows.values_list("endpoint", "wanted").distinct():
        known[pk] |= values.keys()
    return {pk: _unwanted(endpoint, known[pk]) for pk, endpoint in by_id.items()}


def of_verb(endpoint: Endpoint, verb: str) -> dict[str, Any]:
    """What is wanted of the columns that the verb changes."""
    changed = {name for each in SETTINGS.values() if each.verb == verb for name in each.columns}
    return {name: want.value for name, want in _wanted(endpoint).items() if name in changed}


def _line(endpoint: Endpoint, setting: Setting, wanted: dict[str, Wanted]) -> Line:
    seen = setting.seen(endpoint)
    return Line(
        setting,
        {name: want.value for name, want in wanted.items()},
        seen,
        is_told=setting.is_told(endpoint),
        is_held=setting.is_held(endpoint),
        is_awaited=any(want.is_open for want in wanted.values()),
        is_met=all(columns.same(name, want.value, seen[name]) for name, want in wanted.items()),
    )


def _unwanted(endpoint: Endpoint, known: Container[str]) -> dict[str, Any]:
    """The scaling that it has, without what is `known` to be wanted."""
    seen = {name: getattr(endpoint, name) for name in _KEPT}
    # No endpoint is set up for 0 replicas at most: that is what a pause may have left.
    if seen["min_replicas"] is None or not seen["max_replicas"]:
        return {}
    return {name: value for name, value in seen.items() if name not in known}


def _wanted(endpoint: Endpoint) -> dict[str, Wanted]:
    rows = _came_true(endpoint.actions.all()).order_by("-id")
    newest = rows.values_list("wanted", "ended_at")[:MOST_ACTIONS]
    found: dict[str, Wanted] = {}
    for values, ended_at in newest:
        for name, value in values.items():
            found.setdefault(name, Wanted(value, is_open=ended_at is None))
    return found


def _came_true(rows: ActionQuerySet) -> ActionQuerySet:
    """Those that say what is wanted. What was wanted of an earlier endpoint of the same name is
    over."""
    created_at = F("endpoint__created_upstream_at")
    is_of_this_one = Q(endpoint__created_upstream_at=None) | Q(ended_at__gte=created_at)
    is_of_this_one |= Q(verb=CREATE.name, endpoint_created_at=created_at)
    came_true = rows.filter(Q(ended_at=None) | is_of_this_one, state__in=_TRUE)
    return came_true.exclude(wanted={})
