"""A check of a token: what hangs on Hugging Face's answer, and when to ask again."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from hfadmin.audit import operations as audit
from hfadmin.background.failures import recorded_by
from hfadmin.live import versions
from providers.huggingface.errors import Diagnosis, Kind
from providers.huggingface.types import Identity
from providers.tokens import accesses, doubts
from providers.tokens.asking import Answer, Told, ask_with_stored
from providers.tokens.models import AccessToken, Namespace, TokenState
from providers.tokens.xray import ANYWHERE, Ability, Row, is_limited, xray

EVERY = timedelta(hours=1)
EXPIRES_SOON = timedelta(days=14)
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(minutes=15)

# Answers after which the token is of no use. Any other failure only means that nobody could ask.
REJECTIONS = frozenset(
    {
        Kind.TOKEN_REJECTED,
        Kind.TOKEN_EXPIRED,
        Kind.TOKEN_MALFORMED,
        Kind.TOKEN_ORGANIZATION,
        Kind.TOKEN_UNDECRYPTABLE,
        Kind.POLICY_REVOKED,
    }
)
# Those that Hugging Face gave: no call with the token will do anything.
_SAID_NO = REJECTIONS - {Kind.TOKEN_UNDECRYPTABLE}
_UNFIT_FOR_VERDICTS = frozenset({TokenState.UNCHECKED, TokenState.INVALID})


@dataclass(frozen=True, slots=True)
class Reading:
    """A good answer, ready to be kept."""

    identity: Identity
    facts: dict[str, Any]  # the columns of the token
    listable: dict[str, Row]
    now: datetime


def _record_unexpected(pk: Any, lease: Any, number: str) -> None:
    token = AccessToken.objects.held(pk, lease).select_related("organization").first()
    if token is not None:
        _settle(token, lease, Answer(problem=Diagnosis(Kind.INTERNAL_ERROR, {"number": number})))


@recorded_by(AccessToken, _record_unexpected)
def check(pk: UUID | str, lease: UUID | str) -> bool:
    """One whoami, and its result written if the lease is still held then; whether it was."""
    token = AccessToken.objects.held(pk, lease).select_related("organization").first()
    if token is None:
        return False
    return _settle(token, lease, ask_with_stored(token))


def read(identity: Identity, now: datetime) -> Reading:
    """What follows from the answer alone. Of a large one that takes a while: call it before the
    transaction, which keeps all others from writing."""
    return Reading(identity, _facts(identity, now), accesses.listable(identity), now)


def accept(token: AccessToken, reading: Reading, told: Told) -> None:
    """Take over what was answered. Call it in the transaction that has the token's row locked."""
    before, rights, now = token.state, token.identity, reading.now
    was_refused = before == TokenState.INVALID or doubts.asked_again_at(token) is not None
    for name, value in reading.facts.items():
        setattr(token, name, value)
    token.save(update_fields=list(reading.facts))
    accesses.follow(token, reading.listable, now)
    accesses.note(token, told, now)
    _judge(token, reading.identity, now)
    if was_refused:
        _resume(token, now)
    elif (token.state, token.identity) != (before, rights):
        _look_at_models(token, now)


def reassess(token: AccessToken) -> None:
    """Say anew what the token can do, after list calls or models changed. Asks nobody."""
    with transaction.atomic():
        stored = AccessToken.objects.select_for_update().filter(pk=token.pk).first()
        if stored is None or not stored.identity or stored.state in _UNFIT_FOR_VERDICTS:
            return
        before = stored.state
        _judge(stored, Identity.from_json(stored.identity), timezone.now())
        if stored.state != before:
            _look_at_models(stored, timezone.now())
            versions.advance(stored.organization_id)


def rows(token: AccessToken) -> tuple[Row, ...]:
    """The X-ray by the last good answer; empty before the first one."""
    if not token.identity:
        return ()
    rejected = token.state == TokenState.INVALID and token.problem.get("kind") in _SAID_NO
    identity = Identity.from_json(token.identity)
    return xray(
        identity, accesses.seen(token.accesses.select_related("namespace")), rejected=rejected
    )


def needed(token: AccessToken) -> frozenset[tuple[str, Ability]]:
    """What the enabled models that use the token ask of it, by namespace. A hosted model asks for
    one that may be billed, whichever: the owner's, or an organization's."""
    wanted = set()
    models = token.providermodels.filter(enabled=True).select_related("endpoint__namespace")
    for model in models:
        if model.endpoint_type == "hosted":
            wanted.add((ANYWHERE, Ability.HOSTED))
        elif model.endpoint is None:
            wanted.add((model.namespace_name, Ability.CALL))
        elif model.endpoint.auth_type != "public":
            wanted.add((model.endpoint.namespace.name, Ability.CALL))
    return frozenset(wanted)


def _settle(token: AccessToken, lease: UUID | str, answer: Answer) -> bool:
    now = timezone.now()
    reading = read(answer.identity, now) if answer.identity is not None else None
    with transaction.atomic():
        ours = AccessToken.objects.held(token.pk, lease)
        if not ours.update(lease_id=None, lease_until=None, attempted_at=now):
            return False
        # A person may have renamed it meanwhile; a replacement would have taken the lease away.
        token.refresh_from_db(fields=["name", "state", "state_since", "failures", "problem"])
        if reading is not None:
            accept(token, reading, answer.told)
        elif answer.problem is not None and answer.problem.kind in REJECTIONS:
            if (doubt := doubts.raised_by(token, answer.problem, now)) is not None:
                _doubt(token, doubt, now)
            else:
                _reject(token, answer.problem, now)
        elif answer.problem is not None:
            _could_not_ask(token, answer.problem, now)
        versions.advance(token.organization_id)
    return True


def _facts(identity: Identity, now: datetime) -> dict[str, Any]:
    return {
        "identity": identity.to_json(),
        "owner": identity.name[:120],
        "role": identity.token.role[:40],
        "created_upstream_at": identity.token.created_at,
        "expires_at": identity.token.expires_at,
        "problem": {},
        "failures": 0,
        "checked_at": now,
        "attempted_at": now,
        "next_check_at": _next_look(identity.token.expires_at, now),
    }


def _next_look(expires_at: datetime | None, now: datetime) -> datetime:
    later = now + EVERY * random.uniform(1, 1.1)  # noqa: S311 - spreads load, guards nothing
    if expires_at is not None and expires_at > now:
        return min(later, expires_at + timedelta(seconds=1))
    return later


def _reject(token: AccessToken, problem: Diagnosis, now: datetime) -> None:
    known = token.state == TokenState.INVALID
    token.problem = problem.to_json()
    token.failures = 0
    token.next_check_at = now + EVERY
    token.save(update_fields=["problem", "failures", "next_check_at"])
    _enter(token, TokenState.INVALID, now)
    if not known:
        suspended = _suspend(token, now)
        audit.record(
            token.organization,
            "token.invalidated",
            token,
            by=None,
            problem=problem.kind.value,
            models=suspended,
        )


def _doubt(token: AccessToken, doubt: Diagnosis, now: datetime) -> None:
    """Nothing on it fails; it is neither used nor asked about before the time that is said."""
    token.problem = doubt.to_json()
    token.next_check_at = doubts.asked_again_at(token)
    token.save(update_fields=["problem", "next_check_at"])
    _enter(token, TokenState.UNREACHABLE, now)


def _could_not_ask(token: AccessToken, problem: Diagnosis, now: datetime) -> None:
    """What was known stays. A token that was rejected stays so until somebody says otherwise."""
    token.failures = min(token.failures + 1, 1000)
    token.next_check_at = now + _wait(token, problem)
    changed = ["failures", "next_check_at"]
    if token.state != TokenState.INVALID and doubts.asked_again_at(token) is None:
        token.problem = problem.to_json()
        changed.append("problem")
        _enter(token, TokenState.UNREACHABLE, now)
    token.save(update_fields=changed)


def _wait(token: AccessToken, problem: Diagnosis) -> timedelta:
    if problem.kind is Kind.RATE_LIMITED and problem.retry_after is not None:
        return timedelta(seconds=problem.retry_after)
    if token.state == TokenState.INVALID:
        return EVERY
    longest = min(FIRST_RETRY * 2 ** min(token.failures - 1, 10), LONGEST_RETRY)
    wait: timedelta = longest * random.uniform(0.5, 1)  # noqa: S311 - spreads load, guards nothing
    return wait


def _judge(token: AccessToken, identity: Identity, now: datetime) -> None:
    """Abilities and state, from what is known. Leaves alone a token that could not be asked about
    since, except in `accept`, where it has just been."""
    reached = list(token.accesses.select_related("namespace"))
    found = xray(identity, accesses.seen(reached))
    accesses.store_abilities(reached, found)
    if token.problem:
        return
    if token.expires_at is not None and token.expires_at - now <= EXPIRES_SOON:
        state = TokenState.EXPIRING
    elif is_limited(found, needed(token)):
        state = TokenState.LIMITED
    else:
        state = TokenState.VALID
    _enter(token, state, now)


def _enter(token: AccessToken, state: str, now: datetime) -> None:
    if token.state != state:
        token.state, token.state_since = state, now
        token.save(update_fields=["state", "state_since"])


def _suspend(token: AccessToken, now: datetime) -> int:
    """The models on it fail, and another token takes over its namespaces; how many models."""
    Namespace.objects.filter(accesses__token=token, watched=True).update(next_check_at=now)
    # The models' states have one writer, which stands above this app: hence only here.
    from providers.catalog.operations import transitions

    return transitions.refuse_token(token)


def _resume(token: AccessToken, now: datetime) -> None:
    """It is good again: look at once at everything that hangs on it."""
    Namespace.objects.filter(accesses__token=token, watched=True).update(next_check_at=now)
    _look_at_models(token, now)


def _look_at_models(token: AccessToken, now: datetime) -> None:
    """They may work again, or no longer: their checks consult what is known of the token."""
    token.providermodels.filter(enabled=True).update(next_check_at=now)
