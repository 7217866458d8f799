"""The inventory, one endpoint, and the namespaces that are watched."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hfadmin.accounts import access
from hfadmin.accounts.models import Membership, Role
from hfadmin.audit.actors import Actor
from hfadmin.live import polls
from providers.endpoints import contexts, freshness, polling
from providers.endpoints.inventory import contexts as inventory_contexts
from providers.endpoints.inventory.filters import Filters
from providers.endpoints.inventory.rows import Row
from providers.tokens.models import Namespace

LIST = "endpoints/list.html"


@require_safe
def inventory(request: HttpRequest, organization: str) -> HttpResponse:
    membership = access.member(request, organization)
    fresh = freshness.asked_by(request, membership.organization_id)
    known = polls.known_version(request)
    if known == fresh.tag:
        return polls.nothing_new()
    filters = Filters.read(request.GET)
    if known and known.partition(".")[0] == str(fresh.version):
        return _update(request, LIST, {"changed": None}, fresh)
    found = inventory_contexts.inventory(membership.organization, filters, fresh.version)
    context = inventory_contexts.context(found, filters) | {"version": fresh.tag}
    if known is not None:
        return _update(request, LIST, context | {"changed": _changed(found, known)}, fresh)
    is_part = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    template = f"{LIST}#found" if is_part else LIST
    response = render(request, template, context)
    if is_part:
        response["HX-Push-Url"] = f"{request.path}?{filters.query()}".rstrip("?")
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def detail(request: HttpRequest, organization: str, namespace: str, name: str) -> HttpResponse:
    membership = access.member(request, organization)
    fresh = freshness.asked_by(request, membership.organization_id)
    known = polls.known_version(request)
    if known == fresh.tag:
        return polls.nothing_new()
    endpoints = membership.organization.endpoints.select_related("namespace__seen_through")
    endpoint = get_object_or_404(endpoints, namespace__name=namespace, name=name)
    context = {"version": fresh.tag, **contexts.endpoint(endpoint)}
    if known is not None:
        return _update(request, "endpoints/detail.html", context, fresh)
    return render(request, "endpoints/detail.html", context)


@require_safe
def namespaces(request: HttpRequest, organization: str) -> HttpResponse:
    membership = access.member(request, organization)
    fresh = freshness.asked_by(request, membership.organization_id)
    known = polls.known_version(request)
    # A look that ends shows, although it may have found nothing new.
    version = f"{fresh.tag}.{membership.organization.namespaces.awaited().count()}"
    if known == version:
        return polls.nothing_new()
    context = {
        "version": version,
        "namespaces": contexts.namespaces(membership.organization, request.GET.get("page", "1")),
        "may_switch": membership.may(Role.OPERATOR),
    }
    if known is not None:
        html = render_to_string("endpoints/namespaces.html#live", context, request)
        return polls.update(html, version)
    return render(request, "endpoints/namespaces.html", context)


@require_POST
def look_now(request: HttpRequest, organization: str, pk: int) -> HttpResponse:
    membership, namespace = _namespace(request, organization, pk)
    polling.look_now(namespace, Actor.of(request))
    sentence = _("hfadmin is looking at %s now.") % namespace.name
    polls.tell_until_settled(request, sentence, f"namespace-{namespace.pk}")
    return redirect("endpoints:namespaces", membership.organization.slug)


@require_POST
def watch(request: HttpRequest, organization: str, pk: int) -> HttpResponse:
    membership, namespace = _namespace(request, organization, pk)
    polling.watch(namespace, Actor.of(request))
    return redirect("endpoints:namespaces", membership.organization.slug)


@require_POST
def unwatch(request: HttpRequest, organization: str, pk: int) -> HttpResponse:
    membership, namespace = _namespace(request, organization, pk)
    polling.unwatch(namespace, Actor.of(request))
    return redirect("endpoints:namespaces", membership.organization.slug)


def _namespace(request: HttpRequest, organization: str, pk: int) -> tuple[Membership, Namespace]:
    membership = access.member(request, organization, Role.OPERATOR)
    return membership, get_object_or_404(membership.organization.namespaces, pk=pk)


def _changed(found: inventory_contexts.Inventory, known: str) -> list[Row]:
    """The rows that a page which shows version `known` ("": nothing) does not have like this."""
    pulse = known.partition(".")[0]
    since = int(pulse) if pulse.isdecimal() else -1
    return [row for row in found.rows if row.version > since]


def _update(
    request: HttpRequest, template: str, context: dict[str, Any], fresh: freshness.Freshness
) -> HttpResponse:
    html = render_to_string(f"{template}#live", context, request)
    return polls.update(html, fresh.tag)
