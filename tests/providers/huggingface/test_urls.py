"""What may be typed as an Endpoint URL, and where a token goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.huggingface.errors import EXPLANATIONS, HuggingFaceError, Kind
from providers.huggingface.explanations import REASONS
from providers.huggingface.urls import may_receive, normalize_endpoint_url, same_endpoint
from tests.network import allow_networks, override_configuration
from tests.providers.huggingface.hostile_urls import HOSTILE_URLS

HOST = "g7kmvowlfbpclkqn.us-east-1.aws.endpoints.huggingface.cloud"


@pytest.mark.parametrize(
    "typed",
    [
        f"https://{HOST}",
        f"https://{HOST}/",
        f"  https://{HOST}\n",
        f"HTTPS://{HOST.upper()}",
        f"https://{HOST}:443",
        f"https://{HOST}.",
        f"http://{HOST}",
        HOST,
        f"{HOST}/v1/",
        f"https://{HOST}/v1",
        f"https://{HOST}/v1/chat/completions",
        f"https://{HOST}/v1/embeddings",
        f"https://{HOST}/generate_stream",
        f"https://{HOST}/health?verbose=1#top",
    ],
)
def test_the_ways_of_writing_an_address_are_understood(typed: str) -> None:
    found = normalize_endpoint_url(typed)
    assert found.url == f"https://{HOST}"
    assert found.hosted_by_huggingface
    assert may_receive(found, [f"https://{HOST}/"])
    assert same_endpoint(typed, f"https://{HOST}/")


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_a_hostile_address_is_refused_or_gets_no_token(url: str) -> None:
    try:
        found = normalize_endpoint_url(url)
    except HuggingFaceError as error:
        assert error.kind.value.startswith("url_")  # noqa: PT017
    else:
        assert not may_receive(found)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("https://" + "a" * 600, "long"),
        (f"ftp://{HOST}", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("http://models.example.org", "scheme"),
        (f"https://hf_token@{HOST}", "credentials"),
        (f"https://user:pass@{HOST}", "credentials"),
        (f"https://{HOST}:8443", "port"),
        (f"https://{HOST}/elsewhere", "path"),
        ("https://10.0.0.1", "number"),
        ("https://[::1]", "number"),
        ("https://0x7f.1", "number"),
        ("https://2130706433", "number"),
        ("https://localhost", "private"),
        ("https://models.internal", "private"),
        ("https://endpoints.huggingface.cloud.evil.example", "lookalike"),
        ("https://x.endpoints-huggingface.cloud", "lookalike"),
        ("https://xn--hggingface-66b.cloud", "lookalike"),
        ("https://huggingface.co/meta-llama/Llama-3.1-8B", "page"),
        ("https://api.endpoints.huggingface.cloud/v2", "page"),
        ("https://hüggingface.cloud", "characters"),
        (f"https://{HOST}\u202e/", "characters"),
        ("https://exa mple.org", "characters"),
        ("https://", "form"),
        ("https://a_b.example.org", "form"),
        ("https://[::1", "form"),
    ],
)
def test_the_reason_is_told(typed: str, reason: str) -> None:
    with pytest.raises(HuggingFaceError) as error:
        normalize_endpoint_url(typed)
    diagnosis = error.value.diagnosis
    assert (diagnosis.kind, diagnosis.params["reason"]) == (Kind.URL_INVALID, reason)
    assert REASONS[reason] in diagnosis.explain().what


def test_the_old_api_is_explained() -> None:
    with pytest.raises(HuggingFaceError) as error:
        normalize_endpoint_url("https://api-inference.huggingface.co/models/gpt2")
    assert error.value.kind is Kind.URL_OLD_API


@pytest.mark.parametrize("host", ["endpoints.huggingface.co", "ui.endpoints.huggingface.co"])
def test_a_console_address_tells_which_endpoint_is_meant(host: str) -> None:
    with pytest.raises(HuggingFaceError) as error:
        normalize_endpoint_url(f"https://{host}/acme/endpoints/llama-3-8b-prod/logs")
    assert error.value.kind is Kind.URL_CONSOLE
    assert error.value.diagnosis.params == {
        "host": host,
        "namespace": "acme",
        "name": "llama-3-8b-prod",
    }


@pytest.mark.parametrize("host", ["models.example.org", HOST])
def test_an_address_gets_a_token_only_where_it_is_listed(host: str) -> None:
    found = normalize_endpoint_url(f"https://{host.title()}/v1")
    assert not may_receive(found)
    assert may_receive(found, [f"https://{host}/"])
    others = ["https://other.example.org", f"https://other.{host}", f"https://{host}/x", ""]
    assert not may_receive(found, others)


def test_the_operator_may_trust_a_host() -> None:
    with override_configuration(trusted_hosts=frozenset({"models.example.org"})):
        assert may_receive(normalize_endpoint_url("https://Models.example.org"))
        assert not may_receive(normalize_endpoint_url("https://x.models.example.org"))


def test_a_trusted_network_allows_plain_addresses_but_sends_no_token_by_itself() -> None:
    with allow_networks("127.0.0.0/8"):
        found = normalize_endpoint_url("http://127.0.0.1:9100/deployed/abc/v1")
        assert found.url == "http://127.0.0.1:9100/deployed/abc"
        assert not may_receive(found)
        assert may_receive(found, ["http://127.0.0.1:9100/deployed/abc"])
        assert not may_receive(found, ["http://127.0.0.1:9100/deployed/other"])
        with pytest.raises(HuggingFaceError):
            normalize_endpoint_url("http://10.0.0.1:9100")


@given(st.text() | st.text().map(lambda text: f"https://{text}"))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        found = normalize_endpoint_url(text)
    except HuggingFaceError as error:
        assert error.kind.value.startswith("url_")  # noqa: PT017
        return
    assert normalize_endpoint_url(found.url).url == found.url


@given(
    st.sampled_from([HOST, "models.example.org"]), st.text(alphabet="@:/\\?#.%[] \tx", max_size=8)
)
def test_what_is_put_around_a_host_does_not_lead_to_another(host: str, text: str) -> None:
    for typed in (f"https://{text}{host}", f"https://{host}{text}evil.example"):
        try:
            found = normalize_endpoint_url(typed)
        except HuggingFaceError:
            continue
        assert not may_receive(found)
        if may_receive(found, [f"https://{host}"]):
            assert found.host == host


def test_every_kind_is_explained() -> None:
    for kind in Kind:
        texts = EXPLANATIONS[kind]
        assert texts.title
        assert texts.what.endswith((".", "%(message)s"))
        assert texts.remedy.endswith(".")
        assert "!" not in texts.title + texts.what + texts.remedy
