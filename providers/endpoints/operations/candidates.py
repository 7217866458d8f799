"""Which tokens to look at a namespace through, the healthiest first."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from providers.endpoints.models import Namespace
from providers.huggingface.errors import Diagnosis, Kind
from providers.tokens import doubts
from providers.tokens.models import Reach, State

_BY_STATE = {State.VALID: 0, State.EXPIRING: 1, State.LIMITED: 1, State.UNREACHABLE: 2}
_BY_ABILITY = {"yes": 0, "unknown": 1, "no": 3}


def by_health(
    namespace: Namespace, reaches: Iterable[Reach], now: datetime
) -> tuple[list[Reach], datetime | None]:
    """Those that may be used now; and when the first that was told to wait may be used again."""
    usable, waits = [], []
    for reach in reaches:
        if reach.token.state == State.INVALID:
            continue
        until = doubts.asked_again_at(reach.token) or _waits_until(reach)
        if until is not None and until > now:
            waits.append(until)
        else:
            usable.append(reach)
    usable.sort(key=lambda reach: _rank(namespace, reach))
    return usable, min(waits, default=None)


def held_until(diagnosis: Diagnosis, now: datetime) -> datetime | None:
    """When to ask again, where the answer told."""
    if diagnosis.kind is not Kind.RATE_LIMITED or diagnosis.retry_after is None:
        return None
    return now + timedelta(seconds=max(diagnosis.retry_after, 1))


def why_none(namespace: Namespace, reaches: Sequence[Reach]) -> Diagnosis:
    """What keeps every token of the namespace from being used."""
    for reach in reaches:
        if doubts.asked_again_at(reach.token) is not None:
            return Diagnosis.from_json(reach.token.problem)
        if reach.token.state != State.INVALID:
            return Diagnosis.from_json(reach.problem)
    for reach in reaches:
        if reach.token.problem:
            return Diagnosis.from_json(reach.token.problem)
    return Diagnosis(Kind.NOT_A_MEMBER, {"namespace": namespace.name})


def _waits_until(reach: Reach) -> datetime | None:
    if not reach.problem or reach.failed_at is None:
        return None
    return held_until(Diagnosis.from_json(reach.problem), reach.failed_at)


def _rank(namespace: Namespace, reach: Reach) -> tuple[int, int, bool, int, str]:
    refused = reach.problem and reach.problem.get("kind") != Kind.RATE_LIMITED.value
    return (
        1 if refused else 0,
        _BY_ABILITY.get(reach.abilities.get("list", "unknown"), 1),
        reach.token_id != namespace.seen_through_id,
        _BY_STATE.get(State(reach.token.state), 2),
        str(reach.token_id),
    )
