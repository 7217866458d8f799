"""The 400 page with the reason for the refusal, and the detection of redirect loops to https.

The page needs neither the session nor the database.
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

from hfadmin.middleware import FileUploaded, NullCharacter

log = structlog.get_logger(__name__)

_NOTHING_CHANGED = _("The request could not be read, so nothing was changed.")
_SIGN_IN_ANEW = _(
    "Your session could not be read. Delete the cookies of this site and sign in anew."
)
# The first that matches counts, so subclasses stand before their bases.
EXPLANATIONS: dict[type[Exception], str | Promise] = {
    DisallowedHost: _(
        "hfadmin does not answer at this address. If it should, its operator sets HFADMIN_URL to "
        "the address that people type."
    ),
    FileUploaded: _(
        "The form came with a file, and no page here takes files. Nothing was changed."
    ),
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
_REDIRECT_LOOP = _(
    "hfadmin is behind a proxy that does not say that people came by https, so it would send them "
    "in circles. Its operator lets the proxy set the header X-Forwarded-Proto to https for them."
)
# Appended to the query of every redirect to https. Not a cookie: not every client keeps one.
_MARKER = "to_https=1"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The view for `handler400`."""
    if isinstance(exception, DisallowedHost):
        log.warning(
            "host_not_configured",
            host=request.META.get("HTTP_HOST", "")[:200],
            hint="Set HFADMIN_URL to the address that people type.",
        )
    return _page(explanation(exception))


def explanation(exception: Exception) -> str | Promise:
    """Return the sentence that tells a person why the request was refused."""
    matching = (text for kind, text in EXPLANATIONS.items() if isinstance(exception, kind))
    return next(matching, _NOTHING_CHANGED)


def detect_redirect_loops(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that marks the URLs of redirects to https.

    A marked request that still arrives by http, as far as the proxy says, gets a page that explains
    the loop in place of one more redirect. One by https is redirected to the URL without the mark.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if not settings.SECURE_SSL_REDIRECT:
            return get_response(request)
        if request.is_secure():
            if _is_marked(request) and request.method in {"GET", "HEAD"}:
                return _temporary_redirect(_without_marker(request))
            return get_response(request)
        if _is_marked(request):
            _log_redirect_loop()
            return _page(_REDIRECT_LOOP)
        response = get_response(request)
        location = response.headers.get("Location", "")
        if response.status_code == 301 and location.startswith("https://"):
            return _temporary_redirect(f"{location}{'&' if '?' in location else '?'}{_MARKER}")
        return response

    return answer


def _is_marked(request: HttpRequest) -> bool:
    return f"&{request.META.get('QUERY_STRING', '')}".endswith(f"&{_MARKER}")


def _without_marker(request: HttpRequest) -> str:
    # With the host: a path that begins with two slashes would name another one.
    here = f"https://{request.get_host()}{request.get_full_path()}"
    return here.removesuffix(_MARKER)[:-1]  # and the ? or & before it


def _temporary_redirect(location: str) -> HttpResponse:
    """A redirect that no browser caches: a cached one would loop without asking again."""
    return HttpResponseRedirect(location, headers={"Cache-Control": "no-store"})


@cache
def _log_redirect_loop() -> None:
    """Once in a process."""
    log.error(
        "redirects_in_circles",
        hint="Let the reverse proxy set X-Forwarded-Proto to the scheme that people use.",
    )


def _page(text: str | Promise) -> HttpResponse:
    return HttpResponse(render_to_string("400.html", {"explanation": text}), status=400)
