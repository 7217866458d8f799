"""The form of a new endpoint, and the page of one that Hugging Face does not have yet."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from hfadmin.accounts import access, drafts
from hfadmin.accounts.models import Membership, Role
from hfadmin.audit.actors import Actor
from hfadmin.live import polls, versions
from providers.endpoints.deploying import (
    creations,
    filling,
    planning,
    preflight,
    requests,
    screens,
    suggesting,
)
from providers.endpoints.deploying.choice import of as choice_of
from providers.endpoints.deploying.forms import DeployForm
from providers.endpoints.deploying.preflight import anew
from providers.endpoints.lifecycle import deployments, previews
from providers.endpoints.lifecycle.asking import BusyError
from providers.endpoints.lifecycle.latest import Entry
from providers.endpoints.lifecycle.models import Action, Deployment
from providers.endpoints.lifecycle.verbs import CREATE
from providers.huggingface.errors import Diagnosis

NOT_THERE: Final = "new."  # begins the version of a page of what is not there yet
_WHOLE: Final = ("model", "name", "place", "hardware", "container", "summary")
# What is drawn anew once something within the part has changed. On the namespace and the token
# depends what is told of the repository, and with it what is suggested: see `_needed`.
PARTS: Final = {
    "model": _WHOLE,
    "place": _WHOLE,
    "hardware": ("hardware", "summary"),
    "engine": ("container", "hardware", "summary"),
    "summary": ("summary",),
}
_OF_REPOSITORY: Final = ("model", "container")
_GIVEN: Final = ("repository", "revision", "namespace", "name")
ASKS: Final = "anew"  # a question that is asked once more
_LEAST: Final = 2
_LONGEST: Final = 200
_LONGEST_REMEDY: Final = 8_000

_hides = sensitive_post_parameters("secrets_value", "registry_password", "env_value")


@_hides
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, organization: str) -> HttpResponse:
    """The form; begun with an earlier deployment (`as`), another endpoint (`like`) or fields."""
    membership = access.member(request, organization, Role.OPERATOR)
    if request.method == "POST" and "update" not in request.POST:
        return _submitted(request, membership)
    if request.method == "POST":
        typed = _with_remedy(request.POST)
        _ask_anew(request, membership, str(typed.get(ASKS, "")))
        return _page(request, _redrawn(membership, typed))
    initial, problem = _begun(request, membership)
    form = screens.form(membership.organization, initial=initial, problem=problem, asks=False)
    is_unread = form.found is None or form.balance is None
    begins = "change, load" if is_unread and initial.get("repository") else ""
    return _page(request, form, begins=begins)


@_hides
@require_POST
def changed(request: HttpRequest, organization: str, part: str) -> HttpResponse:
    """The parts of the form that follow from what was just changed."""
    membership = access.member(request, organization, Role.OPERATOR)
    if part not in PARTS:
        raise Http404
    _ask_anew(request, membership, str(request.GET.get(ASKS, "")))
    form = _redrawn(membership, request.POST, suggests="name" in PARTS[part])
    parts = _needed(part, form, str(request.POST.get("told", "")))
    context = screens.context(form, with_tiles="hardware" in parts)
    context |= {"parts": parts, "secrets_left": DeployForm.secrets_left(request.POST)}
    return render(request, "deploying/changed.html", context)


@_hides
@require_http_methods(["GET", "HEAD", "POST"])
def as_requests(request: HttpRequest, organization: str) -> HttpResponse:
    """What Create would send, to copy. Back from the sign-in, the form with what was typed."""
    if request.method != "POST":
        return new(request, organization)
    membership = access.member(request, organization, Role.OPERATOR)
    typed = DeployForm.typed(request.POST)
    form = screens.form(membership.organization, initial=typed, suggests=False)
    made = requests.of(form)
    context = {"requests": made, "lacking": [] if made else requests.lacking(form)}
    return render(request, "deploying/requests.html", context)


@require_safe
def suggest(request: HttpRequest, organization: str) -> HttpResponse:
    membership = access.member(request, organization, Role.OPERATOR)
    query = request.GET.get("repository", "").strip()[:_LONGEST]
    found = suggesting.Found()
    if len(query) >= _LEAST:
        given = [request.GET.get(name, "") for name in ("namespace", "api_token")]
        found = suggesting.repositories(membership.organization, query, *given)
    return render(request, "deploying/suggest.html", {"found": found, "asked": query})


def creation(request: HttpRequest, membership: Membership, action: Action) -> HttpResponse:
    """The page of an endpoint that was asked for. What was refused is to be corrected."""
    may_act = membership.may(Role.OPERATOR)
    if action.state == Action.State.REFUSED and may_act:
        if polls.is_poll(request):
            return HttpResponseClientRefresh()
        url = reverse("deploying:new", args=[membership.organization.slug])
        return redirect(f"{url}?{action.again}")
    version = f"{NOT_THERE}{versions.current(membership.organization_id)}"

    def context() -> dict[str, Any]:
        return {
            "action": action,
            "entry": Entry(action, CREATE),
            "settings": list(creations.settings(action)),
            "may_act": may_act,
        }

    return polls.page(request, "deploying/creation.html", version, context)


def _begun(request: HttpRequest, membership: Membership) -> tuple[dict[str, Any], Diagnosis | None]:
    organization = membership.organization
    if draft := drafts.pop(request, DeployForm):
        # That everybody may call it is confirmed anew.
        return DeployForm.typed(draft) | {"public_confirmed": False}, None
    if (number := request.GET.get("as", "")).isdecimal():
        rows = Deployment.objects.filter(organization=organization).select_related("action")
        earlier = get_object_or_404(rows, pk=int(number[:18]))
        return filling.again(earlier), _problem(earlier.action)
    if (number := request.GET.get("like", "")).isdecimal():
        endpoints = organization.endpoints.select_related("namespace", "organization")
        endpoint = get_object_or_404(endpoints, pk=int(number[:18]))
        values = filling.like(endpoint, Actor.of(request))
        for sentence in filling.said_of(endpoint, values):
            messages.info(request, sentence)
        return values, None
    given = {name: request.GET[name][:_LONGEST] for name in _GIVEN if name in request.GET}
    return filling.anew(given), None


def _problem(action: Action) -> Diagnosis | None:
    is_refused = action.state == Action.State.REFUSED and action.problem
    return Diagnosis.from_json(action.problem) if is_refused else None


def _redrawn(membership: Membership, typed: QueryDict, *, suggests: bool = True) -> DeployForm:
    """The form with what was typed, which is not looked at for errors yet."""
    initial = DeployForm.typed(typed)
    return screens.form(membership.organization, initial=initial, suggests=suggests)


def _needed(part: str, form: DeployForm, told: str) -> tuple[str, ...]:
    """The parts to draw. Where another token is told the same of the repository as the page shows,
    what follows from that stays."""
    parts = PARTS[part]
    if part == "place" and told == screens.digest(form.found):
        return tuple(each for each in parts if each not in _OF_REPOSITORY)
    return parts


def _with_remedy(typed: QueryDict) -> QueryDict:
    """What was typed, with what a check offered where its button was pressed."""
    pressed = QueryDict(str(typed["update"])[:_LONGEST_REMEDY])
    typed = typed.copy()
    for name, value in pressed.items():
        typed[name] = str(value)
    return typed


def _ask_anew(request: HttpRequest, membership: Membership, question: str) -> None:
    """What a check offered to have asked of Hugging Face once more."""
    if question:
        typed = DeployForm.typed(request.POST)
        form = screens.form(membership.organization, initial=typed, asks=False)
        anew.ask(question, choice_of(form), Actor.of(request))


def _submitted(request: HttpRequest, membership: Membership) -> HttpResponse:
    form = screens.form(membership.organization, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    refusals = preflight.refusals(choice_of(form))
    plan = planning.plan(form)
    # A second click finds the name taken by the first one.
    if refusals and deployments.asked_before(plan) is None:
        for line in refusals:
            form.add_error(line.field, line.sentence)
        return _page(request, form, status=422)
    try:
        action = deployments.ask(plan, Actor.of(request))
    except BusyError as error:
        form.add_error("name", previews.busy(error.action))
        return _page(request, form, status=409)
    slug = membership.organization.slug
    place = (slug, action.namespace.name, action.name)
    return HttpResponseRedirect(reverse("endpoints:detail", args=place), status=303)


def _page(
    request: HttpRequest, form: DeployForm, *, status: int = 200, begins: str = ""
) -> HttpResponse:
    """`begins`: when the part of the model is drawn anew, if not only at its changes. No page is
    given the values of secrets, so that all of them are left to be entered."""
    secrets = form["secrets"].value() or []
    context = screens.context(form) | {"begins": begins, "secrets_left": len(secrets)}
    return render(request, "deploying/form.html", context, status=status)
