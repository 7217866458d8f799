"""Fixtures: headless Chromium and a running demo. Errors on the console fail a test."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, CHROMIUM, ConsoleErrors
from tests.browser.crawler import reachable_pages
from tests.stack.running import Demo

NewPage = Callable[..., Page]
# Of what is waited for, in milliseconds: the machine may be busy, and no test is about speed.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM and "CI" not in os.environ:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed here"))


@pytest.fixture(scope="session")
def explored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Demo, dict[str, str]]]:
    """A demo, and its pages as they are before any test has changed it."""
    demo = Demo(tmp_path_factory.mktemp("demo"))
    try:
        yield demo, reachable_pages(demo)
    finally:
        demo.end()


@pytest.fixture(scope="session")
def demo(explored: tuple[Demo, dict[str, str]]) -> Demo:
    """One demo for all tests: no test may change what another looks at."""
    return explored[0]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Not for the session: Playwright runs an event loop, in which Django's ORM refuses to work."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def signed_in(demo: Demo) -> Any:
    """The cookies of the administrator, for `new_page(storage_state=…)`."""
    with demo.visitor() as visitor:
        visitor.sign_in(demo.email, demo.password)
        cookies = [
            {"name": cookie.name, "value": cookie.value or "", "url": demo.url}
            for cookie in visitor.http.cookies.jar
        ]
    return {"cookies": cookies, "origins": []}


@pytest.fixture(scope="session")
def paths(explored: tuple[Demo, dict[str, str]]) -> dict[str, str]:
    """The path of each page by the name of its view."""
    return explored[1]


@pytest.fixture
def console_errors() -> Iterator[ConsoleErrors]:
    """The errors of this test's pages, of which there must be none at the end."""
    console_errors = ConsoleErrors()
    yield console_errors
    assert not console_errors.found, "\n".join(console_errors.found)


@pytest.fixture
def new_page(chromium: Browser, demo: Demo, console_errors: ConsoleErrors) -> Iterator[NewPage]:
    """Makes a page in a new context; the arguments are those of Playwright's `new_context`."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> Page:
        options.setdefault("base_url", demo.url)
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = chromium.new_context(**options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        console_errors.listen_to(page)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: NewPage, signed_in: Any) -> Page:
    """A blank page, signed in as the administrator."""
    return new_page(storage_state=signed_in)


@pytest.fixture
def own_session(new_page: NewPage, demo: Demo, console_errors: ConsoleErrors) -> Page:
    """A page of the administrator in a session of its own, which a test may end."""
    console_errors.expect("401 (Unauthorized)")  # where the page polls before it is signed in again
    page = new_page()
    sign_in(page, demo)
    return page


def sign_in(page: Page, demo: Demo) -> None:
    """Sign in by the form."""
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(demo.email)
    page.get_by_label("Password").fill(demo.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".identity")).to_be_visible()


def end_session(page: Page, demo: Demo) -> None:
    """Delete the session in the database; the browser keeps its cookie."""
    keys = [(cookie.get("value", ""),) for cookie in page.context.cookies()]
    with closing(sqlite3.connect(demo.data / "hfadmin.sqlite3", timeout=20)) as database, database:
        ended = database.executemany("DELETE FROM django_session WHERE session_key = ?", keys)
    assert ended.rowcount == 1
