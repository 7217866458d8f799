"""What holds for every page: no errors on the console, accessible, fit for small screens."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page

from tests.browser.chromium import ConsoleErrors, format_found
from tests.browser.conftest import NewPage
from tests.route_table import ROUTES

SIZES = {"desk": (1440, 900), "small desk": (1024, 768), "phone": (390, 844)}
# Views without a page of their own, or without one for somebody who has an account and a session.
NOT_PAGES = {
    "account_inactive",
    "account_login",
    "account_logout",
    "accounts:new_password",
    "accounts:setup",
    "background:alive",
    "background:ready",
    "catalog:suggest_endpoints",
    "catalog:suggest_models",
    "catalog:suggest_namespaces",
    "catalog:verification",
    "deploying:requests",  # asked for without a form, it is the form
    "deploying:suggest",
    "lifecycle:batch",
    "lifecycle:outcome",
    *(name for name, route in ROUTES.items() if route.read is None),
}


def test_every_page_is_reached_by_links(paths: dict[str, str]) -> None:
    assert set(paths) == set(_views(get_resolver())) - NOT_PAGES


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    scheme: str,
    paths: dict[str, str],
    new_page: NewPage,
    signed_in: Any,
    console_errors: ConsoleErrors,
) -> None:
    console_errors.expect("/no/such/page/: Failed to load resource")
    page = new_page(storage_state=signed_in, color_scheme=scheme, reduced_motion="reduce")
    nobody = new_page(color_scheme=scheme)
    # But for its colours, a page is the same in the dark.
    rules = {} if scheme == "light" else {"runOnly": ["color-contrast"]}
    found = {path: _axe(page, path, rules) for path in [*paths.values(), "/no/such/page/"]}
    found["/accounts/login/"] = _axe(nobody, "/accounts/login/", rules)
    assert not any(found.values()), format_found(found)


@pytest.mark.parametrize("size", SIZES)
def test_nothing_scrolls_sideways(
    size: str, paths: dict[str, str], new_page: NewPage, signed_in: Any
) -> None:
    width, height = SIZES[size]
    page = new_page(storage_state=signed_in, viewport={"width": width, "height": height})
    found = {path: _too_wide(page, path) for path in paths.values()}
    assert not any(found.values()), format_found(found)


def _views(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            deeper = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _views(entry, deeper)
        elif isinstance(entry, URLPattern) and entry.name:
            yield namespace + entry.name


def _axe(page: Page, path: str, rules: dict[str, Any]) -> list[str]:
    page.goto(path)
    results = Axe().run(page, options=rules)
    return [
        f"{violation['id']}: {node['target']} {node['html'][:200]} {node['failureSummary']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


_WIDER_THAN_THE_SCREEN = """() => {
  const root = document.documentElement, width = root.clientWidth;
  if (root.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > width + 1)
    .map((element) => element.outerHTML.slice(0, 120)).slice(0, 5);
}"""


def _too_wide(page: Page, path: str) -> list[str]:
    page.goto(path)
    found: list[str] = page.evaluate(_WIDER_THAN_THE_SCREEN)
    return found
