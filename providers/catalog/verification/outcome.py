"""What becomes of a check: the model as it is saved, or the diagnosis at its field."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from hfadmin.audit import operations as audit
from hfadmin.audit.actors import Actor
from hfadmin.live import versions
from providers.catalog import transitions, verbs
from providers.catalog.intervals import first_recheck
from providers.catalog.last_edit import last_edit
from providers.catalog.models import ProviderModel, Verification
from providers.catalog.requirements import failure
from providers.catalog.setups import Setup
from providers.catalog.transitions import Event
from providers.catalog.verification.context import Context
from providers.catalog.verification.progress import LeaseLost, Progress
from providers.catalog.verification.step import Step
from providers.endpoints.models import Endpoint
from providers.huggingface.errors import Diagnosis, Kind
from providers.huggingface.facts import FACTS
from providers.tokens import operations as tokens
from providers.tokens.models import AccessToken


class TokenReplaced(Exception):  # noqa: N818 - not an error
    """The stored token is another one than that which was checked."""


def passed(context: Context, progress: Progress, *, is_asleep: bool) -> None:
    """Save the model and close the verification, in one transaction."""
    row = context.row
    with transaction.atomic():
        _require_same_token(row)
        _close(row, progress, state=Verification.State.PASSED, steps=progress.steps, problem={})
        model = _settled(context, is_asleep=is_asleep)
        Verification.objects.filter(pk=row.pk).update(model=model)
        versions.advance(row.organization_id)


def failed(row: Verification, progress: Progress, diagnosis: Diagnosis) -> None:
    """Keep the diagnosis and where it stands. A saved model that was checked again is failing."""
    problem = diagnosis.to_json()
    with transaction.atomic():
        _close(
            row,
            progress,
            state=Verification.State.FAILED,
            steps=progress.fail(),
            problem=problem,
            field=field_of(row, progress.current, diagnosis.kind),
        )
        model = row.model
        if diagnosis.kind is Kind.TOKEN_REJECTED and row.token is not None:
            # Its own check tells whether that is so, and then fails all the models on it.
            tokens.check_soon(row.token)
        elif model is not None and _is_check_of(model, row):
            _note_problem(model, diagnosis, progress.current)
        versions.advance(row.organization_id)


def field_of(row: Setup, step: Step | None, kind: Kind) -> str:
    """The form's field at which the diagnosis stands; "" for the top of the form."""
    field = FACTS[kind].field
    if field == "namespace_name" and (row.is_hosted or not row.namespace_name):
        return "api_token"
    if field is not None:
        return field
    place = "name" if row.is_hosted else "endpoint_url"
    return step.field or place if step else place


def _note_problem(model: ProviderModel, diagnosis: Diagnosis, step: Step | None) -> None:
    """A check of the model as it is saved went wrong. Nothing is said where nobody could ask."""
    if diagnosis.is_inconclusive:
        return
    event = Event.CALL_FAILED if step is not None and step.key == "call" else Event.CHECK_FAILED
    rows = ProviderModel.objects.filter(pk=model.pk, version=model.version)
    transitions.write(rows, event, diagnosis.to_json(), checked_at=timezone.now())


def _close(row: Verification, progress: Progress, **values: Any) -> None:
    held = Verification.objects.held(row.pk, progress.lease)
    if not held.finish(None, finished_at=timezone.now(), failures=0, **values):
        raise LeaseLost


def _is_check_of(model: ProviderModel, row: Verification) -> bool:
    """Whether the model was checked as it is saved, and not with what somebody changed in it."""
    return model.version == row.model_version and model.is_set_up_as(row)


def _require_same_token(row: Verification) -> None:
    stored = AccessToken.objects.filter(verifications=row).first()
    if stored is None or row.token is None:
        raise failure(Kind.TOKEN_DELETED)
    if stored.version != row.token.version:
        raise TokenReplaced


def _settled(context: Context, *, is_asleep: bool) -> ProviderModel:
    """The model made or brought up to date from what was found."""
    row = context.row
    model = _model_of(row)
    is_check = model.pk is not None and _is_check_of(model, row)
    changed = _apply(model, context, is_check=is_check)
    transitions.enter(model, _event(context, is_asleep=is_asleep), anew=not is_check)
    model.checked_at = timezone.now()
    model.looked_version, model.had_token = context.version, True
    model.plan(first_recheck(model))
    verb = verbs.ADDED if model.pk is None else verbs.EDITED
    _save(model)
    if changed or not is_check:
        actor = Actor.person(row.started_by)
        audit.record(row.organization, verb, model, actor, changed=changed)
    return model


def _model_of(row: Verification) -> ProviderModel:
    if row.model_version is None:
        return ProviderModel(organization=row.organization, created_by=row.started_by)
    mine = ProviderModel.objects.filter(organization=row.organization, verifications=row)
    model = mine.select_for_update(of=("self",), no_key=True).first()
    if model is None:
        raise failure(Kind.MODEL_DELETED)
    if model.version != row.model_version:
        raise failure(Kind.MODEL_CHANGED, by=last_edit(model).who)
    return model


def _apply(model: ProviderModel, context: Context, *, is_check: bool) -> list[str]:
    """The fields that changed."""
    changed = []
    for name, value in context.row.setup().items():
        if getattr(model, name) != value:
            changed.append(name.removesuffix("_id"))
            setattr(model, name, value)
    if not is_check:
        model.latency_ms = model.dimension = model.called_at = None
        model.route = model.served_name = ""
    if changed or not is_check:
        model.version += model.pk is not None
    model.endpoint = _seen(context)
    model.served_by = list(context.providers)
    if context.result:
        model.called_at, model.route = timezone.now(), context.result.route
        model.latency_ms, model.dimension = context.result.latency_ms, context.result.dimension
        model.served_name = "" if model.is_hosted else context.result.served_name
    return changed


def _seen(context: Context) -> Endpoint | None:
    if context.remote is None:
        return None
    return Endpoint.objects.filter(
        organization=context.row.organization,
        namespace__name=context.remote.namespace,
        name=context.remote.name,
    ).first()


def _event(context: Context, *, is_asleep: bool) -> Event:
    if context.result:
        return Event.CALLED
    return Event.FOUND_ASLEEP if is_asleep else Event.NOT_CALLED


def _save(model: ProviderModel) -> None:
    try:
        with transaction.atomic():
            model.save()
    except IntegrityError as error:
        raise failure(Kind.MODEL_EXISTS, name=model.name) from error
