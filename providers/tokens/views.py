from typing import TypeVar
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hfadmin.accounts import access, drafts
from hfadmin.accounts.models import Membership, Role
from hfadmin.audit.actors import Actor
from hfadmin.background import health
from hfadmin.live import polls, versions
from providers.huggingface.errors import Diagnosis
from providers.tokens import contexts, operations
from providers.tokens.forms import NewTokenForm, RenameForm, ReplaceForm, name_taken, stored_as
from providers.tokens.models import AccessToken, NamespaceAccess

_AnyForm = TypeVar("_AnyForm", bound=Form)
_FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
def index(request: HttpRequest, organization: str) -> HttpResponse:
    membership = access.member(request, organization)
    return polls.page(
        request,
        "tokens/list.html",
        _version(membership),
        lambda: contexts.listed(membership.organization),
    )


@sensitive_post_parameters("token")
@require_http_methods(_FORM_METHODS)
def add(request: HttpRequest, organization: str) -> HttpResponse:
    membership = access.member(request, organization, Role.ADMIN)
    form = NewTokenForm(request.POST or None, initial=drafts.pop(request, NewTokenForm))
    if request.method == "POST" and form.is_valid():
        try:
            token = operations.add(membership.organization, form.entered_token, Actor.of(request))
        except (operations.AlreadyStoredError, operations.NameTakenError) as refused:
            form.refuse_token(refused)
        else:
            sentence = _("%s is stored and is being checked.") % token.name
            polls.tell_until_settled(request, sentence, f"token-{token.pk}")
            return _to(membership, token)
    context = {"form": form, "form_url": contexts.new_token_url()}
    return render(request, "tokens/add.html", context, status=_status(form))


@require_safe
def detail(request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
    membership = access.member(request, organization)
    return polls.page(
        request,
        "tokens/detail.html",
        _version(membership),
        lambda: contexts.detail(_token(membership, pk)),
    )


@require_http_methods(_FORM_METHODS)
def rename(request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
    membership = access.member(request, organization, Role.ADMIN)
    token = _token(membership, pk)
    initial = {"name": token.name, "version": token.version} | drafts.pop(request, RenameForm)
    form = RenameForm(request.POST or None, initial=initial)
    status = None
    if request.method == "POST" and form.is_valid():
        edited = _as_seen(token, form)
        try:
            operations.rename(edited, form.cleaned_data["name"], Actor.of(request))
        except operations.NameTakenError:
            form.add_error("name", name_taken())
        except operations.ChangedMeanwhileError:
            form, status = _conflict(RenameForm(_renewed(request, token))), 409
        else:
            return _to(membership, token)
    context = {"form": form, "token": token}
    return render(request, "tokens/rename.html", context, status=status or _status(form))


@sensitive_post_parameters("token")
@require_http_methods(_FORM_METHODS)
def replace(request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
    membership = access.member(request, organization, Role.ADMIN)
    token = _token(membership, pk)
    initial = {"version": token.version} | drafts.pop(request, ReplaceForm)
    form = ReplaceForm(request.POST or None, initial=initial)
    problem, status = None, None
    if request.method == "POST" and form.is_valid():
        try:
            _replaced(token, form, Actor.of(request))
        except operations.AlreadyStoredError as known:
            form.add_error("token", stored_as(known.token))
        except operations.TokenRefusedError as refused:
            problem, status = refused.diagnosis, 422
        except operations.ChangedMeanwhileError:
            form, status = _conflict(ReplaceForm(_renewed(request, token))), 409
        else:
            messages.success(request, _("The new token has taken the old one's place."))
            return _to(membership, token)
    context = {"form": form, "token": token, "problem": _shown(problem)}
    context["form_url"] = contexts.new_token_url()
    return render(request, "tokens/replace.html", context, status=status or _status(form))


@require_http_methods(_FORM_METHODS)
def delete(request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
    membership = access.member(request, organization, Role.ADMIN)
    token = _token(membership, pk)
    if request.method == "POST":
        operations.delete(token, Actor.of(request))
        messages.success(request, _("%s is deleted here. It still exists at Hugging Face.") % token)
        return redirect("tokens:list", membership.organization.slug)
    context = {
        "token": token,
        "models": token.providermodels.listed(),
        "namespaces": contexts.namespaces(token, NamespaceAccess.objects.beside(token)),
    }
    return render(request, "tokens/delete.html", context)


@require_POST
def check(request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
    membership = access.member(request, organization, Role.OPERATOR)
    token = _token(membership, pk)
    try:
        operations.check_now(token, Actor.of(request))
    except operations.MustWaitError as told:
        sentence = _("Hugging Face limits how often it may be asked. hfadmin asks again at %s UTC.")
        messages.warning(request, sentence % f"{told.until:%H:%M:%S}")
    else:
        sentence = _("%s is being checked.") % token.name
        polls.tell_until_settled(request, sentence, f"token-{token.pk}")
    return _to(membership, token)


def _version(membership: Membership) -> str:
    """Of what the live pages show."""
    return f"{versions.current(membership.organization_id)}{health.mark()}"


def _token(membership: Membership, pk: UUID) -> AccessToken:
    return get_object_or_404(
        membership.organization.tokens.select_related("organization", "created_by"), pk=pk
    )


def _to(membership: Membership, token: AccessToken) -> HttpResponse:
    return redirect("tokens:detail", membership.organization.slug, token.pk)


def _replaced(token: AccessToken, form: ReplaceForm, actor: Actor) -> None:
    operations.replace(_as_seen(token, form), form.cleaned_data["token"], actor)


def _as_seen(token: AccessToken, form: Form) -> AccessToken:
    token.version = form.cleaned_data["version"]
    return token


def _renewed(request: HttpRequest, token: AccessToken) -> dict[str, str]:
    """What was posted, upon the version that is now the latest: saving again will do."""
    token.refresh_from_db()
    return request.POST.dict() | {"version": str(token.version)}


def _conflict(renewed: _AnyForm) -> _AnyForm:
    renewed.full_clean()
    renewed.add_error(
        None, _("Somebody changed this token meanwhile. See how it is now, and save again.")
    )
    return renewed


def _status(form: Form) -> int:
    return 422 if form.is_bound and form.errors else 200


def _shown(problem: Diagnosis | None) -> dict[str, object] | None:
    return problem.to_json() if problem else None
