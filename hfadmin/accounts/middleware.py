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

from hfadmin.accounts import browsers, drafts, operations
from hfadmin.accounts.models import User
from hfadmin.accounts.pages import form_page, is_from_script
from hfadmin.credentials import holds_token

_TOKEN_IN_ADDRESS = gettext_lazy(
    "That was an access token. Searches do not take one, so it was not looked up and is not kept "
    "here. It stood in an address, though: where others may read those, replace it at Hugging Face."
)


def redirects_of_scripts(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Turns a redirect that answers a script into 204 with the target in HX-Redirect.

    The browser would follow a redirect before the script sees it, and the message that is meant for
    the page there would be lost with the page.
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
        # A page has been opened in full before its scripts ask, every two seconds, for news of it.
        needed = getattr(request, "needed_sign_in", False) and not is_from_script(request)
        if needed and isinstance(request.user, User):
            browsers.remember(request, response, request.user)
        return response


class NoTokensInAddresses:
    """A page whose address holds an access token, as a search that one was pasted into, is opened
    without: nothing of it is looked up, shown, or left in the browser's history."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = [(name, value) for name, values in request.GET.lists() for value in values]
        kept = [(name, value) for name, value in given if not holds_token(f"{name}={value}")]
        if request.method not in {"GET", "HEAD"} or kept == given:
            return self.get_response(request)
        path = escape_leading_slashes(request.path)
        page = f"{path}?{urlencode(kept)}" if kept else path
        # A script that only asks for suggestions has no place for words.
        is_page = request.headers.get("Sec-Fetch-Dest", "document") == "document"
        if request.user.is_authenticated and (is_page or is_from_script(request)):
            messages.warning(request, _TOKEN_IN_ADDRESS)
        return redirect(page)


def ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Lead to the sign-in, and from there back to the form that was sent."""
    if not operations.is_set_up():
        return redirect("accounts:setup")
    if is_from_script(request):
        # The page stays as it is, with what was typed, and says that a sign-in is needed.
        return render(request, "accounts/signed_out.html", status=401)
    drafts.keep(request)
    return redirect_to_login(form_page(request))
