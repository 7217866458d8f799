"""Live pages: an open page asks every two seconds whether there is anything new to show.

`components/poll.html` makes an element ask. It tells what the page shows in the header `HX-PTag`,
and the answer to a poll tells in the same header what the page shows from then on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zlib import crc32

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

HEADER = "HX-PTag"
# Enough for a version and a hundred rows, and far from what a server takes as a header.
_LONGEST_TAG = 1000


@dataclass(frozen=True)
class Row:
    """A row of a live table: `html` is a `<tr>` with the id `id`."""

    id: str
    html: SafeString

    @cached_property
    def digest(self) -> str:
        return f"{crc32(self.html.encode()):08x}"


def page(
    request: HttpRequest, template: str, version: str, context: Callable[[], dict[str, Any]]
) -> HttpResponse:
    """The whole page; to a poll the template's partial `live`, or 304 if it shows this version.

    `context` is called only if there is something to render. The `Row`s that it may have as
    `live_rows` are rendered by `{{ rows_html }}`: in the partial, those that the page shows already
    are empty and marked with `data-same`.
    """
    known = request.headers.get(HEADER)
    shown, _, digests = _readable(known).partition(":")
    if known is not None and shown == version:
        return HttpResponseNotModified(headers={"Cache-Control": "no-store"})
    values = context()
    rows: Sequence[Row] = values.get("live_rows", ())
    tag = _tag(version, rows)
    values |= {"tag": tag, "rows_html": _html(rows, set(digests.split(".")))}
    response = render(request, template if known is None else f"{template}#live", values)
    if known is not None:
        # To any other request of htmx's, its element would tell this tag the next time.
        response.headers[HEADER] = tag
    response.headers["Cache-Control"] = "no-store"
    return response


def is_poll(request: HttpRequest) -> bool:
    return HEADER in request.headers


def shows(request: HttpRequest, beginning: str) -> bool:
    """Whether the page that polls shows a version that begins so."""
    return request.headers.get(HEADER, "").startswith(beginning)


def tell_until_settled(request: HttpRequest, sentence: str, matter: str) -> None:
    """A message about something under way: it goes once the page shows `data-settled` with the
    same matter."""
    messages.info(request, sentence, extra_tags=f"until-{matter}")


def _readable(tag: str | None) -> str:
    return "" if tag is None or len(tag) > _LONGEST_TAG else tag


def _tag(version: str, rows: Sequence[Row]) -> str:
    """The version, and the digests of the rows unless that would be too long."""
    tag = ":".join([version, ".".join(row.digest for row in rows)])
    return tag if rows and len(tag) <= _LONGEST_TAG else version


def _html(rows: Sequence[Row], known: set[str]) -> SafeString:
    parts = (
        format_html('<tr id="{}" data-same></tr>', row.id) if row.digest in known else row.html
        for row in rows
    )
    return mark_safe("".join(parts))  # noqa: S308 - made of safe strings
