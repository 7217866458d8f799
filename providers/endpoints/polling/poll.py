"""One look at a namespace: through which token, what came back, and when to look again."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from hfadmin import outbound
from hfadmin.background.failures import recorded_by
from hfadmin.live import versions
from hfadmin.vault import Secret, UndecryptableError
from providers.endpoints.polling import intervals, prices, reconcile, single, token_choice
from providers.endpoints.polling.health import show_health
from providers.endpoints.polling.periods import Observation
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
class PollResult:
    """What one look brought: an answer through an access, or none; and the refusals on the way."""

    at: datetime
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
        _record_failure(namespace, lease, PollResult(at=timezone.now(), problem=why), why)


@recorded_by(Namespace, _record_unexpected)
def check(pk: int | str, lease: UUID | str) -> None:
    """Look at the namespace while `lease` holds, and write what was seen if it still does."""
    version = F("organization__live_version__number")
    namespace = Namespace.objects.held(pk, lease).annotate(organization_version=version).first()
    if namespace is None:
        return
    if not namespace.watched:
        Namespace.objects.held(pk, lease).finish(None)
        return
    notes = single.Notes(namespace, namespace.organization_version or 0)  # type: ignore[attr-defined]
    result = _look(namespace)
    if result.through is not None:
        _record_answer(notes, lease, result, result.through)
    elif result.problem is not None:
        _record_failure(namespace, lease, result, result.problem)
    for access in result.changed:
        tokens.reassess(access.token)


def _look(namespace: Namespace) -> PollResult:
    result = PollResult(at=timezone.now())
    tokens_of = NamespaceAccess.objects.filter(namespace=namespace).select_related("token")
    accesses = list(tokens_of.defer("token__identity"))
    usable, result.held_until = token_choice.by_health(namespace, accesses, result.at)
    with outbound.deadline(AT_MOST):
        for access in usable[:TOKENS_PER_LOOK]:
            _ask(namespace, access, result)
            # Another token would find the connection as it is.
            if result.through or result.refusals[-1][1].facts.about is Subject.CONNECTION:
                break
    if result.through is None and result.problem is None:
        result.problem = token_choice.why_none(namespace, accesses)
    return result


def _ask(namespace: Namespace, access: NamespaceAccess, result: PollResult) -> None:
    try:
        secret = access.token.secret
        known = namespace.answer if namespace.hardware_due_at > result.at else ""
        result.digest, result.answer = client.list_endpoints_unless(secret, namespace.name, known)
    except UndecryptableError:
        diagnosis = Diagnosis(Kind.TOKEN_UNDECRYPTABLE, {"token": access.token.name})
    except HuggingFaceError as error:
        diagnosis = _confirmed(access, error)
    else:
        result.through, result.problem = access, None
        result.hardware = _hardware(namespace, secret, result.at)
        return
    result.refusals.append((access, diagnosis))
    result.problem = result.problem or diagnosis  # that of the healthiest token


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
    notes: single.Notes, lease: UUID | str, result: PollResult, through: NamespaceAccess
) -> None:
    namespace = notes.namespace
    observed = Observation(before=namespace.checked_at, now=result.at)
    # Compared before the transaction: the lease keeps other looks away, `notes` all else.
    if result.answer is None:
        difference = reconcile.no_difference(namespace)
    else:
        price_of = _renewed_prices(namespace, result)
        difference = reconcile.compare(namespace, result.answer, observed, price_of)
    *first, last = reconcile.batches(difference)
    if not _write_batches(notes, lease, first, observed):
        return
    with transaction.atomic():
        if not notes.finish(
            Namespace.objects.held(namespace.pk, lease),
            timezone.now() + intervals.after_answer(difference.states, result.at),
            looked_version=namespace.access_version,
            checked_at=result.at,
            answer=result.digest,
            unread=namespace.unread if result.answer is None else result.answer.unread,
            attempted_at=result.at,
            seen_through=through.token_id,
            hardware_due_at=namespace.hardware_due_at,
            problem={},
            problem_since=None,
            failures=0,
        ):
            return
        _note_refusals(result)
        _note_success(result, through)
        reconcile.apply(namespace, notes.spare(last), observed)
        _announce(
            namespace, result, other_health=bool(namespace.problem) or not namespace.checked_at
        )


def _write_batches(
    notes: single.Notes,
    lease: UUID | str,
    batches: Sequence[reconcile.Difference],
    observed: Observation,
) -> bool:
    """Write each in a transaction of its own, as long as the lease is ours. Broken off, the next
    look finds the rest: the answer's digest is stored with the last batch alone."""
    for batch in batches:
        with transaction.atomic():
            if not Namespace.objects.held(notes.namespace.pk, lease).hold():
                return False
            notes.write_batch(batch, observed)
        if connection.vendor == "sqlite":
            time.sleep(PAUSE)
    return True


def _renewed_prices(namespace: Namespace, result: PollResult) -> prices.Prices | None:
    if result.hardware is None:
        return None
    prices.save(namespace, result.hardware)
    namespace.hardware_due_at = result.at + prices.GOOD_FOR
    return prices.known(namespace)


def _record_failure(
    namespace: Namespace, lease: UUID | str, result: PollResult, why: Diagnosis
) -> None:
    now = timezone.now()
    with transaction.atomic():
        other = namespace.problem.get("kind") != why.kind.value
        if not Namespace.objects.held(namespace.pk, lease).finish(
            _retry_at(namespace, result, now),
            looked_version=namespace.access_version,
            attempted_at=result.at,
            hardware_due_at=namespace.hardware_due_at,
            problem=why.to_json(),
            problem_since=now if other else namespace.problem_since,
            failures=min(namespace.failures + 1, 1000),
        ):
            return
        _note_refusals(result)
        _announce(namespace, result, other_health=other)


def _retry_at(namespace: Namespace, result: PollResult, now: datetime) -> datetime:
    """A wait that was told is kept to the second; whatever else went wrong backs off."""
    waits = [token_choice.held_until(diagnosis, now) for _, diagnosis in result.refusals]
    told = [moment for moment in (*waits, result.held_until) if moment is not None]
    if told and all(waits):
        return min(told)
    is_ours = result.problem is not None and result.problem.kind is Kind.INTERNAL_ERROR
    if not result.refusals and not is_ours:
        return now + intervals.LONGEST
    return min([*told, now + intervals.AFTER_FAILURE.wait(namespace.failures)])


def _note_refusals(result: PollResult) -> None:
    for access, diagnosis in result.refusals:
        is_known = access.problem.get("kind") == diagnosis.kind.value
        if diagnosis.kind is Kind.RATE_LIMITED:
            token_choice.note_limit(access, diagnosis)
        elif is_known:
            NamespaceAccess.objects.filter(pk=access.pk).note(diagnosis)
        else:
            NamespaceAccess.objects.filter(pk=access.pk).note(diagnosis, failed_at=result.at)
        if not is_known:
            result.changed.append(access)


def _note_success(result: PollResult, through: NamespaceAccess) -> None:
    if through.problem or through.succeeded_at is None:
        NamespaceAccess.objects.filter(pk=through.pk).admit(result.at)
        result.changed.append(through)


def _announce(namespace: Namespace, result: PollResult, *, other_health: bool) -> None:
    if other_health:
        show_health(namespace)
    elif result.changed:
        versions.advance(namespace.organization_id)
