"""Requests that hfadmin does not answer with what was asked for, each with the reason on a page.

The pages stand alone: they come before the session and the database are asked.
"""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    DisallowedRedirect,
    RequestDataTooBig,
    SuspiciousFileOperation,
    SuspiciousMultipartForm,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hfadmin.refusals import FileSent

log = structlog.get_logger(__name__)

_NOTHING_CHANGED = _("Nothing was changed. Go back and send the form again.")
# The first that fits counts, so what is special stands before what is general.
SENTENCES: dict[type[Exception], str | Promise] = {
    DisallowedHost: _(
        "hfadmin does not answer at this address. If it should, its operator sets HFADMIN_URL to "
        "the address that people type."
    ),
    FileSent: _("The form came with a file, and no page here takes files. Nothing was changed."),
    TooManyFieldsSent: _("The form has more fields than any form of hfadmin. Nothing was changed."),
    TooManyFilesSent: _("The form came with files, and no page here takes any."),
    RequestDataTooBig: _("The form is too long. Shorten what was pasted; nothing was changed."),
    MultiPartParserError: _("The form did not arrive whole. Nothing was changed; send it again."),
    SuspiciousMultipartForm: _("The form did not arrive whole. Nothing was changed."),
    DisallowedRedirect: _("The address leads to a place where hfadmin sends nobody."),
    SuspiciousFileOperation: _("The address names a file that no page gives out."),
    SuspiciousOperation: _NOTHING_CHANGED,
    BadRequest: _NOTHING_CHANGED,
}
_FORGOTTEN_HEADER = _(
    "hfadmin is behind a proxy that does not say whether people came by https, so it would send "
    "them in circles. Its operator lets the proxy set the header X-Forwarded-Proto."
)
# Kept by the browser for as long as a redirect takes.
_REDIRECTED = "hfadmin_to_https"
_SECONDS = 10


def page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of status 400."""
    if isinstance(exception, DisallowedHost):
        log.warning(
            "host_not_configured",
            host=request.META.get("HTTP_HOST", "")[:200],
            hint="Set HFADMIN_URL to the address that people type.",
        )
    return _page(sentence(exception))


def sentence(exception: Exception) -> str | Promise:
    kinds = (said for kind, said in SENTENCES.items() if isinstance(exception, kind))
    return next(kinds, _NOTHING_CHANGED)


def redirects_in_circles(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a visitor who was sent to https, and comes by http again as far as the proxy
    says, is told so in place of being sent there for ever."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not settings.SECURE_SSL_REDIRECT or request.is_secure():
            return get_response(request)
        if "X-Forwarded-Proto" not in request.headers and _was_redirected(request):
            log.error(
                "forwarded_proto_missing",
                hint="Let the reverse proxy set X-Forwarded-Proto to the scheme of the request.",
            )
            return _page(_FORGOTTEN_HEADER)
        response = get_response(request)
        if response.status_code == 301 and response["Location"].startswith("https://"):
            response.set_cookie(_REDIRECTED, "1", max_age=_SECONDS, httponly=True, samesite="Lax")
        return response

    return answer


def _was_redirected(request: HttpRequest) -> bool:
    return _REDIRECTED in request.COOKIES


def _page(explanation: str | Promise) -> HttpResponse:
    return HttpResponse(render_to_string("400.html", {"explanation": explanation}), status=400)
