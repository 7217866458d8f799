"""What a person does with models: save, discard, check, wake, switch off and on, delete."""

from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.audit import operations as audit
from hfadmin.audit.actors import Actor
from hfadmin.audit.verbs import Verb
from hfadmin.background import dispatch
from hfadmin.live import versions
from hfadmin.vault import fingerprints
from providers.catalog import transitions, verbs
from providers.catalog.intervals import first_recheck
from providers.catalog.models import ProviderModel, Verification
from providers.catalog.operations import confirming
from providers.catalog.setups import Setup
from providers.catalog.transitions import Event
from providers.tokens import operations as tokens
from providers.tokens.models import AccessToken
from providers.tokens.operations import NewToken

VERIFY = "providers.catalog.tasks.verify"


class ModelExistsError(Exception):
    """The organization has this model already, as `model` where that is still known."""

    def __init__(self, model: ProviderModel | None = None) -> None:
        super().__init__()
        self.model = model


class ChangedMeanwhileError(Exception):
    """Somebody else has edited the model since the form was shown."""


def save(
    organization: Organization,
    setup: dict[str, Any],
    *,
    form_key: UUID,
    actor: Actor,
    model: ProviderModel | None = None,
    new_token: NewToken | None = None,
    failed: Verification | None = None,
) -> Verification:
    """Keep what was typed and have a worker check it; on success the worker saves the model.

    The same form sent twice is one verification. `model` is the one that is edited, as it was when
    the form was shown; `failed` the check whose diagnosis stood in the form. Raises
    ChangedMeanwhileError, PermissionDenied, tokens.AlreadyStoredError and tokens.NameTakenError.
    """
    known = Verification.objects.filter(organization=organization, form_key=form_key).first()
    if known is not None:
        if _says_the_same(known, setup, new_token):
            return known
        form_key = uuid4()  # sent again from the browser's history, with other values
    try:
        with transaction.atomic():
            current = _require_current(model)
            setup = setup | _token_added(organization, new_token, actor)
            confirming.record(organization, setup, after=_setups(current, failed), actor=actor)
            return _start(organization, setup, actor=actor, model=model, form_key=form_key)
    except IntegrityError:
        return Verification.objects.get(organization=organization, form_key=form_key)


def check_now(model: ProviderModel, actor: Actor, *, wake: bool = False) -> Verification:
    """Check a saved model with all steps. One that is being checked is not checked twice."""
    with transaction.atomic():
        ProviderModel.objects.select_for_update(no_key=True).filter(pk=model.pk).first()
        running = model.verifications.open().filter(wake=wake, model_version=model.version).first()
        if running is not None:
            return running
        audit.record(model.organization, verbs.CHECK_REQUESTED, model, actor)
        return _start(model.organization, model.setup(), actor=actor, model=model, wake=wake)


def save_anyway(
    organization: Organization,
    setup: dict[str, Any],
    *,
    actor: Actor,
    model: ProviderModel | None = None,
    new_token: NewToken | None = None,
    failed: Verification | None = None,
) -> ProviderModel:
    """Store the model unverified, with the diagnosis of `failed` where that was a check of the
    very same entries. Raises ModelExistsError and what `save` raises."""
    row = ProviderModel(organization=organization, created_by=actor.user)
    problem = failed.problem if failed is not None and failed.setup() == setup else {}
    try:
        with transaction.atomic():
            current = _require_current(model)
            row = current or row
            setup = setup | _token_added(organization, new_token, actor)
            confirming.record(organization, setup, after=_setups(current, failed), actor=actor)
            changed = [name for name, value in setup.items() if getattr(row, name) != value]
            _apply_unverified(row, setup, problem)
            verb = verbs.ADDED if row.pk is None else verbs.EDITED
            row.save()
            changed = [name.removesuffix("_id") for name in changed]
            audit.record(organization, verb, row, actor, changed=changed, saved_anyway=True)
            versions.advance(organization.pk)
    except IntegrityError as error:
        taken = ProviderModel.objects.filter(organization=organization).same_as(setup).first()
        raise ModelExistsError(taken) from error
    return row


def enable(model: ProviderModel, actor: Actor) -> None:
    _switch(model, verbs.ENABLED, actor, enabled=True)


def disable(model: ProviderModel, actor: Actor) -> None:
    _switch(model, verbs.DISABLED, actor, enabled=False)


def delete(model: ProviderModel, actor: Actor) -> None:
    with transaction.atomic():
        audit.record(model.organization, verbs.DELETED, model, actor)
        deleted, _ = ProviderModel.objects.filter(pk=model.pk).delete()
        if not deleted:
            transaction.set_rollback(True)
            return
        versions.advance(model.organization_id)
        _reassess_on_commit(model.token)


def discard(row: Verification) -> None:
    """Forget a new model whose checks failed, with the earlier tries of the same person."""
    tries = Verification.objects.discardable().filter(
        organization=row.organization,
        model_type=row.model_type,
        name=row.name,
        started_by=row.started_by,
    )
    with transaction.atomic():
        tries.delete()
        versions.advance(row.organization_id)


def _start(
    organization: Organization,
    setup: dict[str, Any],
    *,
    actor: Actor,
    model: ProviderModel | None,
    form_key: UUID | None = None,
    wake: bool = False,
) -> Verification:
    row = Verification.objects.create(
        organization=organization,
        model=model,
        model_version=None if model is None else model.version,
        form_key=form_key or uuid4(),
        wake=wake,
        started_by=actor.user,
        **setup,
    )
    versions.advance(organization.pk)
    transaction.on_commit(lambda: dispatch.send(VERIFY))
    return row


def _setups(*rows: Setup | None) -> list[dict[str, Any]]:
    return [row.setup() for row in rows if row is not None]


def _says_the_same(known: Verification, setup: dict[str, Any], new: NewToken | None) -> bool:
    stored = known.setup()
    if new is None:
        return stored == setup
    token = AccessToken.objects.filter(verifications=known).first()
    is_same_token = token is not None and token.fingerprint in fingerprints(new.secret)
    return is_same_token and stored | {"token_id": None} == setup | {"token_id": None}


def _token_added(organization: Organization, new: NewToken | None, actor: Actor) -> dict[str, Any]:
    if new is None:
        return {}
    return {"token_id": tokens.add(organization, new, actor).pk}


def _require_current(model: ProviderModel | None) -> ProviderModel | None:
    """The row as it is now, if nobody has edited it since."""
    if model is None:
        return None
    row = ProviderModel.objects.select_for_update(no_key=True).filter(pk=model.pk).first()
    if row is None or row.version != model.version:
        raise ChangedMeanwhileError
    return row


def _apply_unverified(row: ProviderModel, setup: dict[str, Any], problem: dict[str, Any]) -> None:
    for name, value in setup.items():
        setattr(row, name, value)
    row.version += row.pk is not None
    transitions.enter(row, Event.SAVED_ANYWAY, problem, anew=True)
    row.endpoint, row.served_by, row.route, row.served_name = None, [], "", ""
    row.latency_ms = row.dimension = row.called_at = row.checked_at = None
    row.looked_version, row.had_token = versions.current(row.organization_id), True
    row.plan(first_recheck(row))


def _switch(model: ProviderModel, verb: Verb, actor: Actor, *, enabled: bool) -> None:
    with transaction.atomic():
        rows = ProviderModel.objects.filter(pk=model.pk, enabled=not enabled)
        due = timezone.now() if enabled else None
        if rows.update(enabled=enabled, version=F("version") + 1, next_check_at=due):
            audit.record(model.organization, verb, model, actor)
            versions.advance(model.organization_id)
            _reassess_on_commit(model.token)


def _reassess_on_commit(token: AccessToken | None) -> None:
    if token is not None:
        transaction.on_commit(lambda: tokens.reassess(token))
