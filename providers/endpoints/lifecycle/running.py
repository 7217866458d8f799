"""A worker sends what was asked for, once, and settles what came of it by looking."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from hfadmin import outbound
from hfadmin.background.backoff import Backoff
from hfadmin.background.failures import recorded_by
from hfadmin.live import versions
from hfadmin.vault import Secret, UndecryptableError
from providers.endpoints import polling
from providers.endpoints.lifecycle import outcomes, rights
from providers.endpoints.lifecycle.models import Action, Batch
from providers.endpoints.lifecycle.verbs import VERBS, ActionVerb
from providers.endpoints.models import Endpoint, EndpointState
from providers.endpoints.polling import single
from providers.huggingface import client
from providers.huggingface.errors import Diagnosis, HuggingFaceError, InconclusiveError, Kind
from providers.tokens.models import AccessToken, Namespace, NamespaceQuerySet
from providers.tokens.xray import Ability

CALLS_PER_TOKEN = 5  # at once
AT_MOST = 40.0  # seconds for all calls of one turn: well within its lease
SHOWS_WITHIN = timedelta(minutes=15)  # what Hugging Face has accepted
LOST_FOR = timedelta(seconds=60)  # what no answer came to, before it counts as not done
GIVES_UP_AFTER = timedelta(minutes=15)  # what could not be sent
_TURN = timedelta(seconds=0.3)
_LOOK_AGAIN = timedelta(seconds=3)
_LOOK_ANEW = timedelta(seconds=10)  # at the namespace, until what was accepted shows
_AFTER_FAILURE = Backoff(timedelta(seconds=2), timedelta(minutes=1))
_GONE = {Kind.ENDPOINT_NOT_FOUND}


def _record_unexpected(pk: Any, lease: Any, number: str) -> None:
    action = _held(pk, lease)
    if action is None:
        return
    why = Diagnosis(Kind.INTERNAL_ERROR, {"number": number})
    if action.state == Action.State.ASKED:
        outcomes.refused(action, lease, why)
    else:
        outcomes.unclear(action, lease, why)


@recorded_by(Action, _record_unexpected)
def run(pk: int | str, lease: UUID | str) -> None:
    """Take the action's next turn, as long as the lease is ours."""
    action = _held(pk, lease)
    if action is None:
        return
    if not action.is_open:
        Action.objects.held(pk, lease).finish(None)
    elif action.state == Action.State.ASKED and (batch := _stopped_batch(action)):
        outcomes.stopped(action, lease, batch)
    elif action.state == Action.State.ASKED:
        _send(action, lease)
    else:
        # What is still marked as sent was so by a worker that was killed before it had the answer.
        _settle(action, lease)


def _held(pk: Any, lease: Any) -> Action | None:
    rows = Action.objects.held(pk, lease)
    return rows.select_related("organization", "namespace", "endpoint", "asked_by").first()


def _stopped_batch(action: Action) -> Batch | None:
    """Its batch, if that was stopped while the action was on its way, from where it was put
    back."""
    if action.batch_id is None:
        return None
    return Batch.objects.filter(pk=action.batch_id, stopped_at__isnull=False).first()


def _send(action: Action, lease: UUID | str) -> None:
    verb, accesses = VERBS[action.verb], rights.accesses_of(action.namespace)
    ability = rights.needed(verb, action.endpoint)
    usable, waits_until = rights.usable(action.namespace, accesses, ability)
    if not usable:
        why = rights.why_none(action.namespace, accesses, ability)
        if waits_until is not None:
            _put_off(action, lease, waits_until - timezone.now(), why)
        else:
            outcomes.refused(action, lease, why)
        return
    token = usable[0].token
    try:
        secret = token.secret
        with outbound.deadline(AT_MOST):
            is_so = _look(action, verb, secret)
            if overtaken := _overtaken(action, verb):
                outcomes.refused(action, lease, overtaken)
            elif is_so:
                outcomes.done(action, lease)
            elif _mark_sent(action, lease, token):
                _call(action, lease, verb, secret)
    except UndecryptableError:
        why = Diagnosis(Kind.TOKEN_UNDECRYPTABLE, {"token": token.name})
        outcomes.refused(action, lease, why)
    except InconclusiveError as error:
        action.failures += 1
        wait = _AFTER_FAILURE.wait(action.failures - 1, told=error.diagnosis.retry_after)
        _put_off(action, lease, wait, error.diagnosis)
    except HuggingFaceError as error:
        outcomes.refused(action, lease, error.diagnosis)


def _overtaken(action: Action, verb: ActionVerb) -> Diagnosis | None:
    """What has happened since it was asked for, upon which nothing is sent."""
    endpoint = action.endpoint
    if endpoint is None:
        return None
    if not action.means(endpoint):
        params = {"reason": "replaced", "name": action.name, "namespace": action.namespace.name}
        return Diagnosis(Kind.ENDPOINT_DELETED, params)
    if endpoint.state != EndpointState.PAUSED or verb.is_done(endpoint, action):
        return None
    # Somebody has paused it. What is not offered then might start it again.
    return None if verb.fits(endpoint.state) else Diagnosis(Kind.ENDPOINT_PAUSED)


def _look(action: Action, verb: ActionVerb, secret: Secret) -> bool:
    """Look at the endpoint, and return whether it is as the action wants it."""
    try:
        remote = client.get_endpoint(secret, action.namespace.name, action.name)
    except HuggingFaceError as error:
        if error.kind not in _GONE:
            raise
        if _is_listed(action, secret):
            raise InconclusiveError(error.diagnosis) from error
        single.note_deleted(action.namespace, action.name)
        if not _is_done(action, verb):
            raise
        return True
    single.note_seen(action.namespace, remote)
    stored = action.endpoint
    if stored is not None and stored.fingerprint == remote.fingerprint and not stored.deleted_at:
        return verb.is_done(stored, action)
    return _is_done(action, verb)


def _is_listed(action: Action, secret: Secret) -> bool:
    """Whether it is there after all: what cannot be seen at the moment is not found either."""
    found = client.list_endpoints(secret, action.namespace.name)
    return any(remote.name == action.name for remote in found)


def _is_done(action: Action, verb: ActionVerb) -> bool:
    found = Endpoint.objects.filter(namespace=action.namespace, name=action.name).first()
    action.endpoint = found
    if found is None:
        return False
    found.namespace = action.namespace  # its record names it
    return verb.is_done(found, action)


def _mark_sent(action: Action, lease: UUID | str, token: AccessToken) -> bool:
    """What is sent is marked before: whatever happens then, it is not sent again."""
    held = Action.objects.held(action.pk, lease)
    if not held.filter(state=Action.State.ASKED).hold(
        state=Action.State.SENT, sent_at=timezone.now(), token=token, problem={}
    ):
        return False
    action.state, action.sent_at = Action.State.SENT, timezone.now()
    under_way = Action.objects.open().filter(token=token, state=Action.State.SENT)
    if under_way.count() <= CALLS_PER_TOKEN:
        versions.advance(action.organization_id)
        return True
    _put_off(action, lease, _TURN)
    return False


def _call(action: Action, lease: UUID | str, verb: ActionVerb, secret: Secret) -> None:
    try:
        remote = verb.call(secret, action)
    except InconclusiveError as error:
        if error.kind is Kind.RATE_LIMITED:
            wait = timedelta(seconds=max(error.diagnosis.retry_after or 60, 1))
            _put_off(action, lease, wait, error.diagnosis)
        else:
            _lost(action, lease, error.diagnosis)
        return
    except HuggingFaceError as error:
        is_gone = error.kind in _GONE and _is_seen_so(action, verb, secret)
        if is_gone or _is_done(action, verb):
            outcomes.done(action, lease)
        else:
            outcomes.refused(action, lease, error.diagnosis)
        return
    if remote is not None:
        single.note_seen(action.namespace, remote)
    if _is_done(action, verb) if remote else _is_seen_so(action, verb, secret):
        outcomes.done(action, lease)
    else:
        _wait(action, lease, Action.State.ACCEPTED, _LOOK_ANEW)


def _is_seen_so(action: Action, verb: ActionVerb, secret: Secret) -> bool:
    """What the answer does not say is said by a look."""
    try:
        return _look(action, verb, secret)
    except HuggingFaceError:
        polling.look_soon(_namespace(action))
        return False


def _namespace(action: Action) -> NamespaceQuerySet:
    return Namespace.objects.filter(pk=action.namespace_id)


def _put_off(
    action: Action, lease: UUID | str, wait: timedelta, why: Diagnosis | None = None
) -> None:
    """Nothing was done: it is sent later, unless `why` has held it up for too long, and is left off
    at once where its batch was stopped."""
    if why is not None and timezone.now() - action.asked_at > GIVES_UP_AFTER:
        outcomes.refused(action, lease, why)
        return
    Action.objects.held(action.pk, lease).finish(
        timezone.now() + (timedelta(0) if _stopped_batch(action) else wait),
        state=Action.State.ASKED,
        sent_at=None,
        failures=action.failures,
        problem=why.to_json() if why else {},
    )
    if why is not None:
        versions.advance(action.organization_id)


def _lost(action: Action, lease: UUID | str, why: Diagnosis | None = None) -> None:
    """No answer came: looks decide."""
    problem = {"problem": why.to_json()} if why else {}
    _wait(action, lease, Action.State.UNCLEAR, _LOOK_AGAIN, **problem)


def _settle(action: Action, lease: UUID | str) -> None:
    """Compare what was wanted with what is seen."""
    verb = VERBS[action.verb]
    since = timezone.now() - (action.sent_at or action.asked_at)
    if _is_done(action, verb):
        outcomes.done(action, lease)
    elif action.state == Action.State.ACCEPTED and since < SHOWS_WITHIN:
        # Where all sleeps, looks by the clock are minutes apart.
        polling.look_again(_namespace(action), older_than=_LOOK_ANEW)
        _wait(action, lease, Action.State.ACCEPTED, _LOOK_ANEW)
    elif action.state == Action.State.ACCEPTED:
        outcomes.unclear(action, lease)
    else:
        _settle_unclear(action, lease, verb, since)


def _settle_unclear(action: Action, lease: UUID | str, verb: ActionVerb, since: timedelta) -> None:
    """Look by oneself: whether it was done shows at once, or not at all."""
    is_seen = False
    try:
        accesses = rights.accesses_of(action.namespace)
        usable, _waits_until = rights.usable(action.namespace, accesses, Ability.LIST)
        if usable:
            is_seen = True
            with outbound.deadline(AT_MOST):
                if _look(action, verb, usable[0].token.secret):
                    outcomes.done(action, lease)
                    return
    except (HuggingFaceError, UndecryptableError):
        is_seen = False
    if (is_seen and since > LOST_FOR) or since > SHOWS_WITHIN:
        problem = Diagnosis.from_json(action.problem) if action.problem else None
        outcomes.unclear(action, lease, problem)
    else:
        _wait(action, lease, Action.State.UNCLEAR, _LOOK_AGAIN)


def _wait(
    action: Action, lease: UUID | str, state: Action.State, wait: timedelta, **columns: Any
) -> None:
    """To be compared again after `wait`, or as soon as the endpoint is seen otherwise."""
    if state != action.state:
        versions.advance(action.organization_id)
    version = versions.current(action.organization_id)
    Action.objects.held(action.pk, lease).finish(
        timezone.now() + wait, state=state, looked_version=version, **columns
    )
