"""Chromium without a screen, in front of the demo. A page that complains fails its test."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, PATH, Complaints
from tests.browser.pages import reachable
from tests.stack.running import Demo

NewPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not PATH and "CI" not in os.environ:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed here"))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One for all tests: each changes only what no other looks at."""
    demo = Demo(tmp_path_factory.mktemp("demo"))
    yield demo
    demo.end()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Ended with the module: while it runs, Django takes the thread for an asynchronous one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PATH, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def signed_in(demo: Demo) -> Any:
    """What a browser keeps of having signed in, for `new_page(storage_state=…)`."""
    with demo.visitor() as visitor:
        visitor.sign_in(demo.email, demo.password)
        cookies = [
            {"name": cookie.name, "value": cookie.value or "", "url": demo.url}
            for cookie in visitor.http.cookies.jar
        ]
    return {"cookies": cookies, "origins": []}


@pytest.fixture(scope="session")
def paths(demo: Demo) -> dict[str, str]:
    """Every page: the name of its view → its address."""
    return reachable(demo)


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """What the pages of this test wrote to the console as an error, or broke of their policy."""
    complaints = Complaints()
    yield complaints
    assert not complaints.found, "\n".join(complaints.found)


@pytest.fixture
def new_page(chromium: Browser, demo: Demo, complaints: Complaints) -> Iterator[NewPage]:
    """A page in a context of its own; the arguments are those of Playwright's `new_context`."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> Page:
        options.setdefault("base_url", demo.url)
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = chromium.new_context(**options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        complaints.listen_to(page)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: NewPage, signed_in: Any) -> Page:
    """The administrator's, at nothing yet."""
    return new_page(storage_state=signed_in)


@pytest.fixture
def own_session(new_page: NewPage, demo: Demo) -> Page:
    """The administrator's, in a session that may be ended: nobody else's ends with it."""
    page = new_page()
    sign_in(page, demo)
    return page


def sign_in(page: Page, demo: Demo) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(demo.email)
    page.get_by_label("Password").fill(demo.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".identity")).to_be_visible()


def end_session(page: Page, demo: Demo) -> None:
    """As a day later: the browser still has its cookie, the server knows no session of it."""
    keys = [(cookie.get("value", ""),) for cookie in page.context.cookies()]
    with closing(sqlite3.connect(demo.data / "hfadmin.sqlite3", timeout=20)) as database, database:
        ended = database.executemany("DELETE FROM django_session WHERE session_key = ?", keys)
    assert ended.rowcount == 1
