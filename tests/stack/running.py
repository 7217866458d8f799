"""The whole of hfadmin as `hfadmin up` starts it, and somebody who visits it without a browser."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Self

import httpx2

from tests.stack.processes import (
    PYTHON,
    Process,
    StandIn,
    clean_environment,
    command_of,
    family,
    free_port,
    until,
)

EMAIL = "ada@example.org"
PASSWORD = "a calm and long password"


class Stack:
    """`hfadmin up` in a directory of its own, with an administrator from the first start on."""

    def __init__(self, directory: Path, environment: Mapping[str, str], *, people: bool = True):
        self.directory = directory
        self.logs = directory / "logs"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        someone = {"HFADMIN_ADMIN_EMAIL": EMAIL, "HFADMIN_ADMIN_PASSWORD": PASSWORD}
        self.environment = clean_environment(
            HFADMIN_DATA_DIR=str(directory / "data"),
            HFADMIN_BIND=f"127.0.0.1:{self.port}",
            **environment,
            **(someone if people else {}),
        )
        self.processes: list[Process] = []

    def __enter__(self) -> Self:
        self.up = self.run("up")
        try:
            self.up.wait_for(f"{self.url}/healthz")
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    def end(self) -> None:
        for process in reversed(self.processes):
            process.kill()

    def run(self, *command: str, name: str = "", **environment: str) -> Process:
        """Start another `hfadmin` command in the same environment."""
        return self.run_command(
            [PYTHON, "-m", "hfadmin", *command], name or command[0], **environment
        )

    def run_command(self, command: list[str], name: str, **environment: str) -> Process:
        process = Process(name, command, self.environment | environment, self.logs)
        self.processes.append(process)
        return process

    def wait_until_ready(self) -> None:
        """Until a worker and beat have been seen."""
        ready = f"{self.url}/readyz"
        until(lambda: httpx2.get(ready).status_code == 200, "everything is ready", within=30)

    def pid_of(self, part: str) -> int:
        """The process of `hfadmin up` that is its web, worker or beat."""
        found = (pid for pid in family(self.up.pid) if command_of(pid).endswith(f"hfadmin {part}"))
        return next(found, 0)

    def output(self) -> str:
        """Everything that any of its processes has written to its log."""
        return "\n".join(process.output() for process in self.processes)

    def visitor(self) -> "Visitor":
        return Visitor(self.url)


class Demo:
    """`hfadmin demo`: everything, with a sandbox of its own and contents."""

    def __init__(self, directory: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.data = directory / "data"
        here = {"HFADMIN_DATA_DIR": str(self.data), "HFADMIN_BIND": f"127.0.0.1:{port}"}
        command = [PYTHON, "-m", "hfadmin", "demo"]
        self.process = Process("demo", command, clean_environment(**here), directory)
        try:
            self.process.wait_for(f"{self.url}/healthz")
            self.sandbox = StandIn(f"http://127.0.0.1:{self._port_of_sandbox()}")
        except BaseException:
            self.end()
            raise
        self.environment = clean_environment(
            HFADMIN_SANDBOX="yes", **here, **self.sandbox.environment
        )

    @property
    def email(self) -> str:
        return self._printed("e-mail")

    @property
    def password(self) -> str:
        return self._printed("password")

    def end(self) -> None:
        self.process.kill()

    def visitor(self) -> "Visitor":
        return Visitor(self.url)

    def _port_of_sandbox(self) -> str:
        commands = " ".join(map(command_of, family(self.process.pid)))
        found = re.search(r"hfadmin\.sandbox --port (\d+)", commands)
        assert found is not None, f"The demo runs no sandbox: {commands}"
        return found[1]

    def _printed(self, what: str) -> str:
        found = re.search(rf"^{what}:\s+(\S+)$", self.process.output(), re.MULTILINE)
        assert found is not None, f"The demo printed no {what}:\n{self.process.output()}"
        return found[1]


class Visitor:
    """A browser without a screen: it keeps cookies, fills forms in and follows redirects."""

    def __init__(self, url: str) -> None:
        self.http = httpx2.Client(base_url=url, follow_redirects=True, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.http.close()

    def get(self, path: str, **options: Any) -> httpx2.Response:
        return self.http.get(path, **options)

    def submit(self, path: str, expect: int = 200, **typed: str) -> httpx2.Response:
        """Fill the form of a page in, over what it already holds, and send it."""
        page = self.get(path)
        forms = Forms.of(page.text)
        form = next(
            (each for each in forms if set(typed) <= set(each.names)),
            None,
        )
        assert form is not None, f"{path} has no form with {sorted(typed)}:\n{page.text[:3000]}"
        target = page.url.join(form.action) if form.action else page.url
        answer = self.http.post(
            target, data=form.values | typed, headers={"Referer": str(page.url)}
        )
        assert answer.status_code == expect, f"{target}: {answer.status_code}\n{answer.text[:3000]}"
        return answer

    def sign_in(self, email: str = EMAIL, password: str = PASSWORD) -> httpx2.Response:
        return self.submit("/accounts/login/", login=email, password=password)


class Form:
    def __init__(self, action: str) -> None:
        self.action = action
        self.names: set[str] = set()
        self.values: dict[str, str] = {}


class Forms(HTMLParser):
    """The POST forms of a page with what their controls hold."""

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
                form.values[name] = given.get("value", "on")


def _is_sent(given: dict[str, str], flags: set[str]) -> bool:
    if given.get("type") in {"radio", "checkbox"}:
        return "checked" in flags
    return given.get("type") not in {"submit", "button", "file"}


def tokens_in(text: str) -> set[str]:
    """Whatever looks like an access token of Hugging Face."""
    return set(re.findall(r"hf_[A-Za-z0-9]{20,}", text))
