"""Ready for another language: every sentence can be translated, every page can be turned."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import ConsoleErrors, format_found
from tests.browser.conftest import NewPage
from tests.stack.databases import texts_in
from tests.stack.processes import PYTHON, Process, free_port
from tests.stack.running import Demo

# Whatever stands in the database is data, in no language; so are code, times and what was typed.
# The names of the product and of the one it talks to stay as they are everywhere.
UNTRANSLATED = """(stored) => {
  const untouched = "bdi, code, time, script, style, noscript, template, body [dir=ltr]";
  const data = new Set([...stored, "hfadmin", "Hugging Face"]);
  const isSentence = (text) => /\\p{L}{2}/u.test(text) && !text.includes("⟦") && !data.has(text);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  let inside = 0;
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim();
    // A sentence with elements in it is several pieces of text between one pair of brackets.
    const before = inside;
    inside += (text.match(/⟦/g) ?? []).length - (text.match(/⟧/g) ?? []).length;
    const parent = walker.currentNode.parentElement;
    if (before === 0 && isSentence(text) && !parent.closest(untouched))
      found.push(parent.outerHTML.slice(0, 160));
  }
  for (const name of ["aria-label", "placeholder", "title", "alt"])
    for (const element of document.querySelectorAll(`[${name}]:not(time)`))
      // What says of itself in which language it is, is not the page's.
      if (isSentence(element.getAttribute(name)) && !element.closest("body [lang]"))
        found.push(`${name}: ${element.outerHTML.slice(0, 160)}`);
  return found;
}"""
SIDEBAR_IS_AT_THE_END = """() => {
  const sidebar = document.querySelector(".sidebar"), main = document.querySelector("main");
  if (!sidebar) return document.documentElement.dir === "rtl";
  return sidebar.getBoundingClientRect().left >= main.getBoundingClientRect().right - 1;
}"""


@pytest.fixture(scope="session")
def translated(demo: Demo) -> Iterator[str]:
    """A second web server over the demo's data, which knows the two languages more."""
    port = free_port()
    environment = demo.environment | {
        "DJANGO_SETTINGS_MODULE": "tests.browser.pseudo_locales",
        "HFADMIN_BIND": f"127.0.0.1:{port}",
    }
    server = Process(
        "translated", [PYTHON, "-m", "hfadmin", "web"], environment, demo.process.log.parent
    )
    server.wait_for(f"http://127.0.0.1:{port}/healthz")
    yield f"http://127.0.0.1:{port}"
    server.kill()


def test_every_visible_sentence_goes_through_gettext(
    demo: Demo, paths: dict[str, str], translated: str, new_page: NewPage, signed_in: Any
) -> None:
    page = new_page(storage_state=signed_in, base_url=translated, locale="eo")
    stored = sorted(texts_in(demo.data / "hfadmin.sqlite3"))
    found = {path: _untranslated(page, path, stored) for path in paths.values()}
    assert not any(found.values()), format_found(found)


def test_what_a_dialog_says_without_an_answer_goes_through_gettext(
    demo: Demo, translated: str, new_page: NewPage, signed_in: Any, console_errors: ConsoleErrors
) -> None:
    console_errors.expect("ERR_INTERNET_DISCONNECTED")
    console_errors.expect("Failed to fetch")
    page = new_page(storage_state=signed_in, base_url=translated, locale="eo")
    page.goto("/o/acme/tokens/")
    page.get_by_role("link", name="ci-reader").click()
    page.get_by_role("link", name="Replace").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("dialog").get_by_role("button").last.click()
    expect(page.get_by_role("alert")).to_be_visible()
    stored = sorted(texts_in(demo.data / "hfadmin.sqlite3"))
    assert not page.evaluate(UNTRANSLATED, stored)


@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_can_be_read_from_right_to_left(
    width: int, paths: dict[str, str], translated: str, new_page: NewPage, signed_in: Any
) -> None:
    page = new_page(
        storage_state=signed_in,
        base_url=translated,
        locale="ar",
        viewport={"width": width, "height": 900},
    )
    broken = {}
    for path in paths.values():
        page.goto(path)
        turned = width < 600 or page.evaluate(SIDEBAR_IS_AT_THE_END)
        if page.locator("html[dir=rtl]").count() == 0 or not turned:
            broken[path] = "is not turned"
        elif page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            broken[path] = "scrolls sideways"
    assert not broken


def _untranslated(page: Page, path: str, stored: list[str]) -> list[str]:
    page.goto(path)
    assert "⟦" in page.content()
    found: list[str] = page.evaluate(UNTRANSLATED, stored)
    return found
