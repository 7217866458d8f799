import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hfadmin.accounts import access
from hfadmin.accounts.models import Role
from providers.catalog.operations import suggesting
from providers.catalog.setups import EndpointType, ModelType
from providers.endpoints.models import Endpoint

_LONGEST = 200
_LEAST = 2


@require_safe
def suggest_models(request: HttpRequest, organization: str) -> HttpResponse:
    membership = access.member(request, organization, Role.OPERATOR)
    query = request.GET.get("name", "").strip()[:_LONGEST]
    model_type = request.GET.get("model_type") or ModelType.LLM
    if len(query) < _LEAST or model_type not in ModelType.values:
        return render(request, "catalog/suggest_models.html", {"found": suggesting.Found()})
    endpoint_type = request.GET.get("endpoint_type") or EndpointType.HOSTED
    token = suggesting.token_of(membership.organization, request.GET.get("api_token", ""))
    found = suggesting.models(query, model_type, endpoint_type, token)
    hosted = endpoint_type == EndpointType.HOSTED
    context = {"found": found, "asked": query, "hosted": hosted}
    return render(request, "catalog/suggest_models.html", context)


@require_safe
def suggest_namespaces(request: HttpRequest, organization: str) -> HttpResponse:
    membership = access.member(request, organization, Role.OPERATOR)
    token = suggesting.token_of(membership.organization, request.GET.get("api_token", ""))
    query = request.GET.get("namespace_name", "").strip()[:_LONGEST]
    found = suggesting.namespaces(membership.organization, token, query)
    return render(request, "catalog/suggest_namespaces.html", {"found": found, "token": token})


@require_safe
def suggest_endpoints(request: HttpRequest, organization: str) -> HttpResponse:
    membership = access.member(request, organization, Role.OPERATOR)
    token = suggesting.token_of(membership.organization, request.GET.get("api_token", ""))
    offered = suggesting.deployed(
        membership.organization,
        token,
        request.GET.get("endpoint_url", "").strip()[:_LONGEST],
        model_type=request.GET.get("model_type") or ModelType.LLM,
        namespace=request.GET.get("namespace_name", ""),
    )
    found = [(endpoint, _filled_in(endpoint)) for endpoint in offered.endpoints]
    context = {"found": found, "has_more": offered.has_more, "token": token}
    return render(request, "catalog/suggest_endpoints.html", context)


def _filled_in(endpoint: Endpoint) -> str:
    """The form's other fields, as JSON, once this endpoint is chosen."""
    task = suggesting.task_of(endpoint)
    fill = {"name": endpoint.repository, "namespace_name": endpoint.namespace.name, "task": task}
    return json.dumps({name: value for name, value in fill.items() if value})
