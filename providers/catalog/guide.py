"""docs/guide.md as a page of help: the same text that is read beside the code, with its pictures.

It is part of the program: a file or a picture that is missing is found by a system check.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

if TYPE_CHECKING:
    from markdown_it.token import Token

FILE = Path("docs") / "guide.md"
PICTURES = "images/"  # beside the guide; the static files have them under guide/
_ABSOLUTE = re.compile(r"https?://")


class Section(NamedTuple):
    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class Guide:
    title: str
    sections: tuple[Section, ...]
    html: SafeString


class BrokenLinkError(Exception):
    """The guide points at something that is not there; the sentence says at what."""


@cache
def page() -> Guide:
    """The guide as it is packaged, rendered once for each process."""
    return rendered(text())


def text() -> str:
    return str((settings.BASE_DIR / FILE).read_text(encoding="utf-8"))


def rendered(source: str, address: Callable[[str], str] = static) -> Guide:
    """`address` tells where a static file is served. Raises BrokenLinkError for a link that
    leads nowhere and for a picture that is not there."""
    # Imported at first use: only who reads the guide needs it.
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("js-default")  # tables; markup in the text stays text
    tokens = markdown.parse(source)
    title, sections = _named_headings(tokens)
    anchors = {section.anchor for section in sections}
    for token in _all(tokens):
        token.attrs.pop("style", None)  # of aligned columns: the page's policy refuses it
        if token.type == "image":
            _place_picture(token, address)
        elif token.type == "link_open":
            _check_link(token, anchors)
    html = markdown.renderer.render(tokens, markdown.options, {})
    return Guide(title, tuple(sections), mark_safe(html))  # noqa: S308 - our own text, escaped


def _all(tokens: "list[Token]") -> "Iterator[Token]":
    for token in tokens:
        yield token
        yield from token.children or ()


def _named_headings(tokens: "list[Token]") -> tuple[str, list[Section]]:
    """The title, which the page shows itself, and the sections, which get an anchor each."""
    title, sections = "", []
    for place, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        words = "".join(part.content for part in tokens[place + 1].children or ())
        if token.tag == "h1":
            title = words
            token.hidden = tokens[place + 2].hidden = True
            tokens[place + 1].children = []
        else:
            token.attrSet("id", slugify(words))
            sections.append(Section(slugify(words), words))
    return title, sections


def _place_picture(token: "Token", address: Callable[[str], str]) -> None:
    source = str(token.attrs["src"])
    name = f"guide/{source.removeprefix(PICTURES)}"
    path = finders.find(name) if source.startswith(PICTURES) else None
    if not path:
        raise BrokenLinkError(f"the picture {source} is missing")
    with Path(path).open("rb") as file:
        header = file.read(24)
    # As a PNG begins: its size keeps the text from jumping while the pictures come.
    width, height = (int.from_bytes(header[at : at + 4]) for at in (16, 20))
    token.attrs |= {"src": address(name), "width": width, "height": height, "loading": "lazy"}


def _check_link(token: "Token", anchors: set[str]) -> None:
    target = str(token.attrs["href"])
    if _ABSOLUTE.match(target):
        token.attrs |= {"rel": "noreferrer"}
        return
    file, _, anchor = target.partition("#")
    if file not in {"", FILE.name} or anchor not in anchors | {""}:
        raise BrokenLinkError(f"the link {target} leads nowhere")
    token.attrs["href"] = f"#{anchor}"
