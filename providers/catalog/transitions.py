"""The one writer of a model's state: `state`, `reason`, `state_since` and `problem`.

    standing   what is known of a model: its state, and why it is not verified
    event      what was found out about it
    TABLE      where each event takes each standing

While a model fails, its reason says what it goes back to: a failure that is over proves no more
than was proved before it. A failed call is taken back by a call, or by a person's check, alone.
"""

from enum import Enum, StrEnum, auto
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from hfadmin.audit import operations as audit
from hfadmin.audit.actors import WORKER
from hfadmin.audit.models import Record
from hfadmin.live import versions
from providers.catalog import verbs
from providers.catalog.models import ProviderModel
from providers.huggingface.errors import Diagnosis

State, Reason = ProviderModel.State, ProviderModel.Reason


class Standing(Enum):
    """A state and its reason, as they are stored."""

    NEW = ("", "")  # not saved yet, or saved with other settings than those checked
    VERIFIED = (State.VERIFIED, "")
    ASLEEP = (State.UNVERIFIED, Reason.ASLEEP)
    NOT_ASKED = (State.UNVERIFIED, Reason.NOT_ASKED)
    SAVED_ANYWAY = (State.UNVERIFIED, Reason.SAVED_ANYWAY)
    FAILING = (State.FAILING, "")  # was verified
    FAILING_ASLEEP = (State.FAILING, Reason.ASLEEP)
    FAILING_NOT_ASKED = (State.FAILING, Reason.NOT_ASKED)
    FAILING_SAVED_ANYWAY = (State.FAILING, Reason.SAVED_ANYWAY)
    CALL_FAILED = (State.FAILING, Reason.CALL_FAILED)


class Event(StrEnum):
    CALLED = auto()  # every check passed, and a real call answered
    FOUND_ASLEEP = auto()  # every check passed up to an endpoint that sleeps
    NOT_CALLED = auto()  # every check passed, and the call was not asked for
    SAVED_ANYWAY = auto()  # a person saved it without a check that passed
    CALL_FAILED = auto()  # a real call was refused
    CHECK_FAILED = auto()  # something that can be seen for free is wrong
    TOKEN_REFUSED = auto()  # Hugging Face no longer accepts its token
    CHECK_PASSED = auto()  # a scheduled check found nothing wrong
    FOUND_AWAKE = auto()  # it found nothing wrong, and the endpoint in service


def _table() -> dict[Standing, dict[Event, Standing]]:
    new, verified = Standing.NEW, Standing.VERIFIED
    asleep, f_asleep = Standing.ASLEEP, Standing.FAILING_ASLEEP
    unasked, f_unasked = Standing.NOT_ASKED, Standing.FAILING_NOT_ASKED
    anyway, f_anyway = Standing.SAVED_ANYWAY, Standing.FAILING_SAVED_ANYWAY
    failing, call = Standing.FAILING, Standing.CALL_FAILED
    # The columns are the events in their order. Of what is not saved, no failure is kept.
    rows = {
        new: (verified, asleep, unasked, anyway),
        verified: (verified, verified, verified, anyway, call, failing, failing, *2 * [verified]),
        asleep: (verified, asleep, unasked, anyway, asleep, asleep, f_asleep, asleep, unasked),
        unasked: (verified, asleep, unasked, anyway, *2 * [unasked], f_unasked, *2 * [unasked]),
        anyway: (verified, asleep, unasked, anyway, anyway, anyway, f_anyway, *2 * [anyway]),
        failing: (verified, verified, verified, anyway, call, failing, failing, *2 * [verified]),
        f_asleep: (verified, asleep, unasked, anyway, *3 * [f_asleep], asleep, unasked),
        f_unasked: (verified, asleep, unasked, anyway, *3 * [f_unasked], *2 * [unasked]),
        f_anyway: (verified, asleep, unasked, anyway, *3 * [f_anyway], *2 * [anyway]),
        call: (verified, asleep, unasked, anyway, *5 * [call]),
    }
    return {standing: dict(zip(Event, row, strict=False)) for standing, row in rows.items()}


TABLE = _table()

_VERBS = {
    State.VERIFIED: verbs.VERIFIED,
    State.UNVERIFIED: verbs.UNVERIFIED,
    State.FAILING: verbs.FAILING,
}


def standing_of(model: ProviderModel) -> Standing:
    """Where a saved model stands."""
    if model.state == State.VERIFIED:
        return Standing.VERIFIED
    if model.state == State.UNVERIFIED:
        return Standing((model.state, model.reason or Reason.NOT_ASKED))
    if not model.reason and not _is_seen_for_free(model.problem):
        return Standing.CALL_FAILED
    return Standing((model.state, model.reason))


def enter(
    model: ProviderModel,
    event: Event,
    problem: dict[str, Any] | None = None,
    *,
    anew: bool = False,
) -> None:
    """Let the event happen to a row that is new or locked; the caller saves it. `anew`: it has
    other settings than before, so that nothing is known of it yet, and the caller records that.
    """
    is_known = model.pk is not None and not anew
    before = standing_of(model) if is_known else Standing.NEW
    changed = _changes(model, before, event, problem or {})
    if is_known:
        _record(model, changed)
    for name, value in changed.items():
        setattr(model, name, value)


def write(
    rows: QuerySet[ProviderModel],
    event: Event,
    problem: dict[str, Any] | None = None,
    **columns: Any,
) -> bool:
    """Let the event happen to the one model that `rows` still finds, and write `columns` beside
    it. False where `rows` finds none: nothing is written then."""
    with transaction.atomic():
        model = rows.select_for_update(of=("self",), no_key=True).first()
        if model is None:
            return False
        changed = _changes(model, standing_of(model), event, problem or {})
        changed |= {name: value for name, value in columns.items() if getattr(model, name) != value}
        ProviderModel.objects.filter(pk=model.pk).update(**changed)
        _record(model, changed)
        if changed.keys() - {"checked_at"}:
            versions.advance(model.organization_id)
    return True


def _changes(
    model: ProviderModel, before: Standing, event: Event, problem: dict[str, Any]
) -> dict[str, Any]:
    """The columns that the event changes, with their new values."""
    state, reason = TABLE[before][event].value
    values = {"state": state, "reason": reason, "problem": _problem(model, before, event, problem)}
    changed = {name: value for name, value in values.items() if getattr(model, name) != value}
    if "state" in changed or ("reason" in changed and state != State.FAILING):
        changed["state_since"] = timezone.now()
    return changed


def _problem(
    model: ProviderModel, before: Standing, event: Event, problem: dict[str, Any]
) -> dict[str, Any]:
    """What is to be said of the model. What a call told stays until a call, or a person's check,
    tells otherwise."""
    told: dict[str, Any] = model.problem
    by_a_call = before is Standing.CALL_FAILED or not _is_seen_for_free(told)
    if event in {Event.CHECK_PASSED, Event.FOUND_AWAKE}:
        return told if by_a_call else {}
    if event in {Event.CHECK_FAILED, Event.TOKEN_REFUSED} and before is Standing.CALL_FAILED:
        return told
    return problem


def _is_seen_for_free(problem: dict[str, Any]) -> bool:
    return not problem or Diagnosis.from_json(problem).facts.seen_for_free


def _record(model: ProviderModel, changed: dict[str, Any]) -> None:
    """`model` as it was before. Reasons of a failing model are nobody's news."""
    state = changed.get("state", model.state)
    if not {"state", "reason"} & changed.keys() or state == model.state == State.FAILING:
        return
    outcome = Record.Outcome.FAILED if state == State.FAILING else Record.Outcome.DONE
    verb = verbs.RECOVERED if model.state == State.FAILING else _VERBS[state]
    reason = changed.get("reason", model.reason) if state == State.UNVERIFIED else ""
    kind = changed.get("problem", model.problem).get("kind", "")
    audit.record(
        model.organization, verb, model, WORKER, outcome=outcome, problem=kind, reason=reason
    )
