from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hfadmin.accounts import access
from hfadmin.accounts.models import Membership, Role
from hfadmin.audit.actors import Actor
from hfadmin.live import polls
from providers.catalog import operations
from providers.catalog.models import ProviderModel, Verification
from providers.catalog.setups import ModelType
from providers.endpoints import freshness


@require_safe
def index(request: HttpRequest, organization: str) -> HttpResponse:
    """The models by type, kept true while somebody looks."""
    membership = access.member(request, organization)
    version = freshness.asked_by(request, membership.organization_id).tag
    return polls.page(request, "catalog/list.html", version, lambda: _listed(membership))


@require_POST
def check(request: HttpRequest, organization: str, pk: int) -> HttpResponse:
    membership = access.member(request, organization, Role.OPERATOR)
    model = _model(membership, pk)
    return _to_checks(operations.check_now(model, Actor.of(request)))


@require_http_methods(["GET", "HEAD", "POST"])
def wake(request: HttpRequest, organization: str, pk: int) -> HttpResponse:
    membership = access.member(request, organization, Role.OPERATOR)
    model = _model(membership, pk)
    if request.method == "POST":
        return _to_checks(operations.check_now(model, Actor.of(request), wake=True))
    return render(request, "catalog/wake.html", {"model": model})


@require_POST
def enable(request: HttpRequest, organization: str, pk: int) -> HttpResponse:
    membership = access.member(request, organization, Role.OPERATOR)
    operations.enable(_model(membership, pk), Actor.of(request))
    return _to_list(membership)


@require_POST
def disable(request: HttpRequest, organization: str, pk: int) -> HttpResponse:
    membership = access.member(request, organization, Role.OPERATOR)
    operations.disable(_model(membership, pk), Actor.of(request))
    return _to_list(membership)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, organization: str, pk: int) -> HttpResponse:
    membership = access.member(request, organization, Role.OPERATOR)
    model = _model(membership, pk)
    if request.method == "GET":
        return render(request, "catalog/delete.html", {"model": model})
    operations.delete(model, Actor.of(request))
    messages.success(request, _("%(name)s was deleted here.") % {"name": model})
    return _to_list(membership)


@require_POST
def discard(request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
    membership = access.member(request, organization, Role.OPERATOR)
    row = get_object_or_404(membership.organization.verifications.discardable(), pk=pk)
    operations.discard(row)
    messages.success(
        request, _("%(name)s was discarded. It had not been saved.") % {"name": row.name}
    )
    return _to_list(membership)


def _model(membership: Membership, pk: int) -> ProviderModel:
    return get_object_or_404(membership.organization.models.shown(), pk=pk)


def _listed(membership: Membership) -> dict[str, Any]:
    models = list(membership.organization.models.listed())
    checks = membership.organization.verifications.unsaved(membership.user)
    groups = [
        (
            kind,
            [m for m in models if m.model_type == kind],
            [c for c in checks if c.model_type == kind],
        )
        for kind in ModelType
    ]
    return {
        "groups": groups,
        "count": len(models),
        "failing": sum(m.enabled and m.state == ProviderModel.State.FAILING for m in models),
        "is_empty": not models and not checks,
        "has_tokens": membership.organization.tokens.exists(),
        "may_change": membership.may(Role.OPERATOR),
        "may_add_tokens": membership.may(Role.ADMIN),
    }


def _to_checks(row: Verification) -> HttpResponseRedirect:
    url = reverse("catalog:verification", args=[row.organization.slug, row.pk])
    return HttpResponseRedirect(url, status=303)


def _to_list(membership: Membership) -> HttpResponse:
    return redirect("catalog:list", membership.organization.slug)
