"""Where a request comes from: a script or a page, and which page."""

from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest
from django.utils.http import escape_leading_slashes, url_has_allowed_host_and_scheme

from hfadmin.accounts import drafts


def is_from_script(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers or "Live-Version" in request.headers


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
