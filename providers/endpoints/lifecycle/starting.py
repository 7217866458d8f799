"""What the page of an endpoint says while it starts: how far it has come, what is usual, and from
twice that time on what is usually wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from providers.endpoints import messages
from providers.endpoints.history.starts import Start, Usual
from providers.endpoints.lifecycle.health_checks import HealthCheck
from providers.endpoints.lifecycle.latest import Entry, Progress, Station
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint

_STARTS = frozenset({"create", "resume", "wake"})
_TAKEN = frozenset({Action.State.ACCEPTED, Action.State.DONE})
_FULL = 1.5  # times what is usual: the bar is full
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Starting:
    """`health`: what is asked of the container, once it has failed or is late."""

    start: Start
    entry: Entry | None  # the action that it came of, where it was asked for here
    stations: Sequence[Station]
    message: str
    health: HealthCheck | None
    late_after: str
    usual: str = ""
    slowest: str = ""


def of(
    endpoint: Endpoint, start: Start | None, entries: Sequence[Entry], now: datetime
) -> Starting | None:
    """`start`: the one that it is in; `entries`: the latest actions on it, the newest first."""
    if start is None:
        return None
    entry, usual = _cause(start, entries), start.usual
    return Starting(
        start=start,
        entry=entry,
        stations=list(_stations(start, entry, now)),
        message=messages.worth_telling(endpoint.message),
        health=HealthCheck.of(endpoint) if start.lateness(now) == 2 else None,
        late_after=_words(start.late_after),
        usual=_words(usual.median) if usual else "",
        slowest=_words(usual.slowest) if usual else "",
    )


def _cause(start: Start, entries: Sequence[Entry]) -> Entry | None:
    """The latest action that starts, if it was sent since the state before began."""
    for entry in entries:
        action = entry.action
        if action.verb in _STARTS and action.state in _TAKEN and action.sent_at:
            is_of_it = start.before is None or action.sent_at >= start.before
            return entry if is_of_it else None
    return None


def _stations(start: Start, entry: Entry | None, now: datetime) -> Iterator[Station]:
    if entry is not None:
        yield from _asked(entry.action)
    progress = _progress(start, start.usual, now) if start.usual else None
    initializing = start.initializing_since
    if start.was_pending:
        ended = initializing or start.failed_at
        # What is usual is the whole start, most of which comes after this.
        yield _stage(_("Pending"), start.began_at, ended, None)
    if initializing:
        yield _stage(_("Initializing"), initializing, start.failed_at, progress)
    elif not start.failed_at:
        yield Station(_("Initializing"), "ahead")
    if start.failed_at:
        yield Station(_("Failed"), "present", start.failed_at, "seconds", tone="red")
    else:
        expected = None if start.lateness(now) else start.due_at
        yield Station(_("Running"), "ahead", expected, "about")


def _asked(action: Action) -> Iterator[Station]:
    yield Station(_("Asked"), "past", action.asked_at, "seconds")
    yield Station(_("Accepted"), "past", note=_accepted_after(action))


def _accepted_after(action: Action) -> str:
    """Told of a creation alone: the others end once a look shows what was wanted."""
    if action.verb != "create" or action.ended_at is None:
        return ""
    return _("after %(time)s") % {"time": _short(action.ended_at - action.asked_at)}


def _stage(
    label: str, began: datetime, ended: datetime | None, progress: Progress | None
) -> Station:
    """A state that has ended, or lasts."""
    if ended is None:
        return Station(label, "present", since=began, progress=progress)
    return Station(label, "past", note=messages.duration(ended - began))


def _progress(start: Start, usual: Usual, now: datetime) -> Progress:
    full = max(round(_FULL * usual.median.total_seconds()), 1)
    passed = round((now - start.began_at).total_seconds())
    return Progress(start.began_at, min(passed, full), full, _words(usual.median))


def _short(length: timedelta) -> str:
    """With a decimal where it is that short."""
    seconds = length.total_seconds()
    return _("%(count)s s") % {"count": f"{seconds:.1f}"} if seconds < 10 else _words(length)


def _words(length: timedelta) -> str:
    """Not finer than such a time is: to ten seconds from a minute on, to a minute from ten on."""
    if length < _MINUTE:
        return messages.duration(length)
    unit = _MINUTE if length >= 10 * _MINUTE else timedelta(seconds=10)
    return messages.duration(round(length / unit) * unit)
