"""An HTTP client that signs in and submits forms."""

import re
from html.parser import HTMLParser
from typing import Any, Self

import httpx2

EMAIL = "ada@example.org"
PASSWORD = "a calm and long password"


class Visitor:
    """A client with cookies, which fills in the forms of pages and follows redirects."""

    def __init__(self, url: str) -> None:
        self.http = httpx2.Client(base_url=url, follow_redirects=True, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.http.close()

    def get(self, path: str, **options: Any) -> httpx2.Response:
        return self.http.get(path, **options)

    def submit(self, path: str, expect: int = 200, **typed: str) -> httpx2.Response:
        """Submit the page's form that has the fields `typed`, with its other values; among several
        the one that leads to the page itself.

        Asserts that the answer has the status `expect`.
        """
        page = self.get(path)
        forms = Forms.of(page.text)
        fitting = [each for each in forms if set(typed) <= set(each.names)]
        assert fitting, f"{path} has no form with {sorted(typed)}"
        form = next((each for each in fitting if each.action == path), fitting[0])
        target = page.url.join(form.action) if form.action else page.url
        answer = self.http.post(
            target, data=form.values | typed, headers={"Referer": str(page.url)}
        )
        said = re.findall(r'<p class="error">(.*?)</p>', answer.text, re.DOTALL)
        assert answer.status_code == expect, f"{target}: {answer.status_code} {said}"
        return answer

    def sign_in(self, email: str = EMAIL, password: str = PASSWORD) -> httpx2.Response:
        return self.submit("/accounts/login/", login=email, password=password)

    def press(self, page: str, button: str) -> httpx2.Response:
        """Submit the form of `page` by the button with this label."""
        html = self.get(page).text
        pattern = r'<button\b[^>]*formaction="([^"]*)"[^>]*>(.*?)</button>'
        buttons = re.findall(pattern, html, re.DOTALL)
        action = next(action for action, label in buttons if _text(label) == button)
        form = next(form for form in Forms.of(html) if "csrfmiddlewaretoken" in form.values)
        values, referer = form.values, str(self.http.base_url)
        return self.http.post(action, data=values, headers={"Referer": referer})


def _text(html: str) -> str:
    """Return the text as a browser shows it: without tags, runs of white space as one space."""
    return " ".join(re.sub(r"<[^>]*>", "", html).split())


class Form:
    """A form's action, the names of its fields, and the values that it would send."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.names: set[str] = set()
        self.values: dict[str, str] = {}


class Forms(HTMLParser):
    """A parser of the POST forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open: Form | None = None
        self._select = ""

    @classmethod
    def of(cls, html: str) -> list[Form]:
        parser = cls()
        parser.feed(html)
        return parser.found

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._open = Form(given.get("action", ""))
            self.found.append(self._open)
        elif self._open is not None:
            self._take(self._open, tag, given, {name for name, _ in attributes})

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None

    def _take(self, form: Form, tag: str, given: dict[str, str], flags: set[str]) -> None:
        name = given.get("name", "")
        if tag == "option":
            if self._select and ("selected" in flags or self._select not in form.values):
                form.values[self._select] = given.get("value", "")
            return
        if tag in {"input", "select", "textarea"} and name:
            form.names.add(name)
            self._select = name if tag == "select" else ""
            if tag == "input" and _is_sent(given, flags):
                is_box = given.get("type") in {"radio", "checkbox"}
                form.values[name] = given.get("value", "on" if is_box else "")


def _is_sent(given: dict[str, str], flags: set[str]) -> bool:
    if given.get("type") in {"radio", "checkbox"}:
        return "checked" in flags
    return given.get("type") not in {"submit", "button", "file"}
