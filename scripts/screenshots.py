"""Take screenshots of the demo: `python -m scripts.screenshots [pages]`.

Without arguments, those of the README and of docs/guide.md, into docs/images/. With `pages`, every
page in light and dark at three widths, into screenshots/.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, FloatRect, Locator, Page, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.stack.processes import ROOT, wait_until
from tests.stack.running import Demo

Scheme = Literal["light", "dark"]
IMAGES = ROOT / "docs" / "images"
EVERY_PAGE = ROOT / "screenshots"
WIDTHS = (1440, 1024, 390)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as directory,
        _demo(Path(directory)) as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        if sys.argv[1:] == ["pages"]:
            _every_page(demo, browser)
        else:
            _documentation(demo, browser)
        browser.close()


@contextmanager
def _demo(directory: Path) -> Iterator[Demo]:
    """Context manager: run the demo, and wait until its models are verified."""
    demo = Demo(directory)
    try:
        visitor = demo.visitor()
        visitor.sign_in(demo.email, demo.password)
        wait_until(
            lambda: "checking" not in visitor.get("/o/acme/models/").text.lower(),
            "the demo's models are checked",
            within=60,
        )
        yield demo
    finally:
        demo.end()


def _signed_in(demo: Demo, browser: Browser, width: int, scheme: Scheme) -> Page:
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

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests.browser.crawler import reachable_pages

    paths = reachable_pages(demo) | {"sign-in": "/accounts/login/", "not-found": "/no/such/page/"}
    EVERY_PAGE.mkdir(exist_ok=True)
    for scheme in SCHEMES:
        for width in WIDTHS:
            page = _signed_in(demo, browser, width, scheme)
            for name, path in paths.items():
                page.goto(path)
                file = f"{name.replace(':', '-')}-{width}-{scheme}.png"
                page.screenshot(path=EVERY_PAGE / file, full_page=True)
            page.context.close()


def _documentation(demo: Demo, browser: Browser) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    page = _signed_in(demo, browser, 1440, "light")
    _readme(page)
    _token(page)
    _hosted(page)
    _on_an_endpoint(page)
    _failing(page)
    _acting(page)
    _deploying(page)
    page.goto("/o/acme/models/")
    _shoot(page.locator("#models"), "models")


def _readme(page: Page) -> None:
    page.goto("/o/acme/endpoints/")
    _shoot_top(page, "endpoints")


def _token(page: Page) -> None:
    page.goto("/o/acme/tokens/add/")
    page.get_by_label("Token name").fill("search-team")
    page.get_by_label("Access token").fill("hf_" + "x" * 34)
    _shoot(page.locator(".form-page"), "token-add")
    page.goto("/o/acme/tokens/")
    page.get_by_role("link", name="deploy-bot").first.click()
    page.locator(".matrix").wait_for()
    _shoot(page.locator("#xray"), "token-xray")


def _hosted(page: Page) -> None:
    _open_form(page, "LLM", "Hosted Inference API")
    name = page.get_by_role("combobox", name="Model Name")
    name.press_sequentially("qwen3", delay=20)
    page.locator(".combobox-list [role=option]").first.wait_for()
    _shoot(page.locator(".form-page"), "hosted-form")
    page.get_by_role("option").filter(has_text="Qwen/Qwen3-32B").click()
    _save(page)
    _shoot(page.locator(".form-page"), "hosted-saved")


def _on_an_endpoint(page: Page) -> None:
    _open_form(page, "Text Embedding", "Inference Endpoints")
    page.get_by_role("combobox", name="Endpoint URL").click()
    page.locator(".combobox-list [role=option]").first.wait_for()
    _shoot(page.locator(".form-page"), "endpoint-choose")
    page.get_by_role("option").filter(has_text="nomic-embed-docs").click()
    _shoot(page.locator(".form-page"), "endpoint-form")
    _save(page)
    _shoot(page.locator(".form-page"), "endpoint-saved")


def _failing(page: Page) -> None:
    _open_form(page, "LLM", "Hosted Inference API")
    page.get_by_role("combobox", name="Model Name").fill("tiiuae/falcon-7b-instruct")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".diagnosis").wait_for()
    _shoot(page.locator(".form-page"), "diagnosis")


def _acting(page: Page) -> None:
    page.goto("/o/acme/endpoints/acme/llama-3-8b-prod/")
    _shoot_top(page, "endpoint")
    page.goto("/o/acme/endpoints/")
    for name in ("llama-3-70b-batch", "gemma-2-9b-it", "llama-3-8b-prod", "falcon-archive"):
        page.get_by_label(f"Select {name}").check()
    page.locator(".selection").get_by_role("button", name="Pause").click()
    _shoot(page.get_by_role("dialog"), "pause-many")


def _deploying(page: Page) -> None:
    page.goto("/o/acme/deploy/")
    repository = page.get_by_role("combobox", name="Model repository")
    repository.press_sequentially("qwen3-14b", delay=20)
    page.get_by_role("option").filter(has_text="Qwen/Qwen3-14B").first.click()
    page.locator(".tile:has(:checked)").wait_for()
    page.evaluate("document.activeElement.blur()")
    _shoot_top(page, "deploy-form", height=1100)
    page.get_by_role("button", name="Create endpoint").first.click()
    page.locator("#endpoint-starting [aria-current]", has_text="Initializing").wait_for()
    _shoot_top(page, "deploy-starting", height=560)


def _open_form(page: Page, model_type: str, endpoint_type: str) -> None:
    page.goto("/o/acme/models/add/")
    page.get_by_text(model_type, exact=True).click()
    page.get_by_text(endpoint_type, exact=True).click()
    tokens = page.locator("select[name=api_token]")
    ours = tokens.locator("option", has_text="ada-admin").get_attribute("value")
    tokens.select_option(ours)


def _save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".pill", has_text="Verified").wait_for()


def _shoot(part: Locator, name: str) -> None:
    part.screenshot(path=IMAGES / f"{name}.png", animations="disabled")


def _shoot_top(page: Page, name: str, height: int = 860) -> None:
    """The page below the demo's strip, by default as far as a screen shows it."""
    strip = page.locator(".strip").bounding_box()
    top = strip["height"] if strip else 0
    clip: FloatRect = {"x": 0, "y": top, "width": 1440, "height": height}
    page.screenshot(path=IMAGES / f"{name}.png", clip=clip, full_page=height > 860)


if __name__ == "__main__":
    main()
