"""How each failure of a call against the sandbox is told apart."""

import threading

import httpx2
import pytest

from hfadmin import outbound
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.huggingface import client, inference
from providers.huggingface.errors import HuggingFaceError, Kind
from tests.providers.huggingface.endpoint_calls import deployed_calls, url_of

LLAMA = "meta-llama/Llama-3.1-8B-Instruct"


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
    hub.add_endpoint("acme", "sleeper", state="paused")
    url = url_of(token, "llama-prod")
    hub.fault(fault)
    for call in (
        lambda: client.whoami(token),
        lambda: client.model(LLAMA, token=token),
        lambda: client.search_models("x"),
        lambda: client.list_hardware(token, "acme"),
        lambda: client.get_endpoint(token, "acme", "llama-prod"),
        lambda: client.resume_endpoint(token, "acme", "sleeper"),
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
        url = url_of(token, "resting")
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
        url = url_of(token, name)
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
            client.check_access(repository, token=eve)
        assert error.value.kind is kind
    assert client.model(LLAMA, token=eve).gated


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


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx2.ConnectError("refused"), Kind.UNREACHABLE),
        (httpx2.ConnectTimeout("slow"), Kind.TIMEOUT),
        (httpx2.ReadTimeout("slow"), Kind.TIMEOUT),
        (httpx2.RemoteProtocolError("odd"), Kind.UPSTREAM_MALFORMED),
        (outbound.BlockedAddressError("private"), Kind.BLOCKED_ADDRESS),
    ],
)
def test_a_connection_that_fails_has_its_kind_and_is_not_tried_again(
    token: Secret, failure: Exception, kind: Kind
) -> None:
    asked: list[httpx2.Request] = []

    def fail(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        raise failure

    outbound.use_transport(lambda: httpx2.MockTransport(fail))
    for ask in (client.whoami, lambda token: client.list_endpoints(token, "acme")):
        with pytest.raises(HuggingFaceError) as error:
            ask(token)
        assert error.value.kind is kind
    assert len(asked) == 2
