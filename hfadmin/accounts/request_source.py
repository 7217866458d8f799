"""Whether a script or a page sent a request, and from which page."""

from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest
from django.utils.http import escape_leading_slashes, url_has_allowed_host_and_scheme

from hfadmin.accounts import drafts

# Sent by htmx, static/js/live.js and static/js/dialog_form.js.
_SCRIPT_HEADERS = ("HX-Request", "Live-Version", "Dialog")


def is_from_script(request: HttpRequest) -> bool:
    return any(name in request.headers for name in _SCRIPT_HEADERS)


def form_page(request: HttpRequest) -> str:
    """Return the path and query of the page to open in place of this request.

    That is the request's own URL. For a POST without fields, such as of a button, it is the page
    with the button, since such a URL may answer to POST only.
    """
    here = request.get_full_path()
    if request.method != "POST" or drafts.posted_fields(request):
        return here
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure()):
        return here
    page = urlsplit(referer)
    return escape_leading_slashes(urlunsplit(("", "", page.path or "/", page.query, "")))
