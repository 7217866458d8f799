"""A worker sends what was asked for, once, and settles what came of it by looking."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from hfadmin import outbound
from hfadmin.background.backoff import Backoff
from hfadmin.background.failures import recorded_by
from hfadmin.live import versions
from hfadmin.vault import Secret
from providers.endpoints import polling
from providers.endpoints.lifecycle import looking, outcomes, overtaking, rights
from providers.endpoints.lifecycle.looking import Seen
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import VERBS, ActionVerb
from providers.endpoints.polling import single, token_choice
from providers.huggingface.errors import Diagnosis, HuggingFaceError, InconclusiveError, Kind
from providers.huggingface.facts import Subject
from providers.tokens import operations as tokens
from providers.tokens.models import AccessToken, Namespace, NamespaceAccess, NamespaceQuerySet
from providers.tokens.xray import Ability

CALLS_PER_TOKEN = 5  # at once
SHOWS_WITHIN = timedelta(minutes=15)  # what Hugging Face has accepted
LOST_FOR = timedelta(seconds=60)  # what no answer came to, before it counts as not done
GIVES_UP_AFTER = timedelta(minutes=15)  # what could not be sent
_TURN = timedelta(seconds=0.3)
_LOOK_AGAIN = timedelta(seconds=3)
_LOOK_ANEW = timedelta(seconds=10)  # at the namespace, until what was accepted shows
_LESS_OFTEN = 10  # looks by oneself: the next after this part of the time since it was sent
_AFTER_FAILURE = Backoff(timedelta(seconds=2), timedelta(minutes=1))


def _record_unexpected(pk: Any, lease: Any, number: str) -> None:
    action = _held(pk, lease)
    if action is None:
        return
    why = Diagnosis(Kind.INTERNAL_ERROR, {"number": number})
    since = timezone.now() - (action.sent_at or action.asked_at)
    wait = max(_LOOK_AGAIN, since / _LESS_OFTEN)
    if not action.is_open:
        Action.objects.held(pk, lease).finish(None)
    elif action.state == Action.State.ASKED:
        _try_again(action, lease, why)
    elif since > SHOWS_WITHIN:
        outcomes.unclear(action, lease, why)
    elif action.state == Action.State.ACCEPTED:
        _wait(action, lease, Action.State.ACCEPTED, wait)
    else:
        # Hugging Face may have done it all the same.
        _wait(action, lease, Action.State.UNCLEAR, wait, problem=why.to_json())


@recorded_by(Action, _record_unexpected)
def run(pk: int | str, lease: UUID | str) -> None:
    """Take the action's next turn, as long as the lease is ours."""
    action = _held(pk, lease)
    if action is None:
        return
    if not action.is_open:
        Action.objects.held(pk, lease).finish(None)
    elif action.state == Action.State.ASKED:
        _send(action, lease)
    else:
        # What is still marked as sent was so by a worker that was killed before it had the answer.
        _settle(action, lease)


def _held(pk: Any, lease: Any) -> Action | None:
    rows = Action.objects.held(pk, lease)
    return rows.select_related("organization", "namespace", "endpoint", "asked_by").first()


def _send(action: Action, lease: UUID | str) -> None:
    verb = VERBS[action.verb]
    usable, waits_until, why = rights.usable_for(action, verb)
    if why is not None:
        if waits_until is not None:
            _put_off(action, lease, waits_until - timezone.now(), why)
        else:
            outcomes.refused(action, lease, why)
        return
    try:
        with outbound.deadline(looking.AT_MOST):
            seen = looking.look_through(usable, action, verb)
            if overtaken := overtaking.before(action, verb):
                outcomes.refused(action, lease, overtaken)
            elif seen.is_so:
                outcomes.done(action, lease)
            elif _mark_sent(action, lease, seen.access.token):
                _call(action, lease, verb, seen)
    except InconclusiveError as error:
        _try_again(action, lease, error.diagnosis)
    except HuggingFaceError as error:
        outcomes.refused(action, lease, error.diagnosis)


def _try_again(action: Action, lease: UUID | str, why: Diagnosis) -> None:
    """After a failure before anything was sent."""
    action.failures += 1
    wait = _AFTER_FAILURE.wait(action.failures - 1, told=why.retry_after)
    _put_off(action, lease, wait, why)


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


def _call(action: Action, lease: UUID | str, verb: ActionVerb, seen: Seen) -> None:
    secret = seen.secret
    try:
        remote = verb.call(secret, action)
    except InconclusiveError as error:
        if error.kind is Kind.RATE_LIMITED:
            wait = _wait_as_told(action, verb, seen.access, error.diagnosis)
            _put_off(action, lease, wait, error.diagnosis)
        else:
            _lost(action, lease, error.diagnosis)
        return
    except HuggingFaceError as error:
        is_gone = error.kind is Kind.ENDPOINT_NOT_FOUND and _is_seen_so(action, verb, secret)
        if is_gone or looking.is_done(action, verb):
            outcomes.done(action, lease)
        else:
            if _is_news_of(error):
                tokens.check_soon(seen.access.token)
            outcomes.refused(action, lease, error.diagnosis)
        return
    if remote is not None:
        single.note_seen(action.namespace, remote)
    if looking.is_done(action, verb) if remote else _is_seen_so(action, verb, secret):
        outcomes.done(action, lease)
    else:
        _wait(action, lease, Action.State.ACCEPTED, _LOOK_ANEW)


def _is_news_of(error: HuggingFaceError) -> bool:
    """Whether what is known of the token may no longer be so: it lost a right, or nobody pays."""
    diagnosis = error.diagnosis
    return diagnosis.facts.about is Subject.TOKEN or diagnosis.kind is Kind.PAYMENT_REQUIRED


def _wait_as_told(
    action: Action, verb: ActionVerb, access: NamespaceAccess, why: Diagnosis
) -> timedelta:
    """Until it may be sent again, which another token may do at once. What the endpoint's own
    address tells is not about the token."""
    told = looking.told_to_wait(why)
    if verb.ability is Ability.CALL or why.retry_after is None:
        return told
    token_choice.note_limit(access, why)
    usable, _waits_until, _why = rights.usable_for(action, verb)
    return _TURN if usable else told


def _is_seen_so(action: Action, verb: ActionVerb, secret: Secret) -> bool:
    """What the answer does not say is said by a look."""
    try:
        return looking.look(action, verb, secret)
    except HuggingFaceError:
        polling.look_soon(_namespace(action))
        return False


def _namespace(action: Action) -> NamespaceQuerySet:
    return Namespace.objects.filter(pk=action.namespace_id)


def _put_off(
    action: Action, lease: UUID | str, wait: timedelta, why: Diagnosis | None = None
) -> None:
    """Nothing was done: it is sent later, unless it was taken back meanwhile, or `why` holds it up
    for too long."""
    with transaction.atomic():
        if outcomes.left_off(action, lease):
            return
        if why is not None and timezone.now() + wait - action.asked_at > GIVES_UP_AFTER:
            outcomes.refused(action, lease, why)
            return
        Action.objects.held(action.pk, lease).finish(
            timezone.now() + wait,
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
    if looking.is_done(action, verb):
        outcomes.done(action, lease)
    elif (gone := overtaking.after(action, verb)) is not None:
        outcomes.unclear(action, lease, gone)
    elif action.state == Action.State.ACCEPTED:
        _settle_accepted(action, lease, verb, since)
    else:
        _settle_unclear(action, lease, verb, since)


def _settle_accepted(action: Action, lease: UUID | str, verb: ActionVerb, since: timedelta) -> None:
    """Looks at the namespace show it. Where nobody watches that, and before it counts as unclear,
    look by oneself."""
    is_late = since >= SHOWS_WITHIN
    wait = _LOOK_ANEW
    if action.namespace.watched and not is_late:
        # Where all sleeps, looks by the clock are minutes apart.
        polling.look_again(_namespace(action), older_than=_LOOK_ANEW)
    else:
        sight = looking.look_alone(action, verb)
        if sight.is_so:
            outcomes.done(action, lease)
            return
        told = max(since / _LESS_OFTEN, sight.told_to_wait)
        wait = max(_LOOK_ANEW, min(told, SHOWS_WITHIN - since))
    if is_late:
        outcomes.unclear(action, lease)
    else:
        _wait(action, lease, Action.State.ACCEPTED, wait)


def _settle_unclear(action: Action, lease: UUID | str, verb: ActionVerb, since: timedelta) -> None:
    """Whether it was done shows at once, or not at all."""
    sight = looking.look_alone(action, verb)
    if sight.is_so:
        outcomes.done(action, lease)
    elif (sight.is_so is False and since > LOST_FOR) or since > SHOWS_WITHIN:
        problem = Diagnosis.from_json(action.problem) if action.problem else None
        outcomes.unclear(action, lease, problem)
    else:
        wait = max(_LOOK_AGAIN, min(sight.told_to_wait, SHOWS_WITHIN - since))
        _wait(action, lease, Action.State.UNCLEAR, wait)


def _wait(
    action: Action, lease: UUID | str, state: Action.State, wait: timedelta, **columns: Any
) -> None:
    """To be compared again after `wait`, or as soon as the endpoint is seen otherwise."""
    if state != action.state:
        versions.advance(action.organization_id)
    if VERBS[action.verb].creates:
        outcomes.forget([action.pk])
    version = versions.current(action.organization_id)
    Action.objects.held(action.pk, lease).finish(
        timezone.now() + wait, state=state, looked_version=version, **columns
    )
