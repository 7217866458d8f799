"""Middleware: sign-in required, redirects for scripts, and no access tokens in URLs."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import escape_leading_slashes
from django.utils.translation import gettext_lazy

from hfadmin.accounts import account_cookie, drafts, operations
from hfadmin.accounts.models import User
from hfadmin.accounts.request_source import form_page, is_for_its_page, is_from_script
from hfadmin.credentials import holds_token

_TOKEN_IN_ADDRESS = gettext_lazy(
    "That was an access token. Searches do not take one, so it was not looked up and is not kept "
    "here. It stood in an address, though: where others may read those, replace it at Hugging Face."
)


def redirect_scripts(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Turn the redirect of a script's request into 204 with the target in HX-Redirect.

    A browser follows a redirect before the script sees it, and the fetched page would use up the
    messages that are meant for the person.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if is_from_script(request) and "Location" in response.headers:
            response.status_code = 204
            response.headers["HX-Redirect"] = response.headers["Location"]
            del response.headers["Location"]
        return response

    return answer


class SignInRequired(LoginRequiredMiddleware):
    """Requires a sign-in for every view without `login_not_required`.

    What was typed into a form when the session had ended is saved as a draft.
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
        # Polls need not set it: the page that polls has.
        needed = getattr(request, "needed_sign_in", False) and not is_from_script(request)
        if needed and isinstance(request.user, User):
            account_cookie.set_on(response, request, request.user)
        return response


class StripTokensFromQuery:
    """Redirects a GET with an access token in its query, such as a search, to the URL without it.

    The token is not searched for, shown, or left in the browser's history.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = [(name, value) for name, values in request.GET.lists() for value in values]
        clean = [(name, value) for name, value in given if not holds_token(f"{name}={value}")]
        if request.method not in {"GET", "HEAD"} or clean == given:
            return self.get_response(request)
        path = escape_leading_slashes(request.path)
        page = f"{path}?{urlencode(clean)}" if clean else path
        # A script that asks for suggestions has no place for a message.
        is_page = request.headers.get("Sec-Fetch-Dest", "document") == "document"
        if request.user.is_authenticated and (is_page or is_for_its_page(request)):
            messages.warning(request, _TOKEN_IN_ADDRESS)
        return redirect(page)


def ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Redirect to the sign-in, and from there back to the page of the form; 401 to a script."""
    if not operations.is_set_up():
        return redirect("accounts:setup")
    if is_from_script(request):
        # The page stays as it is, with what was typed, and says that a sign-in is needed.
        return render(request, "accounts/signed_out.html", status=401)
    drafts.save(request)
    return redirect_to_login(form_page(request))
