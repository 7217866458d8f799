"""Lists are read item by item, and values that cannot be are unknown, one by one."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from hfadmin import outbound
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.huggingface import client, hub_models, parse
from providers.huggingface.errors import HuggingFaceError, Kind
from providers.huggingface.text import clean, evidence
from providers.huggingface.types import Provider
from tests.hfadmin.test_redaction import CORE

ODD: list[Any] = [None, 7, "text", [], {}, {"name": None}, {"name": ["x"]}, True]


def item(name: str, **status: Any) -> dict[str, Any]:
    return {"name": name, "status": {"state": "running", "readyReplica": 1, **status}}


def answered_with(body: str) -> None:
    """Lets every call be answered so."""
    outbound.use_transport(
        lambda: httpx2.MockTransport(
            lambda _: httpx2.Response(200, stream=httpx2.ByteStream(body.encode()))
        )
    )


def test_an_endpoint_without_a_state_is_there_as_unknown_and_takes_no_other_with_it() -> None:
    odd = {"name": "odd", "status": {"url": "https://odd.endpoints.huggingface.cloud"}}
    found = parse.endpoints({"items": [item("a"), odd, item("b", state="failed")]}, "acme")
    assert {entry.name: entry.state for entry in found.items} == {
        "a": "running",
        "odd": "unknown",
        "b": "failed",
    }
    assert "no state" in found.items[1].message
    assert found.is_complete


@pytest.mark.parametrize("status", [None, "running", [], 5, {"state": None}, {"state": 5}])
def test_whatever_stands_for_the_status_is_unknown(status: Any) -> None:
    found = parse.endpoints({"items": [{"name": "odd", "status": status}]}, "acme")
    assert found.items[0].state == "unknown"
    assert found.items[0].ready_replicas is None


@pytest.mark.parametrize("odd", ODD)
def test_an_entry_without_a_name_makes_the_list_incomplete(odd: Any) -> None:
    found = parse.endpoints({"items": [item("a"), odd, item("b")]}, "acme")
    assert [entry.name for entry in found.items] == ["a", "b"]
    assert not found.is_complete


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_entry_loses_no_other_organization_scope_model_or_hardware(odd: Any) -> None:
    scope = {"entity": {"type": "org", "name": "acme"}, "permissions": ["repo.read", odd]}
    whoami = parse.identity(
        {
            "name": "ada",
            "orgs": [odd, {"name": "acme"}],
            "auth": {
                "accessToken": {"role": "fineGrained", "fineGrained": {"scoped": [odd, scope]}}
            },
        }
    )
    assert whoami.namespaces == ("ada", "acme")
    assert "repo.read" in whoami.token.scopes[-1].permissions
    assert [m.repository for m in hub_models.model_summaries([odd, {"id": "acme/llama"}])] == [
        "acme/llama"
    ]
    region = {"name": "us-east-1", "computes": [odd, {"id": "l4"}]}
    vendors = [odd, {"name": "aws", "regions": [odd, region]}]
    assert [compute.id for compute in parse.hardware({"vendors": vendors})] == ["l4"]


@pytest.mark.parametrize(
    "moment",
    [
        "9999-12-31T23:59:59.999Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "1970-01-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2" * 400,
        4_102_444_800,
        {},
    ],
)
def test_a_moment_out_of_range_is_unknown_and_nothing_else_is(moment: Any) -> None:
    found = parse.identity(
        {
            "name": "ada",
            "auth": {
                "expiresAt": moment,
                "accessToken": {"role": "read", "createdAt": "2026-05-01T09:00:00.000Z"},
            },
        }
    )
    assert found.token.expires_at is None
    assert found.token.expiry_is_odd
    assert type(found).from_json(found.to_json()) == found
    assert found.token.created_at == datetime(2026, 5, 1, 9, tzinfo=UTC)
    entry = parse.endpoint(item("a", createdAt=moment, updatedAt="2026-05-01T09:00:00Z"), "acme")
    assert entry.created_at is None
    assert entry.updated_at == datetime(2026, 5, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("odd", [None, 7, "text", [], {"status": "live"}])
def test_an_odd_mapping_takes_no_other_provider_of_the_model_with_it(odd: Any) -> None:
    live = {"provider": "novita", "status": "live", "task": "conversational"}
    for mapping in ({"odd": odd, "novita": live}, [odd, live]):
        found = hub_models.model_details({"id": "acme/m", "inferenceProviderMapping": mapping}, "")
        assert found.providers[-1] == Provider("novita", "live", "conversational")


@pytest.mark.parametrize(
    "odd",
    [
        '"createdAt": "zzz"',
        '"siblings": 5',
        '"evalResults": [1]',
        '"safetensors": {"parameters": null}',
        '"safetensors": {"parameters": {"F16": 1e999, "I8": NaN, "I4": "x"}}',
        '"safetensors": {"parameters": {"F16": ' + "9" * 400 + "}}",
        '"gguf": {"total": 1e999}',
        '"tags": 5',
        '"inferenceProviderMapping": 5',
    ],
)
def test_an_odd_detail_does_not_lose_the_model(hub: Sandbox, token: Secret, odd: str) -> None:
    answered_with(f'{{"id": "acme/m", "pipeline_tag": "text-generation", {odd}}}')
    found = client.model("acme/m", token=token)
    assert found.pipeline_tag == "text-generation"
    assert (found.parameters, found.gguf_parameters) == ({}, None)


def test_one_endpoint_alone_is_read_as_in_a_list(hub: Sandbox, token: Secret) -> None:
    answered_with('{"name": "odd", "status": {"readyReplica": 1}}')
    for call in (client.get_endpoint, client.resume_endpoint):
        found = call(token, "acme", "odd")
        assert found is not None
        assert (found.name, found.state, found.ready_replicas) == ("odd", "unknown", 1)


@pytest.mark.parametrize("number", ["1e999", "NaN", "9" * 400, "-" + "9" * 400, "true"])
def test_a_vector_of_numbers_that_are_none_fails_in_the_one_way(
    hub: Sandbox, token: Secret, number: str
) -> None:
    answered_with(f"[0.5, {number}]")
    with pytest.raises(HuggingFaceError) as refused:
        client.hosted_embedding(token, "acme/m")
    assert refused.value.kind is Kind.UPSTREAM_MALFORMED


@pytest.mark.parametrize("number", [-1, 10**7, 10**400, 1.5, "2", True])
def test_a_count_out_of_range_is_unknown_and_no_other_number(number: Any) -> None:
    found = parse.endpoint(item("a", readyReplica=number, targetReplica=2), "acme")
    assert (found.ready_replicas, found.target_replicas) == (None, 2)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "9" * 400, "1" * 400 + ".5"])
def test_a_number_out_of_range_is_unknown_and_nothing_else_is(number: str) -> None:
    raw = json.loads(
        '{"vendors": [{"name": "aws", "regions": [{"name": "us-east-1", "computes": ['
        f'{{"id": "l4", "pricePerHour": {number}, "memoryGb": 30}}]}}]}}]}}'
    )
    compute = parse.hardware(raw)[0]
    assert compute.price_per_hour is None
    assert compute.memory_gb == 30


@pytest.mark.parametrize(
    "secret",
    [f"hf_{CORE}", f"hf\u200b_{CORE}", f"h\u034ff_{CORE}", f"hf_\u00ad{CORE}", f"password={CORE}"],
)
def test_no_field_of_any_answer_keeps_a_secret(hub: Sandbox, token: Secret, secret: str) -> None:
    hub.add_endpoint("acme", "llama", tags=("prod",))
    answers = {
        "whoami": parse.identity(_poisoned(_whoami(), secret)),
        "endpoints": parse.endpoints(_poisoned({"items": [_endpoint()]}, secret), "acme"),
        "hardware": parse.hardware(_poisoned(_vendors(), secret)),
        "search": hub_models.model_summaries(_poisoned([_summary()], secret)),
    }
    for what, answer in answers.items():
        assert CORE not in repr(answer), what
    hub.fault("403", text=f"Refused: {secret}")
    with pytest.raises(HuggingFaceError) as refused:
        client.whoami(token)
    assert CORE not in repr(refused.value.diagnosis)


@pytest.mark.parametrize("limit", [60, 300, 600])
@pytest.mark.parametrize("padding", ["\u200b", "<b></b>", "\u00ad\u2060", "<i>"])
def test_padding_that_is_not_seen_brings_no_half_of_a_secret(limit: int, padding: str) -> None:
    secret = f"hf_{CORE}"
    for shown in range(7, len(secret)):
        for cut in (limit * 4, limit * 10):
            text = (padding * cut)[: cut - shown] + secret
            assert CORE[:4] not in evidence(text + "\u200b" * 9, limit)
            if "<" not in padding:
                assert CORE[:4] not in clean(text + "\u200b" * 9, limit)
        assert CORE[:4] not in evidence((padding * 4_000)[: 4_000 - shown] + secret[:shown], limit)


def test_markup_within_a_secret_does_not_hide_it(hub: Sandbox, token: Secret) -> None:
    hub.fault("403", text=f"Refused: hf_<wbr>{CORE[:9]}<b></b>{CORE[9:]}")
    with pytest.raises(HuggingFaceError) as refused:
        client.whoami(token)
    assert CORE[9:] not in repr(refused.value.diagnosis)


def _poisoned(value: Any, secret: str) -> Any:
    """With the secret in every text; names keep a beginning of their own."""
    if isinstance(value, dict):
        return {key: _poisoned(entry, secret) for key, entry in value.items()}
    if isinstance(value, list):
        return [_poisoned(entry, secret) for entry in value]
    return f"{value} {secret}" if isinstance(value, str) else value


def _whoami() -> dict[str, Any]:
    scope = {"entity": {"type": "org", "name": "acme"}, "permissions": ["repo.read"]}
    token = {
        "displayName": "bot",
        "role": "fineGrained",
        "fineGrained": {"global": ["discussion.write"], "scoped": [scope]},
    }
    return {
        "type": "user",
        "name": "ada",
        "fullname": "Ada",
        "orgs": [{"name": "acme", "fullname": "ACME", "roleInOrg": "admin"}],
        "auth": {"accessToken": token},
    }


def _endpoint() -> dict[str, Any]:
    return {
        "name": "llama",
        "type": "authenticated",
        "healthRoute": "/health",
        "tags": ["prod"],
        "provider": {"vendor": "aws", "region": "us-east-1"},
        "compute": {
            "id": "l4",
            "accelerator": "gpu",
            "instanceType": "nvidia-l4",
            "instanceSize": "x1",
            "scaling": {"measure": {"hardwareUsage": "80"}},
        },
        "model": {
            "repository": "acme/llama",
            "revision": "main",
            "task": "text-generation",
            "framework": "pytorch",
            "image": {"custom": {"url": "registry.test/image", "healthRoute": "/health"}},
        },
        "status": {
            "state": "failed",
            "message": "Starting",
            "createdBy": {"name": "ada"},
            "updatedBy": "ada",
            "url": "https://abc.endpoints.huggingface.cloud",
        },
    }


def _vendors() -> dict[str, Any]:
    compute = {
        "id": "l4",
        "accelerator": "gpu",
        "instanceType": "nvidia-l4",
        "instanceSize": "x1",
        "architecture": "Nvidia L4",
        "status": "available",
    }
    return {"vendors": [{"name": "aws", "regions": [{"name": "us", "computes": [compute]}]}]}


def _summary() -> dict[str, Any]:
    return {
        "id": "acme/llama",
        "pipeline_tag": "text-generation",
        "tags": ["conversational"],
        "library_name": "transformers",
        "inferenceProviderMapping": {"novita": {"status": "live", "task": "conversational"}},
    }
