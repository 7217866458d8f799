"""The inventory, one endpoint, and the namespaces that are watched."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from hfadmin.accounts import access
from hfadmin.accounts.models import Membership, Role
from hfadmin.accounts.request_source import is_from_script
from hfadmin.audit.actors import Actor
from hfadmin.live import polls
from providers.endpoints import contexts, freshness, polling
from providers.endpoints.deploying import creations
from providers.endpoints.deploying import views as deploying
from providers.endpoints.history import starts
from providers.endpoints.inventory.filters import Filters
from providers.tokens.models import Namespace

LIST = "endpoints/list.html"


@require_safe
def inventory(request: HttpRequest, organization: str) -> HttpResponse:
    membership = access.member(request, organization)
    fresh = freshness.asked_by(request, membership.organization_id)
    filters = Filters.read(request.GET)

    def context() -> dict[str, Any]:
        return contexts.inventory(membership, filters, fresh.version)

    is_filtered = is_from_script(request) and not polls.is_poll(request)
    template = f"{LIST}#found" if is_filtered else LIST
    response = polls.page(request, template, fresh.tag, context)
    if is_filtered:
        response["HX-Push-Url"] = f"{request.path}?{filters.query()}".rstrip("?")
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def detail(request: HttpRequest, organization: str, namespace: str, name: str) -> HttpResponse:
    membership = access.member(request, organization)
    fresh = freshness.asked_by(request, membership.organization_id)
    rows = membership.organization.endpoints.select_related("namespace__seen_through")
    rows = rows.defer("namespace__seen_through__identity").with_memory()
    rows = rows.filter(namespace__name=namespace, name=name)
    shows_it = polls.is_poll(request) and not polls.shows(request, deploying.NOT_THERE)
    found = None if shows_it else rows.first()
    if not shows_it:
        action = creations.of(membership.organization, namespace, name, found)
        if action is not None:
            return deploying.creation(request, membership, action)
        if polls.is_poll(request):
            return HttpResponseClientRefresh()
    start = starts.as_of(membership.organization_id, namespace, name, fresh.version)
    # That it takes long shows, although nothing may have happened meanwhile.
    version = f"{fresh.tag}.{start.lateness(timezone.now())}" if start else fresh.tag

    def context() -> dict[str, Any]:
        return contexts.endpoint(found or get_object_or_404(rows), membership, start)

    return polls.page(request, "endpoints/detail.html", version, context)


@require_safe
def namespaces(request: HttpRequest, organization: str) -> HttpResponse:
    membership = access.member(request, organization)
    fresh = freshness.asked_by(request, membership.organization_id)
    # A look that ends shows, although it may have found nothing new.
    version = f"{fresh.tag}.{membership.organization.namespaces.awaited().count()}"

    def context() -> dict[str, Any]:
        number = request.GET.get("page", "1")
        return {
            "namespaces": contexts.namespaces(membership.organization, number),
            "may_switch": membership.may(Role.OPERATOR),
        }

    return polls.page(request, "endpoints/namespaces.html", version, context)


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
