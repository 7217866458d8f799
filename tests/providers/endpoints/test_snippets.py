"""The first request to an endpoint, as it is copied from its page."""

import ast
import json
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from huggingface_hub import set_client_factory
from huggingface_hub.utils import _http

from hfadmin.sandbox import Sandbox
from providers.endpoints import snippets
from providers.endpoints.models import Endpoint

CHAT = "text-generation"
HOSTILE = "a'b\"; $(touch /tmp/x) `id` \\ \n--data @/etc/passwd #"


@pytest.fixture
def called(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """The sandbox, which is what the library calls, with a token in the environment."""
    sandbox.add_user("ada")
    monkeypatch.setenv("HF_TOKEN", sandbox.add_token("ada", role="write"))
    before = _http._GLOBAL_CLIENT_FACTORY
    set_client_factory(lambda: httpx2.Client(transport=httpx2.WSGITransport(app=sandbox)))
    yield sandbox
    set_client_factory(before)


def made(sandbox: Sandbox, engine: str, task: str, **fields: Any) -> Endpoint:
    """An endpoint of ada's as it is stored."""
    remote = sandbox.add_endpoint(
        "ada", "it", engine=engine, task=task, state="running", stuck=True, **fields
    )
    return Endpoint(
        url=remote.url_when_deployed,
        engine=engine,
        task=task,
        repository=remote.repository,
        auth_type=remote.type,
    )


def text_of(endpoint: Endpoint, label: str) -> str:
    return next(each.text for each in snippets.of(endpoint) if each.label == label)


def arguments_of(command: str) -> list[str]:
    """What a shell gives to curl."""
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}\n{command}"
    shown = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True)
    return shown.stdout.decode().split("\0")[:-1]


def by_curl(command: str, sandbox: Sandbox) -> httpx2.Response:
    """What the command asks for, asked of the sandbox."""
    url, *options = arguments_of(command)
    pairs = list(zip(options[::2], options[1::2], strict=True))
    headers = dict(value.split(": ", 1) for option, value in pairs if option == "-H")
    (body,) = [value for option, value in pairs if option == "-d"]
    with httpx2.Client(transport=httpx2.WSGITransport(app=sandbox)) as client:
        return client.post(url, headers=headers, content=body)


KINDS = [
    ("vLLM", CHAT, "/v1/chat/completions"),
    ("sGLang", CHAT, "/v1/chat/completions"),
    ("tgi", CHAT, "/v1/chat/completions"),
    ("llamacpp", CHAT, "/v1/chat/completions"),
    ("vLLM", "image-text-to-text", "/v1/chat/completions"),
    ("tei", "sentence-similarity", "/v1/embeddings"),
    ("vLLM", "feature-extraction", "/v1/embeddings"),
    ("huggingface", CHAT, ""),
    ("huggingface", "feature-extraction", ""),
]


@pytest.mark.parametrize(("engine", "task", "path"), KINDS)
def test_what_is_copied_is_answered_by_the_engine(
    engine: str, task: str, path: str, called: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint = made(called, engine, task)
    answer = by_curl(text_of(endpoint, "curl"), called)
    assert answer.status_code == 200, answer.text
    assert called.requests[-1].path.rstrip("/") == path
    assert called.requests[-1].body == json.dumps(json.loads(text_of(endpoint, "JSON"))).encode()
    exec(text_of(endpoint, "Python"), {})
    assert capsys.readouterr().out.strip()


def test_a_public_endpoint_is_called_without_a_token(called: Sandbox) -> None:
    endpoint = made(called, "vLLM", CHAT, type="public")
    shown = "".join(each.text for each in snippets.of(endpoint))
    assert "TOKEN" not in shown
    assert by_curl(text_of(endpoint, "curl"), called).status_code == 200
    exec(text_of(endpoint, "Python"), {})
    assert "authorization" not in {name.lower() for name in called.requests[-1].headers}


@pytest.mark.parametrize("task", [CHAT, "feature-extraction"])
def test_hostile_names_stay_names(task: str) -> None:
    endpoint = Endpoint(url="https://x.test", engine="vLLM", task=task, repository=HOSTILE)
    url, *_headers, body = arguments_of(text_of(endpoint, "curl"))
    assert url.startswith("https://x.test/v1/")
    assert json.loads(body)["model"] == HOSTILE
    assert json.loads(text_of(endpoint, "JSON"))["model"] == HOSTILE
    parsed = ast.walk(ast.parse(text_of(endpoint, "Python")))
    assert HOSTILE in [node.value for node in parsed if isinstance(node, ast.Constant)]


def test_without_an_address_there_is_nothing_to_copy() -> None:
    assert snippets.of(Endpoint(engine="vLLM", task=CHAT)) == []
