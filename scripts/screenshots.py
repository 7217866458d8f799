"""Pictures of the demo: `python scripts/screenshots.py [pages]`.

Without arguments, those of the README and of docs/guide.md, into docs/images/. With `pages`, every
page in light and dark at three widths, into screenshots/, to look at.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, PATH
from tests.stack.processes import until
from tests.stack.running import Demo

IMAGES = ROOT / "docs" / "images"
EVERY_PAGE = ROOT / "screenshots"
WIDTHS = (1440, 1024, 390)
SCHEMES = ("light", "dark")


def main() -> None:
    with tempfile.TemporaryDirectory() as directory, _demo(Path(directory)) as demo:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=PATH, args=ARGUMENTS)
            if sys.argv[1:] == ["pages"]:
                _every_page(demo, browser)
            else:
                _pictures(demo, browser)
            browser.close()


@contextmanager
def _demo(directory: Path) -> Iterator[Demo]:
    """The demo, once its first checks are over."""
    demo = Demo(directory)
    try:
        visitor = demo.visitor()
        visitor.sign_in(demo.email, demo.password)
        until(
            lambda: "checking" not in visitor.get("/o/acme/models/").text.lower(),
            "the demo's models are checked",
            within=60,
        )
        yield demo
    finally:
        demo.end()


def _signed_in(demo: Demo, browser: Browser, width: int, scheme: str) -> Page:
    height = 844 if width < 600 else 900
    context = browser.new_context(
        base_url=demo.url,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(demo.email)
    page.get_by_label("Password").fill(demo.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".identity")).to_be_visible()
    return page


def _every_page(demo: Demo, browser: Browser) -> None:
    import django

    django.setup()
    from tests.browser.pages import reachable

    paths = reachable(demo) | {"sign-in": "/accounts/login/", "not-found": "/no/such/page/"}
    EVERY_PAGE.mkdir(exist_ok=True)
    for scheme in SCHEMES:
        for width in WIDTHS:
            page = _signed_in(demo, browser, width, scheme)
            for name, path in paths.items():
                page.goto(path)
                file = f"{name.replace(':', '-')}-{width}-{scheme}.png"
                page.screenshot(path=EVERY_PAGE / file, full_page=True)
            page.context.close()


def _pictures(demo: Demo, browser: Browser) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)


if __name__ == "__main__":
    main()
