"""No token leaves for a place that it was not meant for, whatever is typed or answered."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from hfadmin.vault import Secret
from providers.huggingface import client
from providers.huggingface.errors import HuggingFaceError, Kind
from tests.network import allow_networks, override_configuration
from tests.providers.huggingface.endpoint_calls import deployed_calls
from tests.providers.huggingface.hostile_urls import HOSTILE_URLS
from tests.sink import Received, Sink, plain, redirect, sink

TOKEN = Secret("hf_abcdefghijklmnopqrstuvwxyzABCDEFGH")
MODEL = "acme/model"


@dataclass
class Network:
    """`honest` is the configured Hugging Face; whatever else is dialled ends at `evil`."""

    honest: Sink
    evil: Sink
    dialled: list[tuple[str, int]]

    @property
    def endpoint(self) -> str:
        return f"{self.honest.url}/deployed/abc"

    @property
    def strayed(self) -> list[tuple[str, int]]:
        return [address for address in self.dialled if address[1] != self.honest.port]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """Every name resolves and every address is trusted, so that nothing but the rules about
    where a token may go stands in the way."""
    resolve, dial = socket.getaddrinfo, socket.create_connection

    def to_this_machine(host: str, port: int, *arguments: Any, **options: Any) -> Any:
        return resolve("127.0.0.1", port, *arguments, **options)

    with sink() as honest, sink() as evil:
        found = Network(honest, evil, [])

        def to_the_sinks(address: tuple[str, int], *arguments: Any, **options: Any) -> Any:
            found.dialled.append(address)
            port = honest.port if address[1] == honest.port else evil.port
            return dial(("127.0.0.1", port), *arguments, **options)

        monkeypatch.setattr(socket, "getaddrinfo", to_this_machine)
        monkeypatch.setattr(socket, "create_connection", to_the_sinks)
        places = {"management": f"{honest.url}/v2", "router": f"{honest.url}/router"}
        with override_configuration(hub=honest.url, **places), allow_networks("0.0.0.0/0", "::/0"):
            yield found


def calls(network: Network) -> list[Callable[[], object]]:
    listed = [network.endpoint]
    return [
        lambda: client.whoami(TOKEN),
        lambda: client.model(MODEL, token=TOKEN),
        lambda: client.search_models("x", token=TOKEN),
        lambda: client.list_endpoints(TOKEN, "acme"),
        lambda: client.get_endpoint(TOKEN, "acme", "name"),
        lambda: client.resume_endpoint(TOKEN, "acme", "name"),
        lambda: client.hosted_chat(TOKEN, MODEL),
        lambda: client.hosted_embedding(TOKEN, MODEL),
        lambda: client.wake_endpoint(TOKEN, network.endpoint, listed=listed),
        *deployed_calls(TOKEN, network.endpoint, listed),
    ]


def locations(network: Network) -> list[str]:
    """The hostile addresses, and as many ways of saying "the other port" to a redirect."""
    honest, evil = f"127.0.0.1:{network.honest.port}", f"127.0.0.1:{network.evil.port}"
    return [
        *HOSTILE_URLS,
        f"http://{evil}/",
        f"//{evil}/",
        f"http://{honest}@{evil}/",
        f"http://localhost:{network.honest.port}/",
        f"https://{honest}/",
        f"\\\\{evil}/",
        f"/\\{evil}/",
        "http:///",
        "",
    ]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_takes_the_token_elsewhere(network: Network, status: int) -> None:
    for location in locations(network):
        raw = location.encode("utf-8", "surrogatepass").decode("latin-1")

        def answer(received: Received, raw: str = raw) -> Iterator[bytes]:
            return (c for c in [b"".join(redirect(status, raw.replace("\r\n", "")))])

        network.honest.answer = answer
        for call in calls(network):
            with pytest.raises(HuggingFaceError):
                call()
    assert len(network.honest.authorized) >= len(calls(network)) * len(HOSTILE_URLS)
    assert network.strayed == []
    assert network.evil.requests == []


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_no_typed_address_gets_the_token(network: Network, url: str) -> None:
    for call in deployed_calls(TOKEN, url):
        with pytest.raises(HuggingFaceError) as error:
            call()
        assert error.value.kind.value.startswith("url_")
    assert network.dialled == []


OURS = "us-east-1.aws.endpoints.huggingface.cloud"
UNLISTED = [
    "https://models.example.org",
    f"https://stranger.{OURS}",
    f"https://STRANGER.{OURS}/v1/chat/completions",
    f"http://stranger.{OURS}",
    f"stranger.{OURS}",
    f"https://listed.x.{OURS}",
    "https://stranger.endpoints.huggingface.cloud",
]


@pytest.mark.parametrize("listed", [(), (f"https://listed.{OURS}", "", "https://[")])
def test_an_endpoint_that_is_not_listed_for_the_token_is_not_called(
    network: Network, listed: tuple[str, ...]
) -> None:
    """Whatever was asked before it: the client itself refuses."""
    elsewhere = (*listed, f"{network.honest.url}/deployed/xyz")
    for url in (network.endpoint, network.evil.url, *UNLISTED):
        for call in deployed_calls(TOKEN, url, elsewhere):
            with pytest.raises(HuggingFaceError) as error:
                call()
            assert error.value.kind is Kind.URL_NOT_LISTED
    assert network.dialled == []


def test_a_redirect_within_the_hub_is_followed_with_the_token(network: Network) -> None:
    def answer(received: Received) -> Iterator[bytes]:
        if received.path.startswith("/api/models/acme/old"):
            return redirect(307, "/api/models/acme/new")
        return plain(b'{"id": "acme/new"}')

    network.honest.answer = answer
    assert client.model("acme/old", token=TOKEN).renamed_from == "acme/old"
    assert len(network.honest.authorized) == 2
    assert network.strayed == []
