from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from hfadmin.accounts import browsers, drafts, operations
from hfadmin.accounts.models import User
from hfadmin.accounts.pages import form_page, is_from_script


class SignInRequired(LoginRequiredMiddleware):
    """Every view asks for a sign-in unless it is marked with `login_not_required`.

    What somebody was filling in when the session ended waits for them behind the sign-in.
    """

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        answer: HttpResponseBase | None = super().process_view(
            request, view_func, view_args, view_kwargs
        )
        request.needed_sign_in = answer is None and getattr(  # type: ignore[attr-defined]
            view_func, "login_required", True
        )
        return answer

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        return ask_to_sign_in(request)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if getattr(request, "needed_sign_in", False) and isinstance(request.user, User):
            browsers.remember(request, response, request.user)
        return response


def ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Lead to the sign-in, and from there back to the form that was sent."""
    if not operations.is_set_up():
        return redirect("accounts:setup")
    if is_from_script(request):
        # The page stays as it is, with what was typed, and says that a sign-in is needed.
        return render(request, "accounts/signed_out.html", status=401)
    drafts.keep(request)
    return redirect_to_login(form_page(request))
