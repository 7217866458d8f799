"""Whether a script or a page sent a request, and from which page."""

from urllib.parse import SplitResult, urlsplit, urlunsplit

from django.http import HttpRequest
from django.utils.http import escape_leading_slashes, url_has_allowed_host_and_scheme

from hfadmin.accounts import drafts


def is_from_script(request: HttpRequest) -> bool:
    """Whether htmx asks, within a page that stays open."""
    return "HX-Request" in request.headers


def is_for_its_page(request: HttpRequest) -> bool:
    """Whether htmx asks for the page that is open: this address, perhaps with another query."""
    page = _own_page(request, "HX-Current-URL")
    return page is not None and page.path == request.path


def form_page(request: HttpRequest) -> str:
    """Return the path and query of the page to open in place of this request.

    That is the request's own URL. For a POST without fields, such as of a button, it is the page
    with the button, since such a URL may answer to POST only.
    """
    here = request.get_full_path()
    if request.method != "POST" or drafts.posted_fields(request):
        return here
    page = _own_page(request, "Referer")
    if page is None:
        return here
    return escape_leading_slashes(urlunsplit(("", "", page.path or "/", page.query, "")))


def _own_page(request: HttpRequest, header: str) -> SplitResult | None:
    """The address in the header, if it is one of this site."""
    address = request.headers.get(header, "")
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    return urlsplit(address) if is_ours else None
