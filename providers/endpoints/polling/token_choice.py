"""Which tokens to look at a namespace through, the healthiest first."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from providers.huggingface.errors import Diagnosis, Kind
from providers.tokens import doubts
from providers.tokens.models import Namespace, NamespaceAccess, TokenState
from providers.tokens.xray import Ability

_BY_STATE = {
    TokenState.VALID: 0,
    TokenState.EXPIRING: 1,
    TokenState.LIMITED: 1,
    TokenState.UNREACHABLE: 2,
}
_BY_ABILITY = {"yes": 0, "unknown": 1, "no": 3}


def by_health(
    namespace: Namespace,
    accesses: Iterable[NamespaceAccess],
    now: datetime,
    ability: Ability = Ability.LIST,
) -> tuple[list[NamespaceAccess], datetime | None]:
    """Those that may be used now, for what takes the `ability`; and when the first that was told to
    wait may be used again."""
    usable, waits = [], []
    for access in accesses:
        if access.token.state == TokenState.INVALID:
            continue
        until = doubts.asked_again_at(access.token) or _waits_until(access)
        if until is not None and until > now:
            waits.append(until)
        else:
            usable.append(access)
    usable.sort(key=lambda access: _rank(namespace, access, ability))
    return usable, min(waits, default=None)


def held_until(diagnosis: Diagnosis, now: datetime) -> datetime | None:
    """When to ask again, where the answer told."""
    if diagnosis.kind is not Kind.RATE_LIMITED or diagnosis.retry_after is None:
        return None
    return now + timedelta(seconds=max(diagnosis.retry_after, 1))


def note_limit(access: NamespaceAccess, why: Diagnosis) -> None:
    """Keep that the token was told to wait: in each of its namespaces, from now on."""
    others = Q(token=access.token_id, problem={})
    limited = NamespaceAccess.objects.filter(Q(pk=access.pk) | others)
    with transaction.atomic():
        list(limited.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
        limited.note(why, failed_at=timezone.now())


def why_none(namespace: Namespace, accesses: Sequence[NamespaceAccess]) -> Diagnosis:
    """What keeps every token of the namespace from being used."""
    for access in accesses:
        if doubts.asked_again_at(access.token) is not None:
            return Diagnosis.from_json(access.token.problem)
        if access.token.state != TokenState.INVALID:
            return Diagnosis.from_json(access.problem)
    for access in accesses:
        if access.token.problem:
            return Diagnosis.from_json(access.token.problem)
    return Diagnosis(Kind.NOT_A_MEMBER, {"namespace": namespace.name, "reason": "nobody"})


def _waits_until(access: NamespaceAccess) -> datetime | None:
    if not access.problem or access.failed_at is None:
        return None
    return held_until(Diagnosis.from_json(access.problem), access.failed_at)


def _rank(
    namespace: Namespace, access: NamespaceAccess, ability: Ability
) -> tuple[int, int, bool, int, str]:
    refused = access.problem and access.problem.get("kind") != Kind.RATE_LIMITED.value
    return (
        1 if refused else 0,
        _BY_ABILITY.get(access.abilities.get(ability.value, "unknown"), 1),
        access.token_id != namespace.seen_through_id,
        _BY_STATE.get(TokenState(access.token.state), 2),
        str(access.token_id),
    )
