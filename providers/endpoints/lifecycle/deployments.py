"""A person asks for an endpoint to be made."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from hfadmin.audit import operations as audit
from hfadmin.audit.actors import Actor
from hfadmin.background.dispatch import send_on_commit
from hfadmin.live import versions
from hfadmin.vault import Secret
from providers.endpoints.lifecycle.asking import ACT, BusyError
from providers.endpoints.lifecycle.models import Action, Deployment, Values
from providers.endpoints.lifecycle.verbs import CREATE
from providers.tokens.models import AccessToken, Namespace

_VARIABLES_KEPT_FOR: Final = timedelta(days=1)  # of what was refused, to be entered again


@dataclass(frozen=True, slots=True)
class Plan:
    """An endpoint that is to be made. `wanted` are its columns, `body` is the request without
    `variables`, `secrets` and registry `credentials`; `recipe` the catalog's that is deployed in
    the place of it. `entered` fills the form again."""

    namespace: Namespace
    name: str
    token: AccessToken
    form_key: UUID
    wanted: Mapping[str, Any]
    entered: Mapping[str, Any]
    body: Mapping[str, Any] = field(default_factory=dict)
    recipe: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    reason: str = ""


def ask(plan: Plan, actor: Actor) -> Action:
    """Have a worker create the endpoint, once: the same form sent again is answered with the action
    that it led to. Raises BusyError where another is open under this name."""
    try:
        with transaction.atomic():
            # In this order: another click may be stored between the two.
            busy = Action.objects.open_under(plan.namespace, plan.name)
            if (known := asked_before(plan)) is not None:
                return known
            if busy is not None:
                raise BusyError(busy)
            _part_from_form(plan)
            action = _new(plan, actor)
            action.save(force_insert=True)
            deployment = _deployment(plan, action)
            deployment.save(force_insert=True)
            _keep_values(plan, deployment)
            audit.record(action.organization, CREATE.record, action, actor, why=plan.reason)
            versions.advance(action.organization_id)
            send_on_commit(ACT, [action.pk])
    except IntegrityError as error:  # the same form, or somebody else, was quicker
        if (known := asked_before(plan)) is not None:
            return known
        raise BusyError(Action.objects.open_under(plan.namespace, plan.name)) from error
    return action


def asked_before(plan: Plan) -> Action | None:
    """The action that this form led to under this name, unless that came to nothing."""
    comes_true = Q(action__ended_at=None) | Q(action__state=Action.State.DONE)
    rows = _deployments(plan).filter(
        comes_true, action__namespace=plan.namespace, action__name=plan.name
    )
    found = rows.select_related("action__namespace", "action__organization").first()
    return found.action if found else None


def forget_old_variables() -> None:
    """Of creations that were refused, and that nobody has tried again since."""
    before = timezone.now() - _VARIABLES_KEPT_FOR
    Values.objects.filter(deployment__action__ended_at__lt=before).delete()


def _part_from_form(plan: Plan) -> None:
    """A form that led to nothing, or to another endpoint, may be sent once more, changed."""
    _deployments(plan).update(form_key=uuid4())


def _deployments(plan: Plan) -> QuerySet[Deployment]:
    organization = plan.namespace.organization_id
    return Deployment.objects.filter(organization=organization, form_key=plan.form_key)


def _new(plan: Plan, actor: Actor) -> Action:
    return Action(
        organization_id=plan.namespace.organization_id,
        namespace=plan.namespace,
        name=plan.name,
        verb=CREATE.name,
        wanted=dict(plan.wanted),
        reason=plan.reason,
        actor=actor.to_json(),
        asked_by=actor.user,
        next_check_at=timezone.now(),
    )


def _deployment(plan: Plan, action: Action) -> Deployment:
    return Deployment(
        action=action,
        organization_id=action.organization_id,
        form_key=plan.form_key,
        token=plan.token,
        recipe=plan.recipe,
        body=dict(plan.body),
        entered=dict(plan.entered),
    )


def _keep_values(plan: Plan, deployment: Deployment) -> None:
    for kind in Values.Kind:
        if values := getattr(plan, kind.value):
            row = Values(
                organization_id=deployment.organization_id, deployment=deployment, kind=kind
            )
            row.content = Secret(json.dumps(dict(values)))
            row.save(force_insert=True)
