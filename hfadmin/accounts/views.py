"""Views for the set-up, signing in, passwords and the organization's settings."""

from typing import Any

from allauth.account.views import (
    AccountInactiveView,
    LoginView,
    LogoutView,
    PasswordChangeView,
)
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from hfadmin.accounts import access, drafts, operations, rate_limits
from hfadmin.accounts.forms import NewPasswordForm, OrganizationForm, SetupForm
from hfadmin.accounts.models import Membership, Role, User
from hfadmin.audit.actors import Actor


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)  # noqa: S101 - SignInRequired let nobody else through
    membership = Membership.objects.of(request.user).first()
    if membership is None:
        return render(request, "accounts/no_organization.html")
    return redirect("overview:home", membership.organization.slug)


@login_not_required
@never_cache
@sensitive_post_parameters("code", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Create the first administrator and organization. 404 once there is an account."""
    if operations.is_set_up():
        raise Http404
    form = SetupForm(request.POST or None)
    if form.is_valid():
        user = _try_setup(request, form)
        if user:
            login(request, user, "allauth.account.auth_backends.AuthenticationBackend")
            return redirect("accounts:front")
    return render(request, "accounts/setup.html", {"form": form}, status=_status(form))


def _try_setup(request: HttpRequest, form: SetupForm) -> User | None:
    given = form.cleaned_data
    if not rate_limits.allows(request, "setup_code"):
        form.add_error(
            "code", _("Too many wrong codes came from your address. Try again in five minutes.")
        )
        return None
    try:
        return operations.set_up(
            given["code"],
            email=given["email"],
            password=given["password"],
            organization=given["organization"],
        )
    except operations.WrongCodeError:
        form.add_error(
            "code", _("This is not the code that the console shows. Look for the latest one.")
        )
    except operations.AlreadySetUpError:
        raise Http404 from None
    return None


@login_not_required
@never_cache
@sensitive_post_parameters("code", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """Set a new password by the code in the fragment of a link, which no server logs."""
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and not rate_limits.allows(request, "password_link"):
        return render(request, "429.html", status=429)
    if form.is_valid():
        given = form.cleaned_data
        user = operations.set_password_by_code(given["code"], given["password"])
        if user:
            login(request, user, "allauth.account.auth_backends.AuthenticationBackend")
            messages.success(request, _("Your new password is set. Other sessions have ended."))
            return redirect("accounts:front")
        form.add_error(
            "code",
            _("This link has been used, is older than a day, or is incomplete. Ask for a new one."),
        )
    return render(request, "accounts/new_password.html", {"form": form}, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def organization_settings(request: HttpRequest, organization: str) -> HttpResponse:
    membership = access.member(request, organization)
    mine = membership.organization
    if request.method == "POST":
        membership = access.member(request, organization, Role.ADMIN)
        form = OrganizationForm(request.POST)
        if form.is_valid():
            operations.rename_organization(mine, form.cleaned_data["name"], Actor.of(request))
            messages.success(request, _("The organization is called %s now.") % mine.name)
            return redirect("accounts:organization", mine.slug)
    else:
        draft = drafts.pop(request, OrganizationForm)
        form = OrganizationForm(initial={"name": mine.name} | draft)
    members = mine.memberships.select_related("user").order_by("user__email")
    return render(
        request,
        "accounts/organization.html",
        {
            "form": form,
            "members": members,
            "person_command": f"hfadmin person add name@example.org --organization {mine.slug}"
            " --role viewer --password-stdin",
            "organization_command": 'hfadmin organization add "Another team"',
        },
        status=_status(form),
    )


class SignIn(LoginView):  # type: ignore[misc]
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not operations.is_set_up():
            return redirect("accounts:setup")
        return super().dispatch(request, *args, **kwargs)

    def form_invalid(self, form: Form) -> HttpResponse:
        context = self.get_context_data(form=form)
        return render(self.request, self.template_name, context, status=422)


class ChangePassword(PasswordChangeView):  # type: ignore[misc]
    def form_invalid(self, form: Form) -> HttpResponse:
        context = self.get_context_data(form=form)
        return render(self.request, self.template_name, context, status=422)


class SignOut(LogoutView):  # type: ignore[misc]
    def post(self, *args: Any, **kwargs: Any) -> Any:
        response = super().post(*args, **kwargs)
        # Not "cookies": that would delete those of other ports of this host.
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


_form = require_http_methods(["GET", "HEAD", "POST"])
sign_in = login_not_required(_form(SignIn.as_view()))
sign_out = login_not_required(_form(SignOut.as_view()))
change_password = _form(ChangePassword.as_view())
switched_off = login_not_required(require_safe(AccountInactiveView.as_view()))


def _status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200
