from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from hfadmin.accounts import access
from hfadmin.accounts.models import Membership, Role
from hfadmin.audit.actors import Actor
from hfadmin.live import polls, versions
from providers.endpoints.lifecycle import batches, bulk_previews, incarnations, selection
from providers.endpoints.lifecycle.bulk_forms import BulkForm
from providers.endpoints.lifecycle.bulk_previews import BulkPreview
from providers.endpoints.lifecycle.models import Batch
from providers.endpoints.lifecycle.progress import Progress
from providers.endpoints.lifecycle.verbs import VERBS, ActionVerb


@require_POST
def confirm_many(request: HttpRequest, organization: str, verb: str) -> HttpResponse:
    """Says what the action would do to the chosen endpoints; with `confirmed`, asks for it."""
    membership = access.member(request, organization, Role.OPERATOR)
    chosen = _verb(verb)
    try:
        ids = selection.read(request.POST, membership.organization)
    except selection.TooManyError:
        return _too_many(request)
    preview = bulk_previews.of(membership.organization, chosen, ids)
    if "confirmed" not in request.POST:
        return _page(request, preview, BulkForm(preview=preview))
    form = BulkForm(request.POST, preview=preview)
    if not preview.will:
        return _page(request, preview, form, status=409)
    if not form.is_valid():
        return _page(request, preview, form, status=422)
    if problem := incarnations.problem(request.POST, preview.endpoints):
        form.add_error(None, problem)
        return _page(request, preview, form, status=409)
    return _asked(request, membership, preview, form.cleaned_data["reason"])


@require_safe
def batch(request: HttpRequest, organization: str, pk: int) -> HttpResponse:
    """How far it is, live."""
    membership = access.member(request, organization)
    version = str(versions.current(membership.organization_id))

    def context() -> dict[str, Any]:
        progress = Progress.of(_batch(membership, pk))
        return {
            "progress": progress,
            "batch": progress.batch,
            "groups": list(progress.groups()),
            "may_act": membership.may(Role.OPERATOR),
        }

    return polls.page(request, "lifecycle/batch.html", version, context)


@require_POST
def stop(request: HttpRequest, organization: str, pk: int) -> HttpResponse:
    membership = access.member(request, organization, Role.OPERATOR)
    found = _batch(membership, pk)
    if not batches.stop(found, Actor.of(request)):
        is_over = not found.actions.open().exists()
        sentence = _("It had ended already.") if is_over else _("All of it is on its way already.")
        messages.info(request, _("Nothing was left to take back.") + " " + sentence)
    return redirect("lifecycle:batch", membership.organization.slug, found.pk)


def _verb(name: str) -> ActionVerb:
    verb = VERBS.get(name)
    if verb is None or verb.bulk is None:
        raise Http404
    return verb


def _batch(membership: Membership, pk: int) -> Batch:
    rows = membership.organization.endpoint_batches.select_related("organization", "asked_by")
    return get_object_or_404(rows, pk=pk)


def _asked(
    request: HttpRequest, membership: Membership, preview: BulkPreview, reason: str
) -> HttpResponse:
    endpoints = [each.endpoint for each in preview.will]
    actor = Actor.of(request)
    made = batches.ask(membership.organization, preview.verb, endpoints, actor, reason)
    if made is None:
        ids = [endpoint.pk for endpoint in endpoints]
        now = bulk_previews.of(membership.organization, preview.verb, ids)
        return _page(request, now, BulkForm(request.POST, preview=now), status=409)
    _tell_left_out(request, preview)
    if busy := len(endpoints) - made.actions.count():
        sentence = ngettext(
            "%(count)d endpoint was left out: somebody is at it already.",
            "%(count)d endpoints were left out: somebody is at them already.",
            busy,
        )
        messages.warning(request, sentence % {"count": busy})
    return redirect("lifecycle:batch", membership.organization.slug, made.pk)


def _tell_left_out(request: HttpRequest, preview: BulkPreview) -> None:
    """Of those that were confirmed, what keeps some from it since then."""
    for first, others in preview.reasons:
        count = 1 + len(others)
        sentence = ngettext(
            "%(name)s was left out: %(why)s",
            "%(name)s and others, %(count)d in all, were left out: %(why)s",
            count,
        )
        named = {"name": first.endpoint.name, "count": count, "why": first.obstacle}
        messages.warning(request, sentence % named)


def _too_many(request: HttpRequest) -> HttpResponse:
    context = {"most": selection.MOST}
    return render(request, "lifecycle/too_many.html", context, status=422)


def _page(
    request: HttpRequest, preview: BulkPreview, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    # It is asked for again with these alone.
    mark = incarnations.mark(each.endpoint for each in preview.will)
    context = {"preview": preview, "form": form, "incarnation": mark}
    return render(request, "lifecycle/confirm_many.html", context, status=status)
