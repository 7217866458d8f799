"""`hfadmin probe` tells where Hugging Face differs from the sandbox, and tells no values."""

import io
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from hfadmin import cli, outbound
from hfadmin.sandbox import Sandbox, seed
from hfadmin.sandbox.probe import BaseUrls, probe
from hfadmin.vault import Secret

BASE = "https://sandbox.test"
TOKEN = dict(seed.DEMO_TOKENS)["ada-admin"]
Change = Callable[[str, Any], Any]


class Altered(httpx2.BaseTransport):
    """A Hugging Face that has moved on: the sandbox's answers, changed on their way."""

    def __init__(self, sandbox: Sandbox, change: Change) -> None:
        self.inner = httpx2.WSGITransport(app=sandbox)
        self.change = change

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        response = self.inner.handle_request(request)
        body = self.change(request.url.path, json.loads(response.read() or b"null"))
        return httpx2.Response(response.status_code, json=body)


def probed(sandbox: Sandbox, change: Change | None = None) -> tuple[int, str]:
    if change is not None:
        outbound.use_transport(lambda: Altered(sandbox, change))
    out = io.StringIO()
    bases = BaseUrls(BASE, f"{BASE}/v2", f"{BASE}/api/v1/catalog", f"{BASE}/router")
    return probe(Secret(TOKEN), bases=bases, out=out), out.getvalue()


@pytest.fixture(autouse=True)
def demo(sandbox: Sandbox) -> None:
    seed.demo(sandbox)


def test_the_sandbox_is_like_itself(sandbox: Sandbox) -> None:
    result, said = probed(sandbox)
    assert result == 0, said
    for question in ("endpoints", "files of a model", "catalog", "billing"):
        assert f"{question}: the same" in said


def test_only_reads_are_made_and_whoami_is_asked_once(sandbox: Sandbox) -> None:
    probed(sandbox)
    assert {request.method for request in sandbox.requests} == {"GET"}
    asked = [request for request in sandbox.requests if request.path == "/api/whoami-v2"]
    assert len(asked) == 1


def test_a_new_a_changed_and_a_missing_field_are_named_without_their_values(
    sandbox: Sandbox,
) -> None:
    def change(path: str, body: Any) -> Any:
        if path == "/v2/endpoint/acme":
            for item in body["items"]:
                item["costCenter"] = "confidential"
                item["status"]["readyReplica"] = str(item["status"]["readyReplica"])
                del item["healthRoute"]
        return body

    result, said = probed(sandbox, change)
    assert result == 1
    assert "items[].costCenter: string, which the sandbox does not have" in said
    assert "items[].status.readyReplica: string, where the sandbox has number" in said
    assert "confidential" not in said


def test_a_field_that_is_nowhere_any_more_is_missing(sandbox: Sandbox) -> None:
    def change(path: str, body: Any) -> Any:
        if path == "/api/whoami-v2":
            del body["canPay"]
        return body

    result, said = probed(sandbox, change)
    assert result == 1
    assert "canPay: missing, where the sandbox has boolean" in said


def test_names_that_people_chose_are_not_printed(sandbox: Sandbox) -> None:
    def change(path: str, body: Any) -> Any:
        if path == "/v2/endpoint/acme":
            body["items"][0]["model"]["env"] = {"ACME_INTERNAL_NAME": {"deep": 1}}
            body["items"][0]["ada@acme.org"] = 1
        return body

    _, said = probed(sandbox, change)
    assert "items[].model.env.*" in said or "items[].*: number" in said
    assert "ACME_INTERNAL_NAME" not in said
    assert "ada@acme.org" not in said


def test_an_account_without_endpoints_misses_nothing(sandbox: Sandbox) -> None:
    def change(path: str, body: Any) -> Any:
        return {"items": []} if path.startswith("/v2/endpoint/") and "items" in body else body

    result, said = probed(sandbox, change)
    assert result == 0, said


def test_another_status_is_a_difference(sandbox: Sandbox) -> None:
    sandbox.fault(500, path="/v2/provider")
    result, said = probed(sandbox)
    assert result == 1
    assert "status 500, where the sandbox answers 200" in said


def test_a_refused_token_and_an_unreachable_host_are_told_apart(sandbox: Sandbox) -> None:
    sandbox.revoke_token(TOKEN)
    result, said = probed(sandbox)
    assert (result, "not accepted" in said) == (2, True)

    def fail(path: str, body: Any) -> Any:
        raise httpx2.ConnectError("no route")

    result, said = probed(sandbox, fail)
    assert (result, "ConnectError" in said) == (2, True)
    assert TOKEN not in said


def test_the_command_reads_the_token_from_standard_input(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{TOKEN}\n"))
    with pytest.raises(SystemExit) as ended:
        cli.main(["probe"])
    assert ended.value.code == 0
    assert TOKEN not in capsys.readouterr().out


def test_the_command_without_a_token_says_what_to_give(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    with pytest.raises(SystemExit, match="give an access token"):
        cli.main(["probe"])
