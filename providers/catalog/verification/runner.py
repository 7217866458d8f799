"""Running the checks of one press on Save, by a worker."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from hfadmin import outbound
from hfadmin.background.failures import recorded_by
from hfadmin.live import versions
from providers.catalog.models import Verification
from providers.catalog.requirements import failure
from providers.catalog.verification import outcome, waking
from providers.catalog.verification.context import Context
from providers.catalog.verification.progress import LeaseLost, Progress
from providers.catalog.verification.step import Asleep, Parked
from providers.catalog.verification.steps import by_key
from providers.huggingface import client
from providers.huggingface.errors import Diagnosis, HuggingFaceError, InconclusiveError, Kind

log = structlog.get_logger(__name__)

_ATTEMPTS = 5
_STEP_SECONDS = 45.0  # all calls of a step together: it holds its lease for a minute from its start
_ASK_AGAIN = timedelta(seconds=30)


def _record_unexpected(pk: Any, lease: Any, number: str) -> None:
    row = (
        Verification.objects.held(pk, lease).open().select_related("organization", "model").first()
    )
    if row is None:
        return
    running = (by_key(entry["step"]) for entry in row.steps if entry["state"] == "running")
    progress = Progress(row, str(lease), row.steps, current=next(running, None))
    outcome.failed(row, progress, Diagnosis(Kind.INTERNAL_ERROR, {"number": number}))


@recorded_by(Verification, _record_unexpected)
def verify(pk: UUID | str, lease: str) -> None:
    """Take the steps and write what became of them, as long as the lease is ours.

    A check that was broken off begins again; the person who asked may long have closed the page.
    """
    rows = Verification.objects.held(pk, lease).open()
    version = versions.current_for(rows)
    row = rows.select_related(
        "organization", "token", "model__endpoint__namespace", "started_by", "waking"
    ).first()
    if row is None:
        return
    progress = Progress.of(row, lease)
    try:
        _run(row, version, progress)
    except Parked as parked:
        progress.park(parked.wait)
    except LeaseLost:
        log.info("verification_lease_lost", verification=str(pk))


def forget_outdated() -> None:
    """Asked every few seconds, so it writes only where there is something to forget."""
    outdated = Verification.objects.outdated()
    if outdated.exists():
        outdated.delete()


def _run(row: Verification, version: int, progress: Progress) -> None:
    context = Context(row, version)
    try:
        if progress.open() > _ATTEMPTS:
            raise failure(Kind.INTERNAL_ERROR, reason="broken_off")
        is_asleep = _take_steps(context, progress)
        outcome.passed(context, progress, is_asleep=is_asleep)
    except outcome.TokenReplaced:
        progress.restart()
    except HuggingFaceError as error:
        outcome.failed(row, progress, error.diagnosis)


def _take_steps(context: Context, progress: Progress) -> bool:
    """Whether an endpoint was found asleep, so that the steps after that were not taken."""
    if progress.is_resumed:
        _look_again(context, progress)
    for step in progress.remaining():
        progress.start(step)
        try:
            with outbound.deadline(_STEP_SECONDS):
                note = step.take(context)
            progress.end(note, **context.spelled)
        except Asleep:
            progress.skip_rest()
            return True
    return False


def _look_again(context: Context, progress: Progress) -> None:
    """How the endpoint is now that was being woken. What cannot be asked now is asked later."""
    progress.current = by_key("wake")
    place = progress.note("endpoint")
    try:
        context.remote = client.get_endpoint(context.secret, place["namespace"], place["name"])
    except InconclusiveError as error:
        if waking.has_waited_long_enough(progress.row):
            raise
        wait = timedelta(seconds=error.diagnosis.retry_after or 0)
        raise Parked(max(wait, _ASK_AGAIN)) from error
