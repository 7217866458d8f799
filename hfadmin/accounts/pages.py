"""Where a request comes from: a script or a page, and which page."""

from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest
from django.utils.http import escape_leading_slashes, url_has_allowed_host_and_scheme

from hfadmin.accounts import drafts

# What each of them sends: htmx, static/js/live.js, static/js/dialog_form.js.
_SCRIPT_HEADERS = ("HX-Request", "Live-Version", "Dialog")


def is_from_script(request: HttpRequest) -> bool:
    return any(name in request.headers for name in _SCRIPT_HEADERS)


def form_page(request: HttpRequest) -> str:
    """The page to open again in place of this request, as a path with its query.

    That is its own address; of a POST that carried nothing typed, a mere button's, the page on
    which the button stood, because such an address often answers to POST only.
    """
    here = request.get_full_path()
    if request.method != "POST" or drafts.typed(request):
        return here
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure()):
        return here
    page = urlsplit(referer)
    return escape_leading_slashes(urlunsplit(("", "", page.path or "/", page.query, "")))
