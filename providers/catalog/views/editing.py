from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from hfadmin.accounts import access, drafts
from hfadmin.accounts.models import Membership, Role
from hfadmin.accounts.request_source import is_from_script
from hfadmin.audit.actors import Actor
from hfadmin.background import health
from hfadmin.live import polls
from providers.catalog import operations
from providers.catalog.display import (
    conflict_sentence,
    initial_of,
    shown_steps,
    steps_version,
    was_called,
)
from providers.catalog.forms import ModelForm
from providers.catalog.models import ProviderModel, Verification
from providers.catalog.setups import Task
from providers.huggingface.errors import Diagnosis, Kind
from providers.tokens import operations as tokens

_CORRECTABLE = ("name", "endpoint_url", "task")
_PREFILLED = (
    "model_type",
    "name",
    "endpoint_type",
    "namespace_name",
    "endpoint_url",
    "task",
    "api_token",  # counts if it is one of the organization's: no other is among the choices
)


@sensitive_post_parameters("token")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, organization: str) -> HttpResponse:
    """A new model. Its fields may come with the address, from the page of an endpoint."""
    membership = access.member(request, organization, Role.OPERATOR)
    if request.method == "POST":
        return _submitted(request, membership, None)
    given = {name: request.GET[name] for name in _PREFILLED if name in request.GET}
    initial = initial_of(None) | given | _draft(request)
    form = ModelForm(membership=membership, initial=initial)
    return _page(request, form, None)


@sensitive_post_parameters("token")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, organization: str, pk: int) -> HttpResponse:
    membership = access.member(request, organization, Role.OPERATOR)
    model = get_object_or_404(membership.organization.models.shown(), pk=pk)
    if request.method == "POST":
        return _submitted(request, membership, model)
    initial = initial_of(model) | {"version": model.version} | _draft(request)
    form = ModelForm(membership=membership, model=model, initial=initial)
    return _page(request, form, model)


@require_safe
def verification(request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
    """The steps while they run; then the saved model, or the form with the diagnosis."""
    membership = access.member(request, organization, Role.OPERATOR)
    rows = membership.organization.verifications.select_related("token", "model__endpoint")
    row = get_object_or_404(rows.defer("token__identity"), pk=pk)
    if row.state == Verification.State.FAILED:
        return _refresh_or(request, lambda: _failed_page(request, membership, row))
    waits = row.is_open and health.background_is_missing()
    context = {
        "check": row,
        "model": row.model,
        "steps": shown_steps(row),
        "was_called": was_called(row),
        "waits_for_worker": waits,
    }
    template, version = "catalog/verification.html", steps_version(row, waits=waits)
    if row.is_open:
        return polls.page(request, template, version, lambda: context)
    return _refresh_or(request, lambda: render(request, template, context))


def _refresh_or(request: HttpRequest, page: Any) -> HttpResponse:
    """An open page that polls is loaded anew once the steps have ended."""
    if is_from_script(request):
        return HttpResponseClientRefresh()
    response: HttpResponse = page()
    return response


def _draft(request: HttpRequest) -> dict[str, Any]:
    """What was typed before the session ended, but for a confirmation, which is given anew."""
    draft = drafts.pop(request, ModelForm)
    return draft | {"url_confirmed": False} if draft else {}


def _submitted(
    request: HttpRequest, membership: Membership, model: ProviderModel | None
) -> HttpResponse:
    form = ModelForm(_corrected(request.POST), membership=membership, model=model)
    if not form.is_valid():
        return _page(request, form, model, status=422)
    if model is not None:
        model.version = form.cleaned_data["version"] or 0
    try:
        if "anyway" in request.POST:
            return _saved_anyway(request, membership, form, model)
        return _being_checked(request, membership, form, model)
    except operations.ChangedMeanwhileError:
        return _conflict(request, membership, model)
    except operations.ModelExistsError as taken:
        form.add_duplicate(taken.model)
    except (tokens.AlreadyStoredError, tokens.NameTakenError) as refused:
        form.refuse_token(refused)
    return _page(request, form, model, status=422)


def _corrected(typed: QueryDict) -> QueryDict:
    """What was typed, with what a diagnosis offered where its button was pressed."""
    pressed = [name for name in _CORRECTABLE if f"use_{name}" in typed]
    if not pressed:
        return typed
    typed = typed.copy()
    for name in pressed:
        typed[name] = str(typed[f"use_{name}"])
    return typed


def _being_checked(
    request: HttpRequest, membership: Membership, form: ModelForm, model: ProviderModel | None
) -> HttpResponse:
    row = operations.save(
        membership.organization,
        form.setup,
        form_key=form.cleaned_data["form_key"],
        actor=Actor.of(request),
        model=model,
        new_token=form.new_token,
        failed=_failed_check(membership, request.POST.get("check", "")),
    )
    url = reverse("catalog:verification", args=[membership.organization.slug, row.pk])
    return HttpResponseRedirect(url, status=303)


def _saved_anyway(
    request: HttpRequest, membership: Membership, form: ModelForm, model: ProviderModel | None
) -> HttpResponse:
    saved = operations.save_anyway(
        membership.organization,
        form.setup,
        actor=Actor.of(request),
        model=model,
        new_token=form.new_token,
        failed=_failed_check(membership, request.POST.get("check", "")),
    )
    messages.info(request, _("%(name)s was saved, not verified.") % {"name": saved})
    return redirect("catalog:list", membership.organization.slug)


def _failed_check(membership: Membership, pk: str) -> Verification | None:
    rows = membership.organization.verifications.filter(state=Verification.State.FAILED)
    try:
        return rows.filter(pk=UUID(pk)).first()
    except ValueError:
        return None


def _conflict(
    request: HttpRequest, membership: Membership, model: ProviderModel | None
) -> HttpResponse:
    """Somebody was faster. What was typed stays; to save again is to save over theirs."""
    models = membership.organization.models.shown()
    current = models.filter(pk=model.pk).first() if model else None
    typed = request.POST.copy()
    typed["version"] = str(current.version) if current else ""
    typed["form_key"] = str(uuid4())
    form = ModelForm(typed, membership=membership, model=current)
    form.add_error(None, conflict_sentence(current))
    return _page(request, form, current, status=409)


def _failed_page(request: HttpRequest, membership: Membership, row: Verification) -> HttpResponse:
    model = row.model
    version = row.model_version
    if model is not None and row.problem.get("kind") == Kind.MODEL_CHANGED.value:
        version = model.version
    initial = initial_of(row) | {"version": version}
    form = ModelForm(membership=membership, model=model, initial=initial)
    return _page(request, form, model, check=row)


def _page(
    request: HttpRequest,
    form: ModelForm,
    model: ProviderModel | None,
    *,
    check: Verification | None = None,
    status: int = 200,
) -> HttpResponse:
    place, problem = _diagnosis(request, model, check)
    if place not in form.fields:
        place = "top"
    unlisted = problem.get("kind") == Kind.URL_NOT_LISTED.value
    context = {
        "form": form,
        "tokens_url": f"{settings.HF_ENDPOINT}/settings/tokens",
        "retryable": bool(problem) and Diagnosis.from_json(problem).is_inconclusive,
        "model": model,
        "check": check,
        "steps": shown_steps(check) if check else [],
        "problems": {place: problem},
        "corrections": _corrections(problem),
        "asks_to_confirm": form.is_admin and (unlisted or bool(form["url_confirmed"].value())),
    }
    return render(request, "catalog/form.html", context, status=status)


def _corrections(problem: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """By field: the value that a press of a button puts there, and its word."""
    found = operations.correction(problem)
    if found is None:
        return {}
    field, value = found
    word = str(Task(value).label) if field == "task" and value in Task.values else value
    return {field: (value, word)}


def _diagnosis(
    request: HttpRequest, model: ProviderModel | None, check: Verification | None
) -> tuple[str, dict[str, Any]]:
    """What is wrong and at which field: by the check just made, else by the model's last one."""
    if check is not None:
        return check.field, check.problem
    if model is None or not model.problem or request.method == "POST":
        return "", {}
    kind = Diagnosis.from_json(model.problem).kind
    return operations.field_of(model, None, kind), model.problem
