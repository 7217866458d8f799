"""A crawler of the pages that links lead to."""

import re
from collections import deque
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve

from tests.stack.processes import wait_until
from tests.stack.running import Demo
from tests.stack.visitor import Visitor


def reachable_pages(demo: Demo) -> dict[str, str]:
    """Return the path of a page for each view, by the view's name, as the administrator."""
    with demo.visitor() as visitor:
        start = visitor.sign_in(demo.email, demo.password).url.path
        # The last of the demo's models to be checked is one that sleeps.
        asleep = "Wake and verify"
        wait_until(lambda: asleep in visitor.get(f"{start}models/").text, "all is checked")
        return _followed(visitor, start)


def _followed(visitor: Visitor, start: str) -> dict[str, str]:
    found: dict[str, str] = {}
    waiting = deque([start, "/accounts/password/change/"])
    while waiting:
        path = waiting.popleft()
        name = _view_of(path)
        if name is None or name in found:
            continue
        page = visitor.get(path)
        if page.status_code == 200 and "text/html" in page.headers["content-type"]:
            found[name] = path
            waiting += _links(page.text, path)
    return found


def _view_of(path: str) -> str | None:
    try:
        return resolve(path).view_name
    except Resolver404:
        return None


def _links(html: str, path: str) -> list[str]:
    links = (
        urlsplit(urljoin(path, link)) for link in re.findall(r'<a\b[^>]*\bhref="([^"]*)"', html)
    )
    return [link.path for link in links if not link.netloc]
