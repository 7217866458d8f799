"""Ready for another language: every sentence can be translated, every page can be turned."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NewPage
from tests.stack.processes import PYTHON, Process, free_port
from tests.stack.running import Demo

# Data, which is in no language: names, code, times and amounts, what was typed, and what stands
# in a log. The name of the product and of the one it talks to stay as they are everywhere.
UNTRANSLATED = """() => {
  const data = "bdi, code, time, script, style, noscript, textarea, template, .mono";
  const names = new Set(["hfadmin", "Hugging Face", "h"]);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  let inside = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode, text = node.data.trim();
    // A sentence with elements in it is several pieces of text between one pair of brackets.
    const before = inside;
    inside += (text.match(/⟦/g) ?? []).length - (text.match(/⟧/g) ?? []).length;
    if (before > 0 || inside > 0 || text.includes("⟦")) continue;
    if (!/\\p{L}{2}/u.test(text) || names.has(text) || node.parentElement.closest(data)) continue;
    found.push(`${node.parentElement.outerHTML.slice(0, 160)}`);
  }
  for (const element of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]"))
    for (const name of ["aria-label", "placeholder", "title", "alt"]) {
      const text = element.getAttribute(name) ?? "";
      if (/\\p{L}{2}/u.test(text) && !text.includes("⟦") && !element.closest(data))
        found.push(`${name}: ${element.outerHTML.slice(0, 160)}`);
    }
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
        "DJANGO_SETTINGS_MODULE": "tests.browser.languages",
        "HFADMIN_BIND": f"127.0.0.1:{port}",
    }
    server = Process(
        "translated", [PYTHON, "-m", "hfadmin", "web"], environment, demo.process.log.parent
    )
    server.wait_for(f"http://127.0.0.1:{port}/healthz")
    yield f"http://127.0.0.1:{port}"
    server.kill()


def test_every_visible_sentence_goes_through_gettext(
    paths: dict[str, str], translated: str, new_page: NewPage, signed_in: Any
) -> None:
    page = new_page(storage_state=signed_in, base_url=translated, locale="eo")
    assert not {path: found for path in paths.values() if (found := _untranslated(page, path))}


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


def _untranslated(page: Page, path: str) -> list[str]:
    page.goto(path)
    found: list[str] = page.evaluate(UNTRANSLATED)
    return found
