"""Rooms for everything: numbers and times are never cut, names break, no page scrolls sideways."""

import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from providers.endpoints.inventory import columns
from tests.browser import large_demo
from tests.browser.chromium import format_found
from tests.browser.conftest import NewPage
from tests.stack.processes import PYTHON, ROOT
from tests.stack.running import Demo

SIZES = {"desk": (1440, 900), "small desk": (1024, 768), "phone": (390, 844)}
HERE = "/o/acme/endpoints/"
CROWDED = f"{HERE}?q={large_demo.ENDPOINT}"
# Everything that may be chosen.
CHOSEN = "&".join(f"column={key}" for key in columns.CHOICES)
CUT = """() => {
  const cells = "main td.num, main td:has(> time), main time";
  const isCut = (cell) => {
    const { left, right } = cell.getBoundingClientRect();
    if (cell.scrollWidth > cell.clientWidth && cell.clientWidth) return true;
    for (let box = cell.parentElement; box && box.nodeName !== "MAIN"; box = box.parentElement) {
      if (box.matches(".wide")) return false;  // a table that scrolls by itself
      const around = box.getBoundingClientRect();
      const hides = getComputedStyle(box).overflowX !== "visible";
      if (hides && (right > around.right + 1 || left < around.left - 1)) return true;
    }
    return right > document.documentElement.clientWidth + 1;
  };
  return [...document.querySelectorAll(cells)]
    .filter((cell) => cell.getClientRects().length && isCut(cell))
    .map((cell) => cell.outerHTML.slice(0, 160));
}"""
TOO_WIDE = """() => {
  const root = document.documentElement, width = root.clientWidth;
  if (root.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > width + 1)
    .map((element) => element.outerHTML.slice(0, 120)).slice(0, 5);
}"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One of its own, with 500 more endpoints and the longest names."""
    demo = Demo(tmp_path_factory.mktemp("crowded"))
    try:
        subprocess.run(
            [PYTHON, "-m", "tests.browser.large_demo"], cwd=ROOT, env=demo.environment, check=True
        )
        yield demo
    finally:
        demo.end()


@pytest.fixture(scope="module")
def signed_in(demo: Demo) -> Any:
    with demo.visitor() as visitor:
        visitor.sign_in(demo.email, demo.password)
        cookies = [
            {"name": cookie.name, "value": cookie.value or "", "url": demo.url}
            for cookie in visitor.http.cookies.jar
        ]
    return {"cookies": cookies, "origins": []}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_no_number_and_no_time_is_cut(
    size: str, scheme: str, new_page: NewPage, signed_in: Any
) -> None:
    width, height = SIZES[size]
    page = new_page(
        storage_state=signed_in, viewport={"width": width, "height": height}, color_scheme=scheme
    )
    paths = (HERE, CROWDED, f"{CROWDED}&sort=-price", f"{CROWDED}&sort=-used&{CHOSEN}")
    found = {path: _found(page, path, CUT) for path in paths}
    assert not any(found.values()), format_found(found)


def test_columns_that_were_chosen_are_lines_of_the_row_on_a_phone(
    new_page: NewPage, signed_in: Any
) -> None:
    page = new_page(storage_state=signed_in, viewport={"width": 390, "height": 844})
    page.goto(f"{HERE}?q=llama-3-8b-prod&{CHOSEN}")
    cells = page.locator("tbody tr").first.locator("td[data-column]")
    assert cells.count() == CHOSEN.count("column=")
    boxes = [cell.bounding_box() for cell in cells.all()]
    assert all(box is not None and box["width"] > 300 for box in boxes)
    tops = [box["y"] for box in boxes if box]
    assert tops == sorted(set(tops))


@pytest.mark.parametrize("size", SIZES)
def test_long_names_make_no_page_scroll_sideways(
    size: str, demo: Demo, new_page: NewPage, signed_in: Any
) -> None:
    width, height = SIZES[size]
    page = new_page(storage_state=signed_in, viewport={"width": width, "height": height})
    found = {path: _found(page, path, TOO_WIDE) for path in _with_long_names(demo)}
    assert not any(found.values()), format_found(found)


def _with_long_names(demo: Demo) -> list[str]:
    """The pages that are about what has a long name, and all lists."""
    with demo.visitor() as visitor:
        visitor.sign_in(demo.email, demo.password)
        models = _links(visitor.get("/o/acme/models/").text, large_demo.MODEL)
        tokens = _links(visitor.get("/o/acme/tokens/").text, large_demo.TOKEN)
    assert len(models) == 3
    assert tokens
    token, model = tokens[0], models[0].removesuffix("edit/")
    return [
        "/o/acme/",
        HERE,
        CROWDED,
        f"{HERE}namespaces/",
        f"{HERE}{large_demo.OWNER}/{large_demo.ENDPOINT}/",
        "/o/acme/models/",
        "/o/acme/models/add/",
        "/o/acme/activity/",
        "/o/acme/tokens/",
        *models,
        *(f"{model}{what}/" for what in ("delete", "wake")),
        *(token, f"{token}rename/", f"{token}replace/", f"{token}delete/"),
    ]


def _links(html: str, name: str) -> list[str]:
    link = rf'<a\b[^>]*\bhref="([^"]*)"[^>]*><bdi>{re.escape(name)}</bdi>'
    return re.findall(link, html.replace("<wbr>", ""))


def _found(page: Page, path: str, script: str) -> list[str]:
    answer = page.goto(path)
    assert answer is not None
    assert answer.ok, f"{path}: {answer.status}"
    found: list[str] = page.evaluate(script)
    return sorted(set(found))[:5]
