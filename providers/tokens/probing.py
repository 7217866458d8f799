"""The calls of one check: whoami, and one list call in each organization.

whoami tells what a token was given. Whether an organization's token policy admits it is told only
by a real call there, and the inventory makes its own through one token, the healthiest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils import timezone

from hfadmin import outbound
from hfadmin.vault import Secret, UndecryptableError
from providers.huggingface import client
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.types import Identity
from providers.tokens.models import AccessToken
from providers.tokens.xray import Ability, xray

AT_MOST = 25.0  # seconds for the list calls: with whoami, well within the lease
MOST_LISTS = 25

# By namespace: None for a good answer, else why it was refused, or that the limit is reached.
ListResults = Mapping[str, Diagnosis | None]


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a check brought: an identity, or the reason why not."""

    identity: Identity | None = None
    problem: Diagnosis | None = None
    lists: ListResults = field(default_factory=dict)


def probe(secret: Secret) -> ProbeResult:
    """whoami alone."""
    try:
        return ProbeResult(identity=client.whoami(secret))
    except HuggingFaceError as error:
        return ProbeResult(problem=error.diagnosis)


def probe_stored(token: AccessToken) -> ProbeResult:
    """whoami, and how each organization takes the token."""
    try:
        secret = token.secret
    except UndecryptableError:
        return ProbeResult(problem=Diagnosis(Kind.TOKEN_UNDECRYPTABLE))
    answer = probe(secret)
    if answer.identity is not None:
        return replace(answer, lists=_look_around(secret, answer.identity, _just_seen(token)))
    expired = token.expires_at is not None and token.expires_at <= timezone.now()
    if answer.problem and answer.problem.kind is Kind.TOKEN_REJECTED and expired:
        return ProbeResult(problem=replace(answer.problem, kind=Kind.TOKEN_EXPIRED))
    return answer


def _just_seen(token: AccessToken) -> frozenset[str]:
    """Namespaces that the inventory saw well through this token since its last check."""
    if token.checked_at is None:
        return frozenset()
    seen = token.accesses.filter(
        namespace__seen_through=token, namespace__checked_at__gt=token.checked_at
    )
    return frozenset(seen.values_list("namespace__name", flat=True))


def _look_around(secret: Secret, identity: Identity, known: frozenset[str]) -> ListResults:
    rows = xray(identity)
    wanted = [
        row.namespace
        for row in rows
        if row.kind == "org" and row.may(Ability.LIST) and row.namespace not in known
    ]
    with outbound.deadline(AT_MOST):
        return dict(_lists(secret, wanted[:MOST_LISTS]))


def _lists(secret: Secret, names: Iterable[str]) -> Iterable[tuple[str, Diagnosis | None]]:
    """Ends where the next call would meet the same: a limit, or nobody there."""
    for name in names:
        try:
            client.list_endpoints(secret, name)
        except HuggingFaceError as error:
            diagnosis = error.diagnosis
            if diagnosis.kind is Kind.TOKEN_REJECTED:  # whoami has just said otherwise
                diagnosis = replace(diagnosis, kind=Kind.NOT_A_MEMBER)
            if diagnosis.is_refusal:
                yield name, diagnosis
                continue
            if diagnosis.kind is Kind.RATE_LIMITED:
                yield name, diagnosis
            return
        yield name, None
