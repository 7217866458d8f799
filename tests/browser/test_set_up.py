"""The first visit."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.stack.running import Stack


def test_the_console_s_code_makes_the_first_administrator(
    tmp_path: Path, new_page: NewPage
) -> None:
    with Stack(tmp_path, {}, people=False) as stack:
        printed = re.search(r"^set-up code:\s+(\S+)$", stack.output(), re.MULTILINE)
        assert printed is not None
        page = new_page(base_url=stack.url)
        page.goto("/")
        page.get_by_label("Set-up code").fill("AAAA-AAAA-AAAA-AAAA")
        page.get_by_label("Organization").fill("Analytical Engines")
        page.get_by_label("E-mail").fill("ada@example.org")
        page.get_by_label("Password").fill("a calm and long password")
        page.get_by_role("button", name="Create organization").click()
        expect(page.get_by_label("Set-up code")).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_label("Organization")).to_have_value("Analytical Engines")
        page.get_by_label("Set-up code").fill(printed[1])
        page.get_by_label("Password").fill("a calm and long password")
        page.get_by_role("button", name="Create organization").click()
        expect(page.locator(".identity")).to_contain_text("Analytical Engines")
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_link_on_the_console_fills_the_code_in_and_leaves_it_in_no_address(
    tmp_path: Path, new_page: NewPage
) -> None:
    with Stack(tmp_path, {}, people=False) as stack:
        link = re.search(r"^set-up link: (\S+)$", stack.output(), re.MULTILINE)
        code = re.search(r"^set-up code: (\S+)$", stack.output(), re.MULTILINE)
        assert link is not None
        assert code is not None
        page = new_page(base_url=stack.url)
        page.goto(link[1])
        expect(page.get_by_label("Set-up code")).to_have_value(code[1])
        expect(page).to_have_url(f"{stack.url}/setup/")
