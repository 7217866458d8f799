"""The system's Chromium, and what its pages complain about."""

import shutil
from collections.abc import Mapping, Sequence

from playwright.sync_api import ConsoleMessage, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATH = next(filter(None, map(shutil.which, NAMES)), "")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`Policy broken: ${event.violatedDirective} by ${event.blockedURI}`));
"""
# Chromium writes down every answer that is an error, also those that a form is meant to get.
_MEANT = ("the server responded with a status of 422",)


class Complaints:
    """Errors of the console and of scripts, and violations of the content security policy."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.expected: list[str] = []

    def listen_to(self, page: Page) -> None:
        page.add_init_script(_TELL_VIOLATIONS)
        page.on("console", self._take)
        page.on("pageerror", lambda error: self._add(f"{page.url}: {error}"))

    def expect(self, part: str) -> None:
        """This test provokes complaints that contain `part`."""
        self.expected.append(part)

    def _take(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._add(f"{message.location.get('url')}: {message.text}")

    def _add(self, text: str) -> None:
        if not any(part in text for part in (*_MEANT, *self.expected)):
            self.found.append(text)


def listed(found: Mapping[str, Sequence[str]]) -> str:
    """What was found on which page, to read when a test fails."""
    return "\n".join(f"\n{path}\n  " + "\n  ".join(each) for path, each in found.items() if each)
