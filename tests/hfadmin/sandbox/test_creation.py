"""What the sandbox refuses when an endpoint is created, and what a creation brings back."""

from typing import Any

import httpx2
import pytest

from hfadmin.sandbox import Clock, Sandbox
from hfadmin.sandbox.entities import commit_id

Headers = dict[str, str]
HERE = "/v2/endpoint/acme"


@pytest.fixture(autouse=True)
def models(sandbox: Sandbox, ada: Headers) -> None:
    sandbox.add_user("eve")
    sandbox.add_organization("other", members={"eve": "admin"})
    sandbox.add_model("acme/open")
    sandbox.add_model("acme/secret", private=True)
    sandbox.add_model("other/secret", private=True)
    sandbox.add_model("meta/asked", gated="manual", granted_to=["ada"])
    sandbox.add_model("meta/gated", gated="manual", granted_to=["eve"])


def creation(model: dict[str, Any], **compute: Any) -> dict[str, Any]:
    chosen = {"accelerator": "gpu", "instanceType": "nvidia-l4", "instanceSize": "x1"} | compute
    region = chosen.pop("region", "us-east-1")
    return {
        "name": "llama-new",
        "type": "authenticated",
        "provider": {"vendor": "aws", "region": region},
        "compute": chosen | {"scaling": {"minReplica": 0, "maxReplica": 1}},
        "model": {"repository": "acme/open", "image": {"vLLM": {}}} | model,
    }


def created(
    web: httpx2.Client, ada: Headers, model: dict[str, Any], **compute: Any
) -> httpx2.Response:
    return web.post(HERE, json=creation(model, **compute), headers=ada)


CUSTOM = {"url": "acme/engine:1", "port": 8000, "healthRoute": "/ready"}


@pytest.mark.parametrize(
    ("model", "status", "words"),
    [
        ({"repository": "acme/none"}, 400, "model.repository acme/none not found"),
        ({"repository": "other/secret"}, 400, "model.repository other/secret not found"),
        ({"repository": "meta/gated"}, 403, "GatedRepo"),
        ({"revision": "v9"}, 400, "model.revision v9 not found"),
        ({"image": {"abacus": {}}}, 400, "model.image"),
        ({"image": {"custom": {**CUSTOM, "url": ""}}}, 400, "custom.url"),
        ({"image": {"custom": {**CUSTOM, "port": 0}}}, 400, "port"),
        ({"image": {"custom": {**CUSTOM, "port": 99999}}}, 400, "port"),
        ({"image": {"custom": {**CUSTOM, "port": "80"}}}, 400, "port"),
        ({"image": {"custom": {**CUSTOM, "healthRoute": "ready"}}}, 400, "healthRoute"),
        ({"image": {"custom": "acme/engine:1"}}, 400, "field"),
        ({"env": {"A B": "x"}}, 400, "model.env"),
        ({"env": {"A=B": "x"}}, 400, "model.env"),
        ({"env": {"A": 7}}, 400, "model.env"),
        ({"env": ["A"]}, 400, "model.env"),
        ({"secrets": {"1A": "x"}}, 400, "model.secrets"),
        ({"secrets": {"A": 7}}, 400, "model.secrets"),
        ({"args": "--fast"}, 400, "model.args"),
        ({"command": ["serve", 7]}, 400, "model.command"),
    ],
)
def test_a_creation_is_refused_for_what_its_model_asks(
    web: httpx2.Client, ada: Headers, model: dict[str, Any], status: int, words: str
) -> None:
    answered = created(web, ada, model)
    assert answered.status_code == status
    assert words in answered.json()["error"]
    assert web.get(HERE, headers=ada).json() == {"items": []}


@pytest.mark.parametrize("repository", ["acme/open", "acme/secret", "meta/asked"])
def test_what_the_token_may_read_is_deployed_at_its_newest_commit(
    web: httpx2.Client, ada: Headers, repository: str
) -> None:
    answered = created(web, ada, {"repository": repository})
    assert answered.status_code == 200
    assert answered.json()["model"]["revision"] == commit_id(repository)


@pytest.mark.parametrize(
    ("compute", "words"),
    [
        ({"instanceType": "nvidia-a10g", "instanceSize": "x4"}, "is deprecated"),
        (
            {"instanceType": "nvidia-h200", "instanceSize": "x8", "region": "eu-west-1"},
            "is not available",
        ),
        ({"instanceType": "nvidia-h100"}, "not found"),
    ],
)
def test_hardware_that_cannot_be_had_is_refused(
    web: httpx2.Client, ada: Headers, compute: dict[str, Any], words: str
) -> None:
    answered = created(web, ada, {}, **compute)
    assert answered.status_code == 400
    assert answered.json()["error"].startswith("Instance compute 'Gpu'")
    assert words in answered.json()["error"]


def test_nothing_is_started_once_the_credits_are_used_up(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.add_organization("acme", members={"ada": "admin"}, credits_used_up=True)
    sandbox.add_endpoint("acme", "llama", state="paused")
    for answered in (created(web, ada, {}), web.post(f"{HERE}/llama/resume", headers=ada)):
        assert answered.status_code == 402
        assert "credits of acme are used up" in answered.json()["error"]


def test_secrets_and_credentials_come_back_as_stars(web: httpx2.Client, ada: Headers) -> None:
    credentials = {"username": "bot", "password": "s3cret"}
    image = {"custom": {**CUSTOM, "credentials": credentials}}
    model = {"image": image, "secrets": {"PIN": "s3cret"}, "env": {"LEVEL": "info"}}
    answered = created(web, ada, model)
    shown = web.get(f"{HERE}/llama-new", headers=ada)
    for answer in (answered, shown):
        assert answer.json()["model"]["secrets"] == {"PIN": "***"}
        assert answer.json()["model"]["env"] == {"LEVEL": "info"}
        assert "s3cret" not in answer.text
    assert shown.json()["healthRoute"] == "/ready"
    changed = web.put(
        f"{HERE}/llama-new", json={"model": {"secrets": {"PIN": "0th3r"}}}, headers=ada
    )
    assert changed.json()["model"]["secrets"] == {"PIN": "***"}


def test_weights_larger_than_the_memory_of_the_gpus_fail_to_load(
    sandbox: Sandbox, clock: Clock, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.add_model("acme/large", safetensors={"BF16": 30 * 10**9})
    large = {"repository": "acme/large"}
    assert created(web, ada, large, instanceSize="x1").is_success
    clock.advance(3_600)
    failed = web.get(f"{HERE}/llama-new", headers=ada).json()["status"]
    assert failed["state"] == "failed"
    assert "CUDA out of memory" in failed["message"]
    web.delete(f"{HERE}/llama-new", headers=ada)
    assert created(web, ada, large, instanceSize="x4").is_success
    clock.advance(600)
    assert web.get(f"{HERE}/llama-new", headers=ada).json()["status"]["state"] == "running"
