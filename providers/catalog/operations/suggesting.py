"""What the form offers: models of the Hub, and what the chosen token can see of endpoints."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from hfadmin.accounts.models import Organization
from hfadmin.vault import Secret
from providers.catalog.requirements import (
    FITTING_TAGS,
    HF_INFERENCE,
    TASKS_OF_DEPLOYMENTS,
    served,
    split_name,
    stored_secret,
)
from providers.catalog.setups import EndpointType, ModelType, Task
from providers.endpoints.models import Endpoint
from providers.huggingface import client, urls
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.types import ModelSummary
from providers.tokens.models import AccessToken, Namespace, TokenState

MOST = 10
_MOST_TO_CHOOSE_FROM = 50
_MOST_ENDPOINTS = 50
_SAY_NOTHING = {"", "custom"}  # tasks that leave open what is deployed


@dataclass(frozen=True, slots=True)
class Suggestion:
    model: ModelSummary
    served_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Suggestions, or why there are none."""

    suggestions: tuple[Suggestion, ...] = ()
    problem: Diagnosis | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """Endpoints to choose from, and whether there are others that fit."""

    endpoints: list[Endpoint]
    has_more: bool


def models(query: str, model_type: str, endpoint_type: str, token: AccessToken | None) -> Found:
    """Models of the Hub that fit. Asks with the token, where it is good, to find private ones."""
    kind, secret = ModelType(model_type), _usable(token)
    query, _provider = split_name(query)
    try:
        if endpoint_type == EndpointType.HOSTED:
            return Found(_hosted(query, kind, secret))
        found = client.search_models(query, tasks=FITTING_TAGS[kind], token=secret, limit=MOST)
    except HuggingFaceError as error:
        return Found(problem=error.diagnosis)
    return Found(
        tuple(Suggestion(model, served(kind, model.providers).callable) for model in found)
    )


def _hosted(query: str, kind: ModelType, token: Secret | None) -> tuple[Suggestion, ...]:
    """Those that can be called, by what providers map them to: their pipeline tags say less."""
    provider = HF_INFERENCE if kind == ModelType.TEXT_EMBEDDING else "all"
    found = client.search_models(
        query, hosted=True, provider=provider, token=token, limit=_MOST_TO_CHOOSE_FROM
    )
    callable_ones = ((model, served(kind, model.providers).callable) for model in found)
    return tuple(Suggestion(model, names) for model, names in callable_ones if names)[:MOST]


def namespaces(
    organization: Organization, token: AccessToken | None, query: str
) -> QuerySet[Namespace]:
    """Those in which the token may list endpoints, or might."""
    seen = organization.namespaces.filter(name__icontains=query)
    if token is None:
        return seen.none()
    listable = ["yes", "unknown"]
    return seen.filter(accesses__token=token, accesses__abilities__list__in=listable).order_by(
        "name"
    )


def deployed(
    organization: Organization,
    token: AccessToken | None,
    query: str,
    *,
    model_type: str,
    namespace: str = "",
) -> Offered:
    """Endpoints with an address that may be a model of this type, in the namespaces that the token
    sees."""
    where = namespaces(organization, token, "")
    if namespace:
        where = where.filter(name=namespace)
    there = organization.endpoints.filter(
        namespace__in=where, deleted_at=None, task__in=_tasks_that_may_be(model_type)
    )
    named = Q(name__icontains=query) | Q(repository__icontains=query) | Q(url__icontains=query)
    rows = there.exclude(url="").filter(named).select_related("namespace")
    found = list(rows.order_by("namespace__name", "name")[: _MOST_ENDPOINTS + 1])
    return Offered(found[:_MOST_ENDPOINTS], has_more=len(found) > _MOST_ENDPOINTS)


def address_named_by(organization: Organization, diagnosis: Diagnosis) -> str | None:
    """The address of the endpoint that a console address names, where the inventory has it."""
    if diagnosis.kind is not Kind.URL_CONSOLE:
        return None
    named = organization.endpoints.filter(
        namespace__name=diagnosis.params.get("namespace", ""),
        name=diagnosis.params.get("name", ""),
        deleted_at=None,
    )
    endpoint = named.exclude(url="").first()
    return urls.normalize_endpoint_url(endpoint.url).url if endpoint else None


def _tasks_that_may_be(model_type: str) -> list[str]:
    """Tasks of deployments that can be a model of this type. A custom one may be."""
    embeds = model_type == ModelType.TEXT_EMBEDDING
    known = TASKS_OF_DEPLOYMENTS.items()
    fitting = [task for task, ours in known if (ours == Task.FEATURE_EXTRACTION) == embeds]
    return [*fitting, *_SAY_NOTHING]


def task_of(endpoint: Endpoint) -> str:
    """The form's task for what is deployed; "" where that leaves it open."""
    return TASKS_OF_DEPLOYMENTS.get(endpoint.task, "")


def token_of(organization: Organization, pk: str) -> AccessToken | None:
    """The organization's token with this id; None for any other text."""
    try:
        return organization.tokens.filter(pk=UUID(pk)).first()
    except ValueError:
        return None


def _usable(token: AccessToken | None) -> Secret | None:
    if token is None or token.state == TokenState.INVALID:
        return None
    try:
        return stored_secret(token)
    except HuggingFaceError:
        return None
