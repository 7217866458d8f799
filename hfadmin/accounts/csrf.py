"""A form whose safety code is no longer the right one, because somebody signed in meanwhile."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure

from hfadmin.accounts import browsers, drafts
from hfadmin.accounts.middleware import ask_to_sign_in
from hfadmin.accounts.pages import form_page


def failed(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """The form again, filled as it was, where it was sent from a page of ours in a browser of ours;
    the error page otherwise. The request itself is never carried out."""
    if not _is_from_own_page(request):
        return csrf_failure(request, reason)
    if not request.user.is_authenticated:
        if _is_public(request) or browsers.account_of(request) is None:
            return csrf_failure(request, reason)
        return ask_to_sign_in(request)
    if not drafts.keep(request):
        messages.warning(
            request,
            _(
                "Nothing was changed, because you have signed in anew since this page was opened. "
                "Please do it once more."
            ),
        )
    return redirect(form_page(request))


def _is_from_own_page(request: HttpRequest) -> bool:
    """By the header that no page can forge, which browsers send with every POST."""
    ours = [f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS]
    return request.headers.get("Origin") in ours


def _is_public(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and not getattr(match.func, "login_required", True)
