"""A page that nobody looks at asks for nothing; looked at again, it asks at once."""

from typing import Any

import pytest
from playwright.sync_api import Page, Request

from tests.browser.chromium import ConsoleErrors

STEPS = """() => {
  const steps = document.createElement("section");
  steps.setAttribute("hx-get", "/o/acme/models/checks/asked/");
  steps.setAttribute("hx-trigger", "every 1s");
  document.querySelector("main").append(steps);
  htmx.process(steps);
}"""
LOOK = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.mark.parametrize(
    ("address", "prepare", "asks"),
    [
        pytest.param("/o/acme/endpoints/", None, "/o/acme/endpoints/", id="a live list"),
        pytest.param("/o/acme/tokens/add/", STEPS, "/checks/asked/", id="the steps of a check"),
    ],
)
def test_a_hidden_page_does_not_poll(
    page: Page, address: str, prepare: str | None, asks: str, console_errors: ConsoleErrors
) -> None:
    # A poll under way while the clock jumps runs out of time, and htmx writes that down.
    console_errors.expect("signal is aborted")
    asked: list[str] = []

    def count(request: Request) -> None:
        if request.resource_type in {"fetch", "xhr"} and asks in request.url:
            asked.append(request.url)

    def nothing_new(route: Any) -> None:
        route.fulfill(status=204) if "asked" in route.request.url else route.fallback()

    page.clock.install()
    page.route("**/checks/asked/", nothing_new)
    page.goto(address)
    if prepare:
        page.evaluate(prepare)
    page.on("request", count)
    page.clock.run_for(2500)
    page.evaluate(LOOK, True)
    page.clock.run_for(2500)  # one that was under way may still be told of
    while_seen = len(asked)
    page.clock.run_for(60_000)
    while_hidden = len(asked) - while_seen
    with page.expect_request(lambda request: asks in request.url):
        page.evaluate(LOOK, False)
        page.clock.run_for(2500)
    assert while_seen > 0
    assert while_hidden == 0
