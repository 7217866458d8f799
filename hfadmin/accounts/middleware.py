from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from hfadmin.accounts import drafts, operations


class SignInRequired(LoginRequiredMiddleware):
    """Every view asks for a sign-in unless it is marked with `login_not_required`.

    What somebody was filling in when the session ended waits for them behind the sign-in.
    """

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        if not operations.is_set_up():
            return redirect("accounts:setup")
        if is_from_script(request):
            # The page stays as it is, with what was typed, and says that a sign-in is needed.
            return render(request, "accounts/signed_out.html", status=401)
        drafts.keep(request)
        response = super().handle_no_permission(request, view_func)
        assert isinstance(response, HttpResponse)  # noqa: S101 - a redirect to the sign-in
        return response


def is_from_script(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers or "Live-Version" in request.headers
