"""Every remote call against the sandbox: what comes back, and how each failure is told apart."""

import json
import threading
import time
from datetime import timedelta

import httpx2
import pytest

from hfadmin import outbound
from hfadmin.sandbox import Clock, Sandbox
from hfadmin.vault import Secret
from providers.huggingface import client, inference
from providers.huggingface.errors import HuggingFaceError, Kind
from providers.huggingface.types import Identity, Provider, RemoteEndpoint
from tests.providers.huggingface.deployed import deployed_calls

LLAMA = "meta-llama/Llama-3.1-8B-Instruct"


def url_of(hub: Sandbox, token: Secret, name: str) -> str:
    return client.get_endpoint(token, "acme", name).url


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

    first = look()
    hub.change_endpoint("acme", "llama-prod", secrets={"TOKEN": "s3cret"}, env={"A": "s3cret"})
    assert look().fingerprint == first.fingerprint
    assert "s3cret" not in repr(look())
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
    assert client.resume_endpoint(token, "acme", "sleeper").state == "pending"
    hub.add_endpoint("acme", "runner", state="running")
    assert client.resume_endpoint(token, "acme", "runner").state == "running"


def test_hardware_has_prices_and_quota(hub: Sandbox, token: Secret) -> None:
    found = {item.id: item for item in client.list_hardware(token, "acme")}
    l4 = found["aws-us-east-1-nvidia-l4-x1"]
    assert (l4.price_per_hour, l4.vendor, l4.instance_type) == (0.8, "aws", "nvidia-l4")
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


@pytest.mark.parametrize("engine", ["vLLM", "tgi", "sGLang", "llamacpp"])
def test_a_chat_at_an_endpoint_is_answered(hub: Sandbox, token: Secret, engine: str) -> None:
    hub.add_endpoint("acme", "chatty", engine=engine, repository=LLAMA)
    url = url_of(hub, token, "chatty")
    result = inference.endpoint_chat(token, url, LLAMA, listed=[url])
    assert result.route == "chat"
    assert result.text
    assert hub.requests[-1].bearer == token.reveal()


@pytest.mark.parametrize(
    ("engine", "task"), [("tgi", "text-generation"), ("huggingface", "text2text-generation")]
)
def test_text_generation_is_answered(hub: Sandbox, token: Secret, engine: str, task: str) -> None:
    hub.add_endpoint("acme", "writer", engine=engine, task=task, repository="google/flan-t5-xl")
    url = url_of(hub, token, "writer")
    result = inference.endpoint_generation(token, url, listed=[url])
    assert result.route == "generation"
    assert result.text


@pytest.mark.parametrize(("engine", "route"), [("tei", "embedding"), ("vLLM", "embeddings")])
def test_an_embedding_has_a_dimension(hub: Sandbox, token: Secret, engine: str, route: str) -> None:
    hub.add_endpoint(
        "acme", "vectors", engine=engine, task="feature-extraction", repository="BAAI/bge-m3"
    )
    url = url_of(hub, token, "vectors")
    result = client.endpoint_embedding(token, url, ["BAAI/bge-m3"], listed=[url])
    assert (result.route, result.dimension) == (route, 1024)


def test_hosted_calls_go_to_the_router_alone(hub: Sandbox, token: Secret) -> None:
    chat = client.hosted_chat(token, LLAMA)
    assert chat.text
    assert client.hosted_embedding(token, "BAAI/bge-m3").dimension == 1024
    assert {request.path.split("/")[1] for request in hub.requests} == {"router"}


def test_token_vectors_are_averaged_to_one_dimension(hub: Sandbox, token: Secret) -> None:
    hub.add_model(
        "acme/raw",
        pipeline_tag="feature-extraction",
        providers=["hf-inference"],
        tags=("no-pooling",),
        dimension=17,
    )
    assert client.hosted_embedding(token, "acme/raw").dimension == 17


def test_text_generation_on_hf_inference_is_answered(hub: Sandbox, token: Secret) -> None:
    hub.add_model("acme/writer", providers={"hf-inference": {"task": "text-generation"}})
    result = client.hosted_generation(token, "acme/writer")
    assert result.route == "generation"
    assert result.text
    assert hub.requests[-1].path == "/router/hf-inference/models/acme/writer"
    with pytest.raises(HuggingFaceError) as error:
        client.hosted_generation(token, "BAAI/bge-m3")
    assert error.value.kind is Kind.MODEL_NOT_SERVED


def test_the_billed_organization_is_named(hub: Sandbox, token: Secret) -> None:
    hub.add_model("acme/writer", providers={"hf-inference": {"task": "text-generation"}})
    client.hosted_chat(token, LLAMA, bill_to="acme")
    client.hosted_generation(token, "acme/writer", bill_to="acme")
    client.hosted_embedding(token, "BAAI/bge-m3", bill_to="acme")
    assert [request.headers["x-hf-bill-to"] for request in hub.requests] == ["acme"] * 3


def test_a_token_of_the_machine_never_goes_out(
    hub: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_machine0000000000000000")
    client.search_models("llama")
    client.model("google/flan-t5-xl")
    assert all(request.bearer is None for request in hub.requests)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("", Kind.TOKEN_MALFORMED),
        ("hf_with space", Kind.TOKEN_MALFORMED),
        ("hf_line\nbreak", Kind.TOKEN_MALFORMED),
        ("hf_ümlaut", Kind.TOKEN_MALFORMED),
        ("hf_" + "x" * 10_000, Kind.TOKEN_MALFORMED),
        ("api_org_abcdefgh", Kind.TOKEN_ORGANIZATION),
    ],
)
def test_what_is_no_token_is_not_sent(hub: Sandbox, value: str, kind: Kind) -> None:
    for ask in (client.whoami, lambda token: client.list_endpoints(token, "acme")):
        with pytest.raises(HuggingFaceError) as error:
            ask(Secret(value))
        assert error.value.kind is kind
    assert not hub.requests


@pytest.mark.parametrize("name", ["..", "../whoami", "a/b", "", "a b", "a%2f", "x?y", "\u202eacme"])
def test_a_name_does_not_lead_to_another_path(hub: Sandbox, token: Secret, name: str) -> None:
    for ask, kind in (
        (lambda: client.list_endpoints(token, name), Kind.NAMESPACE_NOT_FOUND),
        (lambda: client.get_endpoint(token, "acme", name), Kind.ENDPOINT_NOT_FOUND),
        (lambda: client.model(f"{name}/model", token=token), Kind.MODEL_NOT_FOUND),
        (lambda: client.hosted_embedding(token, f"{name}/model"), Kind.MODEL_NOT_FOUND),
    ):
        with pytest.raises(HuggingFaceError) as error:
            ask()
        assert error.value.kind is kind
    assert not hub.requests


FAULTS = [
    ("401", Kind.TOKEN_REJECTED),
    ("402", Kind.CREDITS_EXHAUSTED),
    ("403", Kind.FORBIDDEN),
    ("404", Kind.NAMESPACE_NOT_FOUND),
    ("409", Kind.NAME_TAKEN),
    ("429", Kind.RATE_LIMITED),
    ("500", Kind.UPSTREAM_ERROR),
    ("503", Kind.UPSTREAM_ERROR),
    ("504", Kind.UPSTREAM_ERROR),
    ("policy_fine_grained_only", Kind.POLICY_FINE_GRAINED_ONLY),
    ("policy_pending", Kind.POLICY_PENDING),
    ("policy_revoked", Kind.POLICY_REVOKED),
    ("payment_required", Kind.PAYMENT_REQUIRED),
    ("missing_permission", Kind.MISSING_PERMISSION),
    ("malformed", Kind.UPSTREAM_MALFORMED),
    ("truncated", Kind.UPSTREAM_MALFORMED),
    ("string", Kind.UPSTREAM_MALFORMED),
    ("empty", Kind.UPSTREAM_MALFORMED),
    ("endless", Kind.TOO_LARGE),
    ("gzip_bomb", Kind.TOO_LARGE),
]


@pytest.mark.parametrize(("fault", "kind"), FAULTS)
def test_each_failure_of_a_listing_has_its_kind(
    hub: Sandbox, token: Secret, fault: str, kind: Kind
) -> None:
    hub.add_endpoint("acme", "llama-prod")
    hub.fault(fault, path="/v2/")
    with pytest.raises(HuggingFaceError) as error:
        client.list_endpoints(token, "acme")
    assert error.value.kind is kind
    evidence = error.value.diagnosis.evidence
    assert evidence is not None
    assert (evidence.method, evidence.path) == ("GET", "/v2/endpoint/acme")
    if error.value.status:
        assert evidence.request_id.startswith("Root=1-sandbox-")
        assert "<" not in evidence.text


@pytest.mark.parametrize(
    "fault", ["401", "429", "500", "504", "string", "malformed", "empty", "truncated", "endless"]
)
def test_every_call_fails_in_the_one_way(hub: Sandbox, token: Secret, fault: str) -> None:
    hub.add_endpoint("acme", "llama-prod", repository=LLAMA)
    url = url_of(hub, token, "llama-prod")
    hub.fault(fault)
    for call in (
        lambda: client.whoami(token),
        lambda: client.model(LLAMA, token=token),
        lambda: client.search_models("x"),
        lambda: client.list_hardware(token, "acme"),
        lambda: client.get_endpoint(token, "acme", "llama-prod"),
        lambda: client.resume_endpoint(token, "acme", "llama-prod"),
        lambda: client.hosted_chat(token, LLAMA),
        lambda: client.hosted_generation(token, LLAMA),
        lambda: client.hosted_embedding(token, LLAMA),
        *deployed_calls(token, url, [url]),
    ):
        with pytest.raises(HuggingFaceError):
            call()


def test_a_rate_limit_says_how_long_to_wait(hub: Sandbox, token: Secret) -> None:
    for has_retry_after in (True, False):
        hub.clear_faults()
        hub.fault("429", seconds=42, retry_after=has_retry_after)
        with pytest.raises(HuggingFaceError) as error:
            client.list_endpoints(token, "acme")
        assert error.value.diagnosis.retry_after == 42


def test_an_answer_that_repeats_the_token_is_kept_without_it(hub: Sandbox) -> None:
    value = "an.unusual.token.without.the.usual.beginning"
    hub.fault("500", text=f"Bad header: {value}")
    with pytest.raises(HuggingFaceError) as error:
        client.list_endpoints(Secret(value), "acme")
    assert value not in str(error.value.diagnosis.to_json())
    assert "Bad header" in str(error.value.diagnosis.to_json())


def test_search_does_not_wait_for_a_rate_limit(hub: Sandbox) -> None:
    hub.fault("429", seconds=55)
    with pytest.raises(HuggingFaceError) as error:
        client.search_models("llama")
    assert error.value.kind is Kind.RATE_LIMITED
    assert len(hub.requests) == 1


def test_hostile_texts_come_out_harmless(hub: Sandbox, token: Secret) -> None:
    hub.add_endpoint("acme", "llama-prod")
    hub.fault("hostile", path="/v2/")
    try:
        found = client.list_endpoints(token, "acme")
    except HuggingFaceError as error:
        assert error.kind is Kind.UPSTREAM_MALFORMED  # noqa: PT017
        return
    for text in (str(value) for item in found for value in (item.name, item.message, *item.tags)):
        assert text.isprintable()
        assert len(text) <= 500


def test_a_list_of_thousands_is_read(hub: Sandbox, token: Secret) -> None:
    hub.add_endpoint("acme", "llama-prod")
    hub.fault("huge_list", path="/v2/")
    assert len(client.list_endpoints(token, "acme")) == 10_000


def test_the_states_of_an_endpoint_are_told_apart_when_it_is_called(
    hub: Sandbox, token: Secret
) -> None:
    for state, kind in (
        ("paused", Kind.ENDPOINT_PAUSED),
        ("scaledToZero", Kind.ENDPOINT_NOT_READY),
    ):
        hub.add_endpoint("acme", "resting", state=state, repository=LLAMA)
        hub.state.endpoint("acme", "resting").deployed = True  # type: ignore[union-attr]
        url = url_of(hub, token, "resting")
        with pytest.raises(HuggingFaceError) as error:
            inference.endpoint_chat(token, url, LLAMA, listed=[url])
        assert error.value.kind is kind
        hub.remove_endpoint("acme", "resting")


def test_an_engine_without_a_chat_route_is_told_from_another_model(
    hub: Sandbox, token: Secret
) -> None:
    hub.add_endpoint("acme", "flan", engine="huggingface", task="text2text-generation")
    hub.add_endpoint("acme", "llama", engine="vLLM", repository=LLAMA)
    for name, kind in (("flan", Kind.NO_CHAT_ROUTE), ("llama", Kind.REPOSITORY_MISMATCH)):
        url = url_of(hub, token, name)
        with pytest.raises(HuggingFaceError) as error:
            inference.endpoint_chat(token, url, "other/model", listed=[url])
        assert error.value.kind is kind


def test_what_a_token_may_not_see_is_told_apart(hub: Sandbox, token: Secret) -> None:
    hub.add_organization("secretive", members={"eve": "admin"})
    hub.add_organization("strict", members={"ada": "admin"}, policy="fine_grained_only")
    for namespace, kind in (
        ("secretive", Kind.NOT_A_MEMBER),
        ("nobody", Kind.NAMESPACE_NOT_FOUND),
        ("strict", Kind.POLICY_FINE_GRAINED_ONLY),
    ):
        with pytest.raises(HuggingFaceError) as error:
            client.list_endpoints(token, namespace)
        assert error.value.kind is kind
    with pytest.raises(HuggingFaceError) as error:
        client.get_endpoint(token, "acme", "nothing")
    assert error.value.kind is Kind.ENDPOINT_NOT_FOUND


def test_a_gated_model_is_told_from_a_missing_one(hub: Sandbox) -> None:
    eve = Secret(hub.add_token("eve", role="read"))
    for repository, kind in ((LLAMA, Kind.MODEL_GATED), ("no/such", Kind.MODEL_NOT_FOUND)):
        with pytest.raises(HuggingFaceError) as error:
            client.model(repository, token=eve)
        assert error.value.kind is kind


def test_threads_do_not_mix_up_their_calls(hub: Sandbox, token: Secret) -> None:
    hub.fault("500", path="/v2/endpoint/acme")
    seen: dict[str, str] = {}

    def ask(name: str) -> None:
        try:
            client.list_endpoints(token, name)
        except HuggingFaceError as error:
            assert error.diagnosis.evidence  # noqa: PT017
            seen[name] = error.diagnosis.evidence.path

    threads = [threading.Thread(target=ask, args=(f"acme{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {f"acme{n}": f"/v2/endpoint/acme{n}" for n in range(8)}


def test_connection_failures_have_their_kinds(token: Secret) -> None:
    for failure, kind in (
        (httpx2.ConnectError("refused"), Kind.UNREACHABLE),
        (httpx2.ConnectTimeout("slow"), Kind.TIMEOUT),
        (httpx2.ReadTimeout("slow"), Kind.TIMEOUT),
        (httpx2.RemoteProtocolError("odd"), Kind.UPSTREAM_MALFORMED),
        (outbound.BlockedAddress("private"), Kind.BLOCKED_ADDRESS),
    ):

        def fail(request: httpx2.Request, failure: Exception = failure) -> httpx2.Response:
            raise failure

        outbound.use_transport(lambda fail=fail: httpx2.MockTransport(fail))  # type: ignore[misc]
        for ask in (client.whoami, lambda token: client.list_endpoints(token, "acme")):
            started = time.monotonic()
            with pytest.raises(HuggingFaceError) as error:
                ask(token)
            assert error.value.kind is kind
            assert time.monotonic() - started < 1
