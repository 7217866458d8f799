from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hfadmin.accounts import access
from hfadmin.accounts.models import Membership, Role
from hfadmin.accounts.request_source import is_from_script
from hfadmin.audit.actors import Actor
from providers.endpoints.lifecycle import asking, incarnations, previews, wanted
from providers.endpoints.lifecycle.forms import ActionForm
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import OFFERED, VERBS
from providers.endpoints.models import Endpoint
from providers.huggingface.errors import Diagnosis

_ON_ITS_WAY = {Action.State.ASKED, Action.State.SENT}
_LOOK_AGAIN = 2  # seconds


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, organization: str, verb: str, pk: int) -> HttpResponse:
    """Says what the action will do, and asks for it."""
    membership = access.member(request, organization, Role.OPERATOR)
    if verb not in OFFERED:
        raise Http404
    endpoint = _endpoint(membership, pk)
    preview = previews.of(endpoint, OFFERED[verb])
    form = _form(request, preview, _earlier(request, endpoint))
    if request.method != "POST":
        return _page(request, preview, form)
    if preview.obstacle or form.obstacle:
        return _page(request, preview, form, status=409)
    if not form.is_valid():
        return _page(request, preview, form, status=422)
    if problem := incarnations.problem(request.POST, [endpoint]):
        form.add_error(None, problem)
        return _page(request, preview, form, status=409)
    reason, columns = form.cleaned_data["reason"], form.wanted or None
    try:
        action = asking.ask(endpoint, preview.verb, Actor.of(request), columns, reason=reason)
    except asking.BusyError as error:
        preview = replace(preview, obstacle=previews.busy(error.action))
        return _page(request, preview, form, status=409)
    return _followed(request, action) if preview.verb.asks else _to(request, endpoint)


@require_safe
def outcome(request: HttpRequest, organization: str, pk: int) -> HttpResponse:
    """What became of what was entered: it is on its way, it was refused and can be corrected, or
    all else is on the endpoint's page."""
    membership = access.member(request, organization, Role.OPERATOR)
    action = _action(membership, pk)
    endpoint = _endpoint(membership, action.endpoint_id)
    if action.state in _ON_ITS_WAY:
        return _under_way(request, action)
    if action.state != Action.State.REFUSED:
        return _to(request, endpoint)
    preview = previews.of(endpoint, VERBS[action.verb])
    return _page(request, preview, _form(request, preview, action), earlier=action)


@require_POST
def cancel(request: HttpRequest, organization: str, pk: int) -> HttpResponse:
    membership = access.member(request, organization, Role.OPERATOR)
    action = _action(membership, pk)
    if not asking.cancel(action, Actor.of(request)):
        messages.warning(request, _("It was answered or has ended, and cannot be taken back now."))
    elif action.is_open:
        sentence = _("It is on its way, and is left off if Hugging Face does not take it.")
        messages.info(request, sentence)
    return _to(request, action)


def _endpoint(membership: Membership, pk: int | None) -> Endpoint:
    rows = membership.organization.endpoints.select_related("namespace", "organization")
    return get_object_or_404(rows, pk=pk)


def _action(membership: Membership, pk: int) -> Action:
    rows = membership.organization.endpoint_actions
    found: Action = get_object_or_404(rows.select_related("namespace", "organization"), pk=pk)
    return found


def _earlier(request: HttpRequest, endpoint: Endpoint) -> Action | None:
    """The action that is to be asked for again."""
    number = request.GET.get("as", "")
    return endpoint.actions.filter(pk=int(number[:18])).first() if number.isdecimal() else None


def _form(request: HttpRequest, preview: previews.Preview, earlier: Action | None) -> ActionForm:
    """What has to be entered, filled with how it is now; with all that is wanted, where that is to
    be restored; or with what an earlier action wanted, and why that was refused."""
    typed = request.POST if request.method == "POST" else None
    make, endpoint = preview.verb.form, preview.endpoint
    if earlier is None:
        is_restored = request.GET.get("as") == wanted.QUERY
        restored = wanted.of_verb(endpoint, preview.verb.name) if is_restored else None
        return make(typed, endpoint=endpoint, earlier=restored)
    is_refused = earlier.state == Action.State.REFUSED and earlier.verb == preview.verb.name
    problem = Diagnosis.from_json(earlier.problem) if is_refused and earlier.problem else None
    return make(
        typed, endpoint=endpoint, earlier=earlier.wanted, reason=earlier.reason, problem=problem
    )


def _page(
    request: HttpRequest,
    preview: previews.Preview,
    form: ActionForm,
    *,
    earlier: Action | None = None,
    status: int = 200,
) -> HttpResponse:
    keeps_typed = form.is_bound and not form.obstacle and not preview.is_so
    context = {
        "preview": replace(preview, obstacle=preview.obstacle or form.obstacle),
        "endpoint": preview.endpoint,
        "form": form,
        # What was typed stays while somebody else is at it.
        "has_fields": not preview.obstacle or keeps_typed,
        "incarnation": incarnations.mark([preview.endpoint]),
        "send_to": _again(preview.endpoint, earlier) if earlier else request.get_full_path(),
        "models": preview.endpoint.models.listed(),
    }
    return render(request, "lifecycle/confirm.html", context, status=status)


def _again(endpoint: Endpoint, action: Action) -> str:
    place = (endpoint.organization.slug, action.verb, endpoint.pk)
    return f"{reverse('lifecycle:confirm', args=place)}?{action.again}"


def _followed(request: HttpRequest, action: Action) -> HttpResponse:
    """A dialog stays open until it is known whether Hugging Face takes what was entered."""
    if is_from_script(request):
        return _under_way(request, action)
    return redirect("lifecycle:outcome", action.organization.slug, action.pk)


def _under_way(request: HttpRequest, action: Action) -> HttpResponse:
    context = {"action": action, "verb": VERBS[action.verb], "endpoint": action.endpoint}
    response = render(request, "lifecycle/outcome.html", context)
    if not is_from_script(request):
        response.headers["Refresh"] = str(_LOOK_AGAIN)
    return response


def _to(request: HttpRequest, endpoint: Endpoint | Action) -> HttpResponse:
    """To the endpoint's page; from a dialog over the list, back to the list."""
    slug = endpoint.organization.slug
    try:
        from_page = request.htmx.current_url_abs_path or ""  # type: ignore[attr-defined]
    except ValueError:  # a header that is no address
        from_page = ""
    if from_page.partition("?")[0] == reverse("endpoints:list", args=[slug]):
        return redirect(from_page)
    return redirect("endpoints:detail", slug, endpoint.namespace.name, endpoint.name)
