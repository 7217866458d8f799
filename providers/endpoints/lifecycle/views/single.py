from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hfadmin.accounts import access
from hfadmin.accounts.models import Membership, Role
from hfadmin.audit.actors import Actor
from providers.endpoints.lifecycle import asking, previews
from providers.endpoints.lifecycle.forms import ActionForm
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import Endpoint


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, organization: str, verb: str, pk: int) -> HttpResponse:
    """Says what the action will do, and asks for it."""
    membership = access.member(request, organization, Role.OPERATOR)
    if verb not in VERBS:
        raise Http404
    endpoint = _endpoint(membership, pk)
    preview = previews.of(endpoint, VERBS[verb])
    form = _form(request, preview)
    if request.method != "POST":
        return _page(request, preview, form)
    if preview.obstacle:
        return _page(request, preview, form, status=409)
    if form is not None and not form.is_valid():
        return _page(request, preview, form, status=422)
    wanted = form.wanted if form is not None else None
    try:
        asking.ask(endpoint, preview.verb, Actor.of(request), wanted or None)
    except asking.BusyError as error:
        obstacle = previews.busy(error.action)
        return _page(request, previews.Preview(preview.verb, endpoint, obstacle), form, status=409)
    return _to(membership, endpoint)


@require_POST
def cancel(request: HttpRequest, organization: str, pk: int) -> HttpResponse:
    membership = access.member(request, organization, Role.OPERATOR)
    rows = membership.organization.endpoint_actions.select_related("endpoint__namespace")
    action: Action = get_object_or_404(rows.exclude(endpoint=None), pk=pk)
    if not asking.cancel(action, Actor.of(request)):
        messages.warning(request, _("It was sent already and cannot be taken back."))
    assert action.endpoint is not None  # noqa: S101 - those without are not found
    return _to(membership, action.endpoint)


def _endpoint(membership: Membership, pk: int) -> Endpoint:
    rows = membership.organization.endpoints.select_related("namespace", "organization")
    return get_object_or_404(rows, pk=pk)


def _form(request: HttpRequest, preview: previews.Preview) -> ActionForm | None:
    """What has to be entered, filled with how it is now; or with what an earlier action wanted,
    where that is to be asked for again."""
    verb, endpoint = preview.verb, preview.endpoint
    if verb.form is None:
        return None
    initial = {name: getattr(endpoint, name, None) for name in verb.form.base_fields}
    earlier = request.GET.get("as", "")
    if earlier.isdecimal():
        action = endpoint.actions.filter(pk=int(earlier[:18])).first()
        initial |= action.wanted if action else {}
    return verb.form(request.POST or None, endpoint=endpoint, initial=initial)


def _page(
    request: HttpRequest,
    preview: previews.Preview,
    form: ActionForm | None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "preview": preview,
        "endpoint": preview.endpoint,
        "form": form,
        "models": preview.endpoint.models.listed(),
    }
    return render(request, "lifecycle/confirm.html", context, status=status)


def _to(membership: Membership, endpoint: Endpoint) -> HttpResponse:
    place = (membership.organization.slug, endpoint.namespace.name, endpoint.name)
    return redirect("endpoints:detail", *place)
