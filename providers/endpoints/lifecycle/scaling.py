"""The scaling that was wanted, and where Hugging Face has another one.

Pausing and resuming may reset it: what it was before is kept with each action.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint, EndpointState

COLUMNS = ("min_replicas", "max_replicas", "scale_to_zero_minutes")


@dataclass(frozen=True, slots=True)
class Difference:
    """What was wanted by an action, and how it is now."""

    action: Action
    seen: dict[str, Any]

    @property
    def sentence(self) -> str:
        words = {"wanted": _words(self.action.wanted), "seen": _words(self.seen)}
        return _("Asked for %(wanted)s; Hugging Face has %(seen)s.") % words

    @property
    def query(self) -> str:
        """Of the page that asks for it again."""
        return self.action.again


def to_be_kept(endpoint: Endpoint) -> dict[str, Any]:
    """The scaling that is to hold after the endpoint was paused or resumed."""
    last = _last_wanted(endpoint) if endpoint.state == EndpointState.PAUSED else None
    if last is not None:
        return _wanted(last)
    seen = _seen(endpoint)
    return {} if None in (seen["min_replicas"], seen["max_replicas"]) else seen


def difference(endpoint: Endpoint) -> Difference | None:
    """None where all is as it was wanted, nothing ever was, or it cannot be told: while paused it
    may be anything."""
    last = _last_wanted(endpoint)
    if last is None or endpoint.deleted_at or endpoint.state == EndpointState.PAUSED:
        return None
    seen = _seen(endpoint)
    return None if seen == _wanted(last) else Difference(last, seen)


def _seen(endpoint: Endpoint) -> dict[str, Any]:
    return {name: getattr(endpoint, name) for name in COLUMNS}


def _wanted(action: Action) -> dict[str, Any]:
    return {name: action.wanted[name] for name in COLUMNS}


def _words(scaling: dict[str, Any]) -> str:
    least, most = (
        "?" if scaling[name] is None else scaling[name] for name in ("min_replicas", "max_replicas")
    )
    replicas = _("%(least)s to %(most)s replicas") % {"least": least, "most": most}
    minutes = scaling["scale_to_zero_minutes"]
    if minutes is None:
        return replicas
    return _("%(replicas)s, to zero after %(minutes)s min") % {
        "replicas": replicas,
        "minutes": minutes,
    }


def _last_wanted(endpoint: Endpoint) -> Action | None:
    came_true = [Action.State.DONE, Action.State.ACCEPTED]
    rows = endpoint.actions.filter(state__in=came_true, wanted__has_keys=COLUMNS)
    return rows.order_by("-id").first()
