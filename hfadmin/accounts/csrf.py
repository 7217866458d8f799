"""The view for a failed CSRF check, such as of a form that was opened before signing in anew."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure

from hfadmin.accounts import account_cookie, drafts
from hfadmin.accounts.middleware import ask_to_sign_in
from hfadmin.accounts.request_source import form_page


def failed(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Redirect to the form, filled as it was, or render the error page.

    It redirects where a page of ours sent the request, from a browser in which somebody has signed
    in. The request itself is never carried out.
    """
    if not _is_from_own_page(request):
        return csrf_failure(request, reason)
    if not request.user.is_authenticated:
        if _is_public(request) or account_cookie.account_id(request) is None:
            return csrf_failure(request, reason)
        return ask_to_sign_in(request)
    if not drafts.save(request):
        messages.warning(
            request,
            _(
                "Nothing was changed, because you have signed in anew since this page was opened. "
                "Please do it once more."
            ),
        )
    return redirect(form_page(request))


def _is_from_own_page(request: HttpRequest) -> bool:
    """Whether the Origin header, which no page can forge, names this site."""
    ours = [f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS]
    return request.headers.get("Origin") in ours


def _is_public(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and not getattr(match.func, "login_required", True)
