"""The server's side of a live page (static/js/live.js is the other).

An open page asks every two seconds, telling the version that it shows in `Live-Version`.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

HEADER = "Live-Version"
# Far more than any version of ours takes.
_LONGEST = 100


def known_version(request: HttpRequest) -> str | None:
    """The version that the asking page shows. None: not a poll. Empty: send everything."""
    version = request.headers.get(HEADER)
    return "" if version and len(version) > _LONGEST else version


def nothing_new() -> HttpResponse:
    return HttpResponse(status=204)


def tell_until_settled(request: HttpRequest, sentence: str, matter: str) -> None:
    """A message about something under way: it goes once the page shows `data-settled` with the
    same matter."""
    messages.info(request, sentence, extra_tags=f"until-{matter}")


def update(html: str, version: str | int) -> HttpResponse:
    return HttpResponse(html, headers={HEADER: str(version), "Cache-Control": "no-store"})
