"""Waking the endpoint of a model, as a person asked: by an action on it, which is waited for."""

from datetime import timedelta
from typing import Final

from django.utils import timezone, translation

from hfadmin.audit.actors import Actor
from providers.catalog.models import Verification
from providers.catalog.requirements import failure
from providers.catalog.verification.context import Context
from providers.catalog.verification.step import Note, Parked
from providers.endpoints.lifecycle import asking
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import ASLEEP, FAILED, EndpointState
from providers.endpoints.polling import single
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.types import RemoteEndpoint
from providers.tokens import operations as tokens
from providers.tokens.models import Namespace

MAY_TAKE = timedelta(minutes=30)
_LOOK_AGAIN = timedelta(seconds=5)
_SHOWS_WITHIN = timedelta(minutes=1)
_VERBS: Final = {
    EndpointState.PAUSED.value: VERBS["resume"],
    EndpointState.SCALED_TO_ZERO.value: VERBS["wake"],
}
_STOPPED: Final = {
    EndpointState.PAUSED.value: Kind.ENDPOINT_PAUSED,
    EndpointState.SCALED_TO_ZERO.value: Kind.ENDPOINT_ASLEEP,
}


def take(context: Context) -> Note | None:
    """The step of a verification that goes on once the endpoint is up."""
    remote, row = context.remote, context.row
    if remote is None:
        return None
    if answers(remote):
        return {"state": remote.state}
    if remote.state in ASLEEP and row.waking is None:
        row.waking = _asked(row, remote)
    elif remote.state in FAILED or has_waited_long_enough(row):
        raise not_answering(remote)
    elif remote.state in ASLEEP and row.waking is not None:
        _require_hope(row.waking, remote)
    raise Parked(_LOOK_AGAIN)


def answers(remote: RemoteEndpoint) -> bool:
    """Whether it is worth a call. How many replicas are ready may not be known: then it may."""
    serving_the_old = remote.state in {EndpointState.UPDATING, EndpointState.UPDATE_FAILED}
    return remote.state == EndpointState.RUNNING or (serving_the_old and remote.ready_replicas != 0)


def not_answering(remote: RemoteEndpoint) -> HuggingFaceError:
    if remote.state in FAILED:
        return failure(Kind.ENDPOINT_FAILED, message=remote.message or remote.state)
    return failure(Kind.ENDPOINT_NOT_READY, state=remote.state)


def has_waited_long_enough(row: Verification) -> bool:
    since = row.waking.asked_at if row.waking else row.created_at
    return timezone.now() - since > MAY_TAKE


def _asked(row: Verification, remote: RemoteEndpoint) -> Action:
    namespace = _namespace(row, remote.namespace)
    single.note_seen(namespace, remote)
    endpoint = row.organization.endpoints.get(namespace=namespace, name=remote.name)
    try:
        return asking.ask(endpoint, _VERBS[remote.state], Actor.person(row.started_by))
    except asking.BusyError as error:
        if error.action is None:  # it has ended meanwhile
            raise Parked(_LOOK_AGAIN) from error
        raise _busy(error.action) from error


def _namespace(row: Verification, name: str) -> Namespace:
    """Of a token that was entered just now, a check of its own finds the namespaces."""
    found = row.organization.namespaces.filter(name=name).first()
    if found is not None:
        return found
    token = row.token
    if token is None or (token.checked_at is not None and token.checked_at > row.created_at):
        raise failure(Kind.NOT_A_MEMBER, namespace=name)
    if token.attempted_at is None or token.attempted_at < row.created_at:
        tokens.check_soon(token)
    if has_waited_long_enough(row):
        raise failure(Kind.NOT_A_MEMBER, namespace=name)
    raise Parked(_LOOK_AGAIN)


def _busy(action: Action) -> HuggingFaceError:
    with translation.override(None):  # it is translated where it is shown
        label = str(VERBS[action.verb].label)
    return failure(Kind.ENDPOINT_BUSY, reason="here", by=action.by.label, action=label)


def _require_hope(action: Action, remote: RemoteEndpoint) -> None:
    """Raise what keeps a sleeping endpoint from being woken by the action."""
    ended, state = action.ended_at, Action.State
    is_new = ended is not None and timezone.now() - ended <= _SHOWS_WITHIN
    if ended is None or (action.state == state.DONE and is_new):
        return
    if action.state in {state.REFUSED, state.UNCLEAR} and action.problem:
        raise HuggingFaceError(Diagnosis.from_json(action.problem))
    # Somebody took it back, or stopped the endpoint again: theirs is the last word.
    raise failure(_STOPPED[remote.state])
