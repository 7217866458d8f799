"""The steps of a verification, in their order. A new one is an entry of STEPS, and its function."""

from datetime import timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from providers import labels
from providers.catalog.models import Verification
from providers.catalog.requirements import (
    existing_model,
    failure,
    of_namespace,
    paying_namespace,
    require_call,
    require_fitting_deployment,
    serving_providers,
    with_provider,
)
from providers.catalog.verification import addresses, calls, waking
from providers.catalog.verification.context import Context
from providers.catalog.verification.step import Asleep, Note, Step
from providers.endpoints.models import ASLEEP
from providers.huggingface import client
from providers.huggingface.errors import HuggingFaceError, Kind
from providers.huggingface.types import Identity
from providers.tokens import xray
from providers.tokens.models import AccessToken
from providers.tokens.xray import Ability

_STORED_ANSWER_COUNTS_FOR = timedelta(hours=1)


def plan(row: Verification) -> tuple[Step, ...]:
    """The steps that this verification takes."""
    return tuple(step for step in STEPS if step.applies(row))


def by_key(key: str) -> Step | None:
    """The step of a stored entry; None where an upgrade has removed it since."""
    return _BY_KEY.get(key)


def _is_hosted(row: Verification) -> bool:
    return row.is_hosted


def _is_deployed(row: Verification) -> bool:
    return not row.is_hosted


def _token(context: Context) -> Note:
    token = context.row.token
    secret = context.secret
    try:
        context.identity = client.whoami(secret)
    except HuggingFaceError as error:
        # whoami is limited far more strictly than the calls that follow: a recent answer will do.
        context.identity = _recent_identity(token) if error.kind is Kind.RATE_LIMITED else None
        if context.identity is None:
            raise
    return {"owner": context.identity.name}


def _recent_identity(token: AccessToken | None) -> Identity | None:
    if token is None or not token.identity or token.checked_at is None:
        return None
    if timezone.now() - token.checked_at > _STORED_ANSWER_COUNTS_FOR:
        return None
    return Identity.from_json(token.identity)


def _label_of_rights(row: Verification, _state: str) -> str:
    if row.is_hosted:
        return _("May call hosted inference")
    if row.namespace_name:
        namespace = row.namespace_name
        return _("May list and call endpoints of %(namespace)s") % {"namespace": namespace}
    return _("May list and call endpoints")


def _rights(context: Context) -> Note:
    """By what whoami says: what is not known is left to the calls that follow."""
    assert context.identity is not None  # noqa: S101 - the step before found it
    rows = xray.xray(context.identity)
    if context.row.is_hosted:
        payer = paying_namespace(rows)
        context.bill_to = None if payer == context.identity.name else payer
        return {"namespace": payer}
    asked = context.row.namespace_name
    there = of_namespace(rows, asked)
    if not any(row.may(Ability.LIST) for row in there):
        raise failure(Kind.MISSING_PERMISSION, permission=xray.ENDPOINTS_READ)
    require_call(there)
    if not asked:
        return {"namespace": ""}
    return {"namespace": there[0].namespace, **context.spell("namespace_name", there[0].namespace)}


def _model(context: Context) -> Note:
    context.details = existing_model(context.row, context.secret)
    name = with_provider(context.details.repository, context.row.name)
    return {"tag": context.details.pipeline_tag, **context.spell("name", name)}


def _providers(context: Context) -> Note:
    assert context.details is not None  # noqa: S101 - the step before found it
    context.providers = serving_providers(context.row, context.details)
    return {"providers": list(context.providers)}


def _repository(context: Context) -> Note | None:
    remote, row = context.remote, context.row
    if remote is None:
        return None
    require_fitting_deployment(
        row, namespace=remote.namespace, repository=remote.repository, task=remote.task
    )
    spelled = context.spell("name", remote.repository) if row.is_embedding else {}
    return {"repository": remote.repository, **spelled}


def _state(context: Context) -> Note | None:
    remote = context.remote
    if remote is None:
        return None
    if remote.state in ASLEEP:
        raise Asleep
    if not waking.answers(remote):
        raise waking.not_answering(remote)
    return {"state": remote.state}


def _label_of_waking(_row: Verification, state: str) -> str:
    return _("Endpoint is up") if state == "passed" else _("Endpoint is waking")


def _call(context: Context) -> Note | None:
    row = context.row
    if not (row.real_call or row.wake):
        return None
    try:
        context.result = result = calls.call(context)
    except HuggingFaceError as error:
        if error.kind in {Kind.ENDPOINT_ASLEEP, Kind.ENDPOINT_PAUSED} and not row.wake:
            raise Asleep from error
        raise
    return {"route": result.route, "latency_ms": result.latency_ms, "dimension": result.dimension}


def _place(note: Note) -> str:
    return f"{note['namespace']}/{note['name']}" if note.get("name") else note.get("host", "")


def _dimensions(note: Note) -> str:
    return _("%(count)s dimensions") % {"count": note["dimension"]} if note.get("dimension") else ""


STEPS: Final = (
    Step(
        key="token",
        applies=lambda _row: True,
        label=lambda _row, _state: gettext_lazy("Token accepted"),
        take=_token,
        field="api_token",
    ),
    Step(
        key="rights",
        applies=lambda _row: True,
        label=_label_of_rights,
        take=_rights,
        field="api_token",
    ),
    Step(
        key="model",
        applies=_is_hosted,
        label=lambda _row, _state: gettext_lazy("Model exists and fits the type"),
        take=_model,
        field="name",
        describe=lambda note: labels.task(note.get("tag", "")),
    ),
    Step(
        key="providers",
        applies=_is_hosted,
        label=lambda _row, _state: gettext_lazy("A provider serves it live"),
        take=_providers,
        field="name",
        describe=lambda note: ", ".join(note.get("providers", ())),
    ),
    Step(
        key="endpoint",
        applies=_is_deployed,
        label=lambda _row, _state: gettext_lazy("Address is one of the token's endpoints"),
        take=addresses.find,
        describe=_place,
    ),
    Step(
        key="repository",
        applies=_is_deployed,
        label=lambda _row, _state: gettext_lazy("What is deployed there fits"),
        take=_repository,
    ),
    Step(
        key="state",
        applies=lambda row: not row.is_hosted and not row.wake,
        label=lambda _row, _state: gettext_lazy("Endpoint is up"),
        take=_state,
    ),
    Step(
        key="wake",
        applies=lambda row: not row.is_hosted and row.wake,
        label=_label_of_waking,
        take=waking.take,
    ),
    Step(
        key="call",
        applies=lambda _row: True,
        label=lambda _row, _state: gettext_lazy("One tiny real call"),
        take=_call,
        describe=_dimensions,
    ),
)
_BY_KEY = {step.key: step for step in STEPS}
