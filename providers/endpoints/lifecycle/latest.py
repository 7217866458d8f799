"""The latest actions on an endpoint, in words: what was asked for, and how far it has come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from providers.endpoints.lifecycle import configuration, keeping
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import VERBS, ActionVerb
from providers.endpoints.models import Endpoint

MOST = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """The seconds since a moment, against what is usual; the bar is full at `full` of them."""

    since: datetime
    value: int
    full: int
    usual: str


@dataclass(frozen=True, slots=True)
class Station:
    """One on the way of an open action, or of a start. `place`: past, present or ahead; `tone`:
    of the present one; `style`: how `at` is shown, see `{% when %}`."""

    label: str | Promise
    place: str
    at: datetime | None = None
    style: str = "moment"
    note: str = ""
    since: datetime | None = None  # how long it has lasted is shown as it grows
    tone: str = "blue"
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    action: Action
    verb: ActionVerb | None  # None where what Hugging Face has was kept

    @property
    def label(self) -> str | Promise:
        return self.verb.label if self.verb else keeping.LABEL

    @property
    def changes(self) -> str:
        """What it was to change, or what was kept, in words."""
        verb = self.verb.name if self.verb else ""
        return configuration.phrases(self.action.wanted, verb)

    @property
    def may_be_asked_again(self) -> bool:
        endpoint = self.action.endpoint
        is_there = endpoint is not None and not endpoint.deleted_at
        asks = self.verb is not None and self.verb.asks
        return asks and is_there and not self.action.is_open

    @property
    def stations(self) -> list[Station]:
        """Of an action that is open; only the times that are known."""
        return list(_stations(self.action, self.verb)) if self.verb and self.action.is_open else []


def of(endpoint: Endpoint) -> list[Entry]:
    """The newest first."""
    rows = endpoint.actions.select_related("token", "asked_by")[:MOST]
    return [Entry(action, VERBS.get(action.verb)) for action in rows]


def open_among(entries: Sequence[Entry]) -> Action | None:
    """The action that is open: it is the newest, since nothing else is done to the endpoint before
    it has ended."""
    return entries[0].action if entries and entries[0].action.is_open else None


def _stations(action: Action, verb: ActionVerb) -> Iterator[Station]:
    states = Action.State
    is_unclear = action.state == states.UNCLEAR
    answered = _("No answer") if is_unclear else _("Accepted")
    labels = [_("Asked"), _("Sent"), answered, verb.awaits]
    times = [action.asked_at, action.sent_at, None, None]
    now = {states.ASKED: 0, states.SENT: 1}.get(states(action.state), 2)
    for number, (label, at) in enumerate(zip(labels, times, strict=True)):
        place = "past" if number < now else "present" if number == now else "ahead"
        yield Station(label, place, at, tone="amber" if is_unclear else "blue")
