"""One look at a namespace: through which token, what came back, and when to look again."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from hfadmin import outbound
from hfadmin.background.failures import recorded_by
from hfadmin.live import versions
from hfadmin.vault import Secret, UndecryptableError
from providers.endpoints.operations import cadence, candidates, inventory, prices
from providers.endpoints.operations.health import show_health
from providers.endpoints.operations.periods import Looks
from providers.huggingface import client
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.facts import Subject
from providers.huggingface.types import EndpointList, Hardware
from providers.tokens import doubts
from providers.tokens import operations as tokens
from providers.tokens.models import Namespace, NamespaceAccess

log = structlog.get_logger(__name__)

AT_MOST = 40.0  # seconds for all calls of one look: well within its lease
TOKENS_PER_LOOK = 3
PAUSE = 0.1  # seconds between batches: whoever waits for SQLite's write lock tries that often
# What a 401 may be taken for before whoami was asked.
ABOUT_THE_TOKEN = {Kind.TOKEN_REJECTED, Kind.TOKEN_EXPIRED, Kind.NOT_A_MEMBER}


@dataclass(slots=True)
class Look:
    """What one look brought: an answer through an access, or none; and the refusals on the way."""

    at: datetime
    version: int  # the organization's, as the look began
    through: NamespaceAccess | None = None
    digest: str = ""
    answer: EndpointList | None = None  # None: the same as the last one
    hardware: Sequence[Hardware] | None = None
    refusals: list[tuple[NamespaceAccess, Diagnosis]] = field(default_factory=list)
    problem: Diagnosis | None = None
    # Those that ended otherwise than last time.
    changed: list[NamespaceAccess] = field(default_factory=list)
    held_until: datetime | None = None


def _record_unexpected(pk: Any, lease: Any, number: str) -> None:
    namespace = Namespace.objects.held(pk, lease).first()
    if namespace is not None:
        why = Diagnosis(Kind.INTERNAL_ERROR, {"number": number})
        _record_failure(namespace, lease, _begin(namespace, problem=why), why)


@recorded_by(Namespace, _record_unexpected)
def check(pk: int | str, lease: UUID | str) -> None:
    """Look at the namespace while `lease` holds, and write what was seen if it still does."""
    namespace = Namespace.objects.held(pk, lease).first()
    if namespace is None:
        return
    if not namespace.watched:
        Namespace.objects.held(pk, lease).finish(None)
        return
    look = _look(namespace)
    if look.through is not None:
        _record_answer(namespace, lease, look, look.through)
    elif look.problem is not None:
        _record_failure(namespace, lease, look, look.problem)
    for access in look.changed:
        tokens.reassess(access.token)


def _begin(namespace: Namespace, problem: Diagnosis | None = None) -> Look:
    version = versions.current(namespace.organization_id)
    return Look(at=timezone.now(), version=version, problem=problem)


def _look(namespace: Namespace) -> Look:
    look = _begin(namespace)
    tokens_of = NamespaceAccess.objects.filter(namespace=namespace).select_related("token")
    accesses = list(tokens_of.defer("token__identity"))
    usable, look.held_until = candidates.by_health(namespace, accesses, look.at)
    with outbound.deadline(AT_MOST):
        for access in usable[:TOKENS_PER_LOOK]:
            _ask(namespace, access, look)
            # Another token would find the connection as it is.
            if look.through or look.refusals[-1][1].facts.about is Subject.CONNECTION:
                break
    if look.through is None and look.problem is None:
        look.problem = candidates.why_none(namespace, accesses)
    return look


def _ask(namespace: Namespace, access: NamespaceAccess, look: Look) -> None:
    try:
        secret = access.token.secret
        known = namespace.answer if namespace.hardware_due_at > look.at else ""
        look.digest, look.answer = client.list_endpoints_unless(secret, namespace.name, known)
    except UndecryptableError:
        diagnosis = Diagnosis(Kind.TOKEN_UNDECRYPTABLE, {"token": access.token.name})
    except HuggingFaceError as error:
        diagnosis = _confirmed(access, error)
    else:
        look.through, look.problem = access, None
        look.hardware = _hardware(namespace, secret, look.at)
        return
    look.refusals.append((access, diagnosis))
    look.problem = look.problem or diagnosis  # that of the healthiest token


def _confirmed(access: NamespaceAccess, error: HuggingFaceError) -> Diagnosis:
    """A 401 may mean this namespace or the token as such: one whoami tells, once."""
    diagnosis = error.diagnosis
    if error.status != 401 or diagnosis.kind not in ABOUT_THE_TOKEN:
        return diagnosis
    if not _was_confirmed(access) and tokens.confirm_rejected(access.token):
        access.token.refresh_from_db(fields=["problem"])
        if doubts.asked_again_at(access.token) is not None:
            return Diagnosis.from_json(access.token.problem)
        return replace(diagnosis, kind=Kind.TOKEN_REJECTED)
    return replace(diagnosis, kind=Kind.NOT_A_MEMBER)


def _was_confirmed(access: NamespaceAccess) -> bool:
    """Whether a good whoami came after the first of these refusals."""
    if access.problem.get("kind") != Kind.NOT_A_MEMBER.value:
        return False
    since, asked = access.failed_at, access.token.checked_at
    return since is not None and asked is not None and asked >= since


def _hardware(namespace: Namespace, secret: Secret, now: datetime) -> Sequence[Hardware] | None:
    """None: not due, or no good answer. Prices are not worth failing a look for."""
    if namespace.hardware_due_at > now:
        return None
    try:
        return client.list_hardware(secret, namespace.name)
    except HuggingFaceError as error:
        log.info("hardware_unknown", namespace=namespace.name, kind=error.kind.value)
        namespace.hardware_due_at = now + prices.RETRY_AFTER
        return None


def _record_answer(
    namespace: Namespace, lease: UUID | str, look: Look, through: NamespaceAccess
) -> None:
    looks = Looks(before=namespace.checked_at, now=look.at)
    # Compared before the transaction: the lease keeps other writers of these rows away.
    if look.answer is None:
        difference = inventory.no_difference(namespace)
    else:
        price_of = _renewed_prices(namespace, look)
        difference = inventory.compare(namespace, look.answer, looks, price_of)
    *first, last = inventory.batches(difference)
    if not _write_batches(namespace, lease, first, looks):
        return
    with transaction.atomic():
        if not Namespace.objects.held(namespace.pk, lease).finish(
            timezone.now() + cadence.after_answer(difference.states, look.at),
            looked_version=look.version,
            checked_at=look.at,
            answer=look.digest,
            unread=namespace.unread if look.answer is None else look.answer.unread,
            attempted_at=look.at,
            seen_through=through.token_id,
            hardware_due_at=namespace.hardware_due_at,
            problem={},
            problem_since=None,
            failures=0,
        ):
            return
        _note_refusals(look)
        _note_success(look, through)
        inventory.apply(namespace, last, looks)
        _announce(namespace, look, other_health=bool(namespace.problem) or not namespace.checked_at)


def _write_batches(
    namespace: Namespace,
    lease: UUID | str,
    batches: Sequence[inventory.Difference],
    looks: Looks,
) -> bool:
    """Write each in a transaction of its own, as long as the lease is ours. Broken off, the next
    look finds the rest: the answer's digest is stored with the last batch alone."""
    for batch in batches:
        with transaction.atomic():
            if not Namespace.objects.held(namespace.pk, lease).hold():
                return False
            inventory.apply(namespace, batch, looks)
        if connection.vendor == "sqlite":
            time.sleep(PAUSE)
    return True


def _renewed_prices(namespace: Namespace, look: Look) -> prices.Prices | None:
    if look.hardware is None:
        return None
    prices.save(namespace, look.hardware)
    namespace.hardware_due_at = look.at + prices.GOOD_FOR
    return prices.known(namespace)


def _record_failure(namespace: Namespace, lease: UUID | str, look: Look, why: Diagnosis) -> None:
    now = timezone.now()
    with transaction.atomic():
        other = namespace.problem.get("kind") != why.kind.value
        if not Namespace.objects.held(namespace.pk, lease).finish(
            _retry_at(namespace, look, now),
            looked_version=look.version,
            attempted_at=look.at,
            hardware_due_at=namespace.hardware_due_at,
            problem=why.to_json(),
            problem_since=now if other else namespace.problem_since,
            failures=min(namespace.failures + 1, 1000),
        ):
            return
        _note_refusals(look)
        _announce(namespace, look, other_health=other)


def _retry_at(namespace: Namespace, look: Look, now: datetime) -> datetime:
    """A wait that was told is kept to the second; whatever else went wrong backs off."""
    waits = [candidates.held_until(diagnosis, now) for _, diagnosis in look.refusals]
    told = [moment for moment in (*waits, look.held_until) if moment is not None]
    if told and all(waits):
        return min(told)
    is_ours = look.problem is not None and look.problem.kind is Kind.INTERNAL_ERROR
    if not look.refusals and not is_ours:
        return now + cadence.LONGEST
    return min([*told, now + cadence.AFTER_FAILURE.wait(namespace.failures)])


def _note_refusals(look: Look) -> None:
    for access, diagnosis in look.refusals:
        is_known = access.problem.get("kind") == diagnosis.kind.value
        if diagnosis.kind is Kind.RATE_LIMITED:
            # The limit is the token's: its other namespaces wait too, from now on.
            others = Q(token=access.token_id, problem={})
            limited = NamespaceAccess.objects.filter(Q(pk=access.pk) | others)
            limited.note(diagnosis, failed_at=timezone.now())
        elif is_known:
            NamespaceAccess.objects.filter(pk=access.pk).note(diagnosis)
        else:
            NamespaceAccess.objects.filter(pk=access.pk).note(diagnosis, failed_at=look.at)
        if not is_known:
            look.changed.append(access)


def _note_success(look: Look, through: NamespaceAccess) -> None:
    if through.problem or through.succeeded_at is None:
        NamespaceAccess.objects.filter(pk=through.pk).admit(look.at)
        look.changed.append(through)


def _announce(namespace: Namespace, look: Look, *, other_health: bool) -> None:
    if other_health:
        show_health(namespace)
    elif look.changed:
        versions.advance(namespace.organization_id)
