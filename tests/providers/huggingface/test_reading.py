"""What the calls that read bring back from the sandbox."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from hfadmin.sandbox import Clock, Sandbox
from hfadmin.vault import Secret
from providers.huggingface import client
from providers.huggingface.types import Identity, Provider, RemoteEndpoint

LLAMA = "meta-llama/Llama-3.1-8B-Instruct"


def test_whoami_tells_the_owner_and_the_tokens_rights(hub: Sandbox) -> None:
    rights = ("inference.endpoints.write", "repo.content.read")
    token = Secret(hub.add_token("ada", scopes={"acme": rights}, can_read_gated=True))
    found = client.whoami(token)
    assert found.namespaces == ("ada", "acme")
    assert found.organizations[0].role == "admin"
    assert found.token.role == "fineGrained"
    assert found.token.can_read_gated
    (scope,) = found.token.scopes
    assert (scope.entity_kind, scope.entity_name) == ("org", "acme")
    assert scope.permissions == frozenset(rights)


@pytest.mark.parametrize("field", ["expiresAt", "expiration"])
def test_whoami_finds_the_expiry_in_either_place(hub: Sandbox, clock: Clock, field: str) -> None:
    expiry = clock.now().replace(microsecond=0) + timedelta(days=30)
    token = Secret(hub.add_token("ada", expires_at=expiry, expiry_field=field))
    assert client.whoami(token).token.expires_at == expiry


def test_an_oauth_token_shows_its_scopes(hub: Sandbox) -> None:
    scopes = {"acme": ("inference.endpoints.write",)}
    found = client.whoami(Secret(hub.add_token("ada", scopes=scopes, oauth=True))).token
    assert found.role == "fineGrained"
    assert found.scopes[0].entity_name == "acme"


def test_an_identity_survives_being_stored(hub: Sandbox) -> None:
    token = Secret(hub.add_token("ada", scopes={"acme": ("repo.content.read",)}))
    found = client.whoami(token)
    assert Identity.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_the_endpoints_of_a_namespace_come_in_one_call(hub: Sandbox, token: Secret) -> None:
    hub.add_endpoint("acme", "llama-prod", repository=LLAMA, tags=("prod",))
    hub.add_endpoint("acme", "new-one", state="pending")
    before = len(hub.requests)
    found = {item.name: item for item in client.list_endpoints(token, "acme")}
    assert len(hub.requests) == before + 1
    assert found["llama-prod"].state == "running"
    assert found["llama-prod"].url.startswith("https://")
    assert found["llama-prod"].tags == ("prod",)
    assert found["llama-prod"].created_at is not None
    assert found["new-one"].url == ""
    assert client.get_endpoint(token, "acme", "llama-prod") == found["llama-prod"]


def test_the_fingerprint_changes_with_what_is_shown_and_not_with_secrets(
    hub: Sandbox, token: Secret
) -> None:
    hub.add_endpoint("acme", "llama-prod", stuck=True)

    def look() -> RemoteEndpoint:
        return client.get_endpoint(token, "acme", "llama-prod")

    hub.change_endpoint("acme", "llama-prod", secrets={"TOKEN": "old"}, env={"A": "old"})
    first = look()
    hub.change_endpoint("acme", "llama-prod", secrets={"TOKEN": "s3cret"}, env={"A": "s3cret"})
    assert look().fingerprint == first.fingerprint
    assert "s3cret" not in repr(look())
    assert look().container == {"port": 8000, "env": ["A"], "secrets": ["TOKEN"]}
    hub.change_endpoint("acme", "llama-prod", tags=("x",))
    assert look().fingerprint != first.fingerprint


def test_counts_that_the_answer_leaves_out_are_not_known(hub: Sandbox, token: Secret) -> None:
    missing = ["readyReplica", "targetReplica", "minReplica", "maxReplica"]
    hub.add_endpoint("acme", "silent", leaves_out=missing)
    found = client.get_endpoint(token, "acme", "silent")
    assert found.ready_replicas is None
    assert found.target_replicas is None
    assert (found.min_replica, found.max_replica) == (None, None)


def test_resuming_starts_an_endpoint_and_leaves_a_running_one_alone(
    hub: Sandbox, token: Secret
) -> None:
    hub.add_endpoint("acme", "sleeper", state="paused")
    started = client.resume_endpoint(token, "acme", "sleeper")
    assert started is not None
    assert started.state == "pending"
    hub.add_endpoint("acme", "runner", state="running")
    assert client.resume_endpoint(token, "acme", "runner") is None


def test_hardware_has_prices_and_quota(hub: Sandbox, token: Secret) -> None:
    found = {item.id: item for item in client.list_hardware(token, "acme")}
    l4 = found["aws-us-east-1-nvidia-l4-x1"]
    assert (l4.price_per_hour, l4.vendor, l4.instance_type) == (Decimal("0.8"), "aws", "nvidia-l4")
    assert l4.quota_max is not None


def test_a_model_tells_its_providers(hub: Sandbox, token: Secret) -> None:
    found = client.model(LLAMA, token=token)
    assert found.pipeline_tag == "text-generation"
    assert found.gated
    assert found.providers == (Provider("novita", "live", "conversational"),)


def test_a_renamed_model_is_found_under_its_new_name(hub: Sandbox, token: Secret) -> None:
    found = client.model("BAAI/bge-m3-old", token=token)
    assert (found.repository, found.renamed_from) == ("BAAI/bge-m3", "BAAI/bge-m3-old")


def test_search_finds_fitting_models_only(hub: Sandbox) -> None:
    hub.add_model("acme/bge-ranker", pipeline_tag="sentence-similarity")
    hub.add_model("acme/bge-chat", pipeline_tag="text-generation")
    found = client.search_models("bge", tasks=["feature-extraction", "sentence-similarity"])
    assert [item.repository for item in found] == ["BAAI/bge-m3"]
    assert all(request.bearer is None for request in hub.requests)


def test_search_for_hosted_models_shows_who_serves_them(hub: Sandbox, token: Secret) -> None:
    hub.add_model("acme/llama-private-build")
    found = client.search_models("llama", tasks=["text-generation"], hosted=True, token=token)
    assert [item.repository for item in found] == [LLAMA]
    assert found[0].providers[0].name == "novita"
