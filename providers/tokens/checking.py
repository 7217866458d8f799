"""A check of a token: what follows from Hugging Face's answer, and when to ask again."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hfadmin.audit import operations as audit
from hfadmin.audit.actors import WORKER
from hfadmin.background.backoff import Backoff, jittered
from hfadmin.background.failures import recorded_by
from hfadmin.live import versions
from hfadmin.live.cache import VersionCache
from providers.huggingface.errors import Diagnosis, Kind
from providers.huggingface.types import Identity
from providers.tokens import accesses, doubts, verbs
from providers.tokens.models import AccessToken, Namespace, NamespaceAccess, TokenState
from providers.tokens.probing import ListResults, ProbeResult, probe_stored
from providers.tokens.xray import ANYWHERE, Ability, NamespaceRights, is_limited, xray

EVERY = timedelta(hours=1)
EXPIRES_SOON = timedelta(days=14)
AFTER_FAILURE = Backoff(first=timedelta(seconds=30), longest=timedelta(minutes=15))

_UNFIT_FOR_VERDICTS = frozenset({TokenState.UNCHECKED, TokenState.INVALID})
_kept: "VersionCache[tuple[NamespaceRights, ...]]" = VersionCache(1_000)


@dataclass(frozen=True, slots=True)
class Reading:
    """A good answer, ready to be kept."""

    identity: Identity
    facts: dict[str, Any]  # the columns of the token
    listable: dict[str, NamespaceRights]
    now: datetime


def _record_unexpected(pk: Any, lease: Any, number: str) -> None:
    token = AccessToken.objects.held(pk, lease).select_related("organization").first()
    if token is not None:
        _settle(
            token, lease, ProbeResult(problem=Diagnosis(Kind.INTERNAL_ERROR, {"number": number}))
        )


@recorded_by(AccessToken, _record_unexpected)
def check(pk: UUID | str, lease: UUID | str) -> bool:
    """One whoami, and its result written if the lease is still held then; whether it was."""
    token = AccessToken.objects.held(pk, lease).select_related("organization").first()
    if token is None:
        return False
    return _settle(token, lease, probe_stored(token))


def read(identity: Identity, now: datetime) -> Reading:
    """What follows from the answer alone. Of a large one that takes a while: call it before the
    transaction, which keeps all others from writing."""
    return Reading(identity, _facts(identity, now), accesses.listable(identity), now)


def accept(token: AccessToken, reading: Reading, lists: ListResults) -> None:
    """Take over what was answered, but for the time of the next check, which is set on `token`
    alone. Call it in the transaction that has the token's row locked."""
    before, now = (token.state, token.identity), reading.now
    was_refused = token.state == TokenState.INVALID or doubts.asked_again_at(token) is not None
    accesses.lock(token)
    for name, value in reading.facts.items():
        setattr(token, name, value)
    token.save(update_fields=list(reading.facts))
    token.next_check_at = _next_check(token.expires_at, now)
    new = accesses.follow(token, reading.listable)
    accesses.note(token, lists, now)
    is_other = _judge(token, reading.identity, now) or (token.state, token.identity) != before
    _announce(token, is_other=was_refused or is_other, namespaces=None if was_refused else new)


def reassess(token: AccessToken) -> None:
    """Say anew what the token can do, after list calls or models changed. Asks nobody."""
    with transaction.atomic():
        stored = AccessToken.objects.select_for_update(no_key=True).filter(pk=token.pk).first()
        if stored is None or not stored.identity or stored.state in _UNFIT_FOR_VERDICTS:
            return
        before = stored.state
        is_other = _judge(stored, Identity.from_json(stored.identity), timezone.now())
        if is_other or stored.state != before:
            _announce(stored, is_other=True)


def rows(token: AccessToken) -> tuple[NamespaceRights, ...]:
    """The X-ray by the last good answer; empty before the first one."""
    if not token.identity:
        return ()
    return _rows(token, list(token.accesses.select_related("namespace")))


def rows_of_each(
    tokens: Sequence[AccessToken],
) -> Iterator[tuple[AccessToken, tuple[NamespaceRights, ...], list[Namespace]]]:
    """The same of several, with the namespaces that each sees, in one query."""
    known = defaultdict(list)
    for access in NamespaceAccess.objects.filter(token__in=tokens).select_related("namespace"):
        known[access.token_id].append(access)
    for token in tokens:
        rows = _rows(token, known[token.pk]) if token.identity else ()
        yield token, rows, [access.namespace for access in known[token.pk]]


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


def _rows(token: AccessToken, known: Sequence[NamespaceAccess]) -> tuple[NamespaceRights, ...]:
    problem = Diagnosis.from_json(token.problem)
    # One that cannot be decrypted is none that Hugging Face refuses.
    was_refused = problem.is_rejection and problem.kind is not Kind.TOKEN_UNDECRYPTABLE
    rejected = token.state == TokenState.INVALID and was_refused
    told = sorted(
        (access.namespace.name, access.succeeded_at is not None, json.dumps(access.problem))
        for access in known
    )
    # All that it depends on, so that what is kept is never of another answer.
    key = (json.dumps(token.identity), rejected, tuple(told))

    def made() -> tuple[NamespaceRights, ...]:
        identity = Identity.from_json(token.identity)
        return xray(identity, accesses.seen(known), rejected=rejected)

    return _kept.get_or_set(key, made)


def _settle(token: AccessToken, lease: UUID | str, answer: ProbeResult) -> bool:
    now = timezone.now()
    reading = read(answer.identity, now) if answer.identity is not None else None
    with transaction.atomic():
        held = AccessToken.objects.held(token.pk, lease)
        if not held.hold(attempted_at=now):
            return False
        # A person may have renamed it meanwhile; a replacement would have taken the lease away.
        token.refresh_from_db(fields=["name", "state", "state_since", "failures", "problem"])
        if reading is not None:
            accept(token, reading, answer.lists)
        elif answer.problem is not None:
            _fail(token, answer.problem, now)
        held.finish(token.next_check_at)
    return True


def _fail(token: AccessToken, problem: Diagnosis, now: datetime) -> None:
    if not problem.is_rejection:
        _could_not_ask(token, problem, now)
    elif (doubt := doubts.raised_by(token, problem, now)) is not None:
        _doubt(token, doubt, now)
    else:
        _reject(token, problem, now)


def _announce(
    token: AccessToken, *, is_other: bool = False, namespaces: Sequence[int] | None = ()
) -> None:
    """Advance the version. `is_other`: its state or rights have changed, at which whatever depends
    on the token looks again. `namespaces`: those that it sees otherwise than before, by their ids;
    None: all that it sees."""
    version = versions.advance(token.organization_id)
    if is_other:
        token.live_version = version
        token.save(update_fields=["live_version"])
    sees = Q(accesses__token=token) if namespaces is None else Q(pk__in=namespaces)
    Namespace.objects.filter(sees).update(access_version=version)


def _facts(identity: Identity, now: datetime) -> dict[str, Any]:
    return {
        "identity": identity.to_json(),
        "owner": identity.name,
        "role": identity.token.role,
        "created_upstream_at": identity.token.created_at,
        "expires_at": identity.token.expires_at,
        "problem": {},
        "failures": 0,
        "checked_at": now,
        "attempted_at": now,
    }


def _next_check(expires_at: datetime | None, now: datetime) -> datetime:
    later = now + jittered(EVERY)
    if expires_at is not None and expires_at > now:
        return min(later, expires_at + timedelta(seconds=1))
    return later


def _reject(token: AccessToken, problem: Diagnosis, now: datetime) -> None:
    is_known = token.state == TokenState.INVALID
    token.problem, token.failures = problem.to_json(), 0
    token.next_check_at = now + EVERY
    token.save(update_fields=["problem", "failures"])
    _enter(token, TokenState.INVALID, now)
    if is_known:
        _announce(token)
        return
    audit.record(
        token.organization,
        verbs.INVALIDATED,
        token,
        WORKER,
        problem=problem.kind.value,
        models=token.providermodels.filter(enabled=True).count(),
    )
    # Other tokens take its namespaces over, and the models on it fail.
    accesses.lock(token)
    _announce(token, is_other=True, namespaces=None)


def _doubt(token: AccessToken, doubt: Diagnosis, now: datetime) -> None:
    """Nothing on it fails; it is neither used nor asked about before the time that is said."""
    token.problem = doubt.to_json()
    token.next_check_at = doubts.asked_again_at(token)
    token.save(update_fields=["problem"])
    _enter(token, TokenState.UNREACHABLE, now)
    _announce(token)


def _could_not_ask(token: AccessToken, problem: Diagnosis, now: datetime) -> None:
    """What was known stays. A token that was rejected stays so until somebody says otherwise."""
    token.next_check_at = now + _wait(token, problem)
    token.failures = min(token.failures + 1, 1000)
    changed = ["failures"]
    if token.state != TokenState.INVALID and doubts.asked_again_at(token) is None:
        token.problem = problem.to_json()
        changed.append("problem")
        _enter(token, TokenState.UNREACHABLE, now)
    token.save(update_fields=changed)
    _announce(token)


def _wait(token: AccessToken, problem: Diagnosis) -> timedelta:
    if problem.kind is Kind.RATE_LIMITED and problem.retry_after is not None:
        return timedelta(seconds=problem.retry_after)
    return EVERY if token.state == TokenState.INVALID else AFTER_FAILURE.wait(token.failures)


def _judge(token: AccessToken, identity: Identity, now: datetime) -> bool:
    """Abilities and state, from what is known; whether the abilities changed. The state of a token
    that could not be asked about since is left alone, but in `accept`, where it has just been."""
    known = list(token.accesses.select_related("namespace"))
    found = xray(identity, accesses.seen(known))
    has_changed = accesses.store_abilities(known, found)
    if token.problem:
        return has_changed
    if token.expires_at is not None and token.expires_at - now <= EXPIRES_SOON:
        state = TokenState.EXPIRING
    elif is_limited(found, needed(token)):
        state = TokenState.LIMITED
    else:
        state = TokenState.VALID
    _enter(token, state, now)
    return has_changed


def _enter(token: AccessToken, state: str, now: datetime) -> None:
    if token.state != state:
        token.state, token.state_since = state, now
        token.save(update_fields=["state", "state_since"])
