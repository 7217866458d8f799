"""Requests that hfadmin does not answer with what was asked for, each with the reason on a page.

The pages stand alone: they come before the session and the database are asked.
"""

from collections.abc import Callable
from functools import cache

import structlog
from django.conf import settings
from django.contrib.sessions.exceptions import (
    InvalidSessionKey,
    SessionInterrupted,
    SuspiciousSession,
)
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
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hfadmin.refusals import FileSent, NullCharacter

log = structlog.get_logger(__name__)

_NOTHING_CHANGED = _("The request could not be read, so nothing was changed.")
_SIGN_IN_ANEW = _(
    "Your session could not be read. Delete the cookies of this site and sign in anew."
)
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
    NullCharacter: _("The address or a cookie holds a null character. Type the address anew."),
    SuspiciousSession: _SIGN_IN_ANEW,
    InvalidSessionKey: _SIGN_IN_ANEW,
    SessionInterrupted: _("You were signed out while this was under way. Sign in again."),
    SuspiciousOperation: _NOTHING_CHANGED,
    BadRequest: _NOTHING_CHANGED,
}
_IN_CIRCLES = _(
    "hfadmin is behind a proxy that does not say that people came by https, so it would send them "
    "in circles. Its operator lets the proxy set the header X-Forwarded-Proto to https for them."
)
# Ends the query of every address that people are sent to. Not a cookie: not every client keeps one.
_SENT = "to_https=1"


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
    """Middleware: who was sent to https, and then comes by http as far as the proxy says, is told
    so in place of being sent there for ever. Who arrived is sent on to the address as it was."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not settings.SECURE_SSL_REDIRECT:
            return get_response(request)
        if request.is_secure():
            arrived = _was_sent(request) and request.method in {"GET", "HEAD"}
            return _temporarily(_as_it_was(request)) if arrived else get_response(request)
        if _was_sent(request):
            _log_circles()
            return _page(_IN_CIRCLES)
        response = get_response(request)
        location = response.headers.get("Location", "")
        if response.status_code == 301 and location.startswith("https://"):
            return _temporarily(f"{location}{'&' if '?' in location else '?'}{_SENT}")
        return response

    return answer


def _was_sent(request: HttpRequest) -> bool:
    return f"&{request.META.get('QUERY_STRING', '')}".endswith(f"&{_SENT}")


def _as_it_was(request: HttpRequest) -> str:
    # With the host: a path of two slashes alone would name another one.
    here = f"https://{request.get_host()}{request.get_full_path()}"
    return here.removesuffix(_SENT)[:-1]  # and the ? or & before it


def _temporarily(location: str) -> HttpResponse:
    """Not for good: a browser that kept it would go in circles without asking again."""
    return HttpResponseRedirect(location, headers={"Cache-Control": "no-store"})


@cache
def _log_circles() -> None:
    """Once in the life of a process."""
    log.error(
        "redirects_in_circles",
        hint="Let the reverse proxy set X-Forwarded-Proto to the scheme that people use.",
    )


def _page(explanation: str | Promise) -> HttpResponse:
    return HttpResponse(render_to_string("400.html", {"explanation": explanation}), status=400)
