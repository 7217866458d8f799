"""The installed Chromium, and the errors on the console of its pages."""

import shutil
from collections.abc import Mapping, Sequence

from playwright.sync_api import ConsoleMessage, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), "")
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
_LOG_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`Policy broken: ${event.violatedDirective} by ${event.blockedURI}`));
"""
# Chromium logs every answer with an error status; 422 is the answer to an invalid form. htmx logs
# what it gives up for a newer request; how the message goes on tells how far the answer had come.
_EXPECTED = ("the server responded with a status of 422", "AbortError: ")


class ConsoleErrors:
    """Collects errors of the console and of scripts, and violations of the CSP."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.expected: list[str] = []

    def listen_to(self, page: Page) -> None:
        page.add_init_script(_LOG_VIOLATIONS)
        page.on("console", self._take)
        page.on("pageerror", lambda error: self._add(f"{page.url}: {error}"))

    def expect(self, part: str) -> None:
        """Ignore errors that contain `part`, which this test provokes."""
        self.expected.append(part)

    def _take(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._add(f"{message.location.get('url')}: {message.text}")

    def _add(self, text: str) -> None:
        if not any(part in text for part in (*_EXPECTED, *self.expected)):
            self.found.append(text)


def format_found(found: Mapping[str, Sequence[str]]) -> str:
    """Return the findings by page as text, for the message of an assertion."""
    return "\n".join(f"\n{path}\n  " + "\n  ".join(each) for path, each in found.items() if each)
