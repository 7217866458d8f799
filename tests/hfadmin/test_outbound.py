"""The way out, over real sockets: deadlines, sizes, redirects, connections."""

import gzip
import os
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hfadmin import outbound
from tests.network import allow_networks
from tests.sink import Received, plain, redirect, sink

LOCAL = "127.0.0.0/8"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.fixture(autouse=True)
def _network() -> Iterator[None]:
    with allow_networks(LOCAL):
        yield


def drip(received: Received) -> Iterator[bytes]:
    yield HEAD + b"\r\n"
    while not received.stopped.wait(0.01):
        yield b" "


def drip_headers(received: Received) -> Iterator[bytes]:
    yield HEAD
    while not received.stopped.wait(0.01):
        yield b"X: y\r\n"


def endless(received: Received) -> Iterator[bytes]:
    yield HEAD + b"\r\n"
    while not received.stopped.is_set():
        yield b" " * 65536


def endless_headers(received: Received) -> Iterator[bytes]:
    yield HEAD
    while not received.stopped.is_set():
        yield b"X: " + b"y" * 1000 + b"\r\n"


def silent(received: Received) -> Iterator[bytes]:
    received.stopped.wait(10)
    yield b""


def bomb(received: Received) -> Iterator[bytes]:
    return plain(gzip.compress(b" " * 50_000_000), "200 OK", "Content-Encoding: gzip")


def nested_bomb(received: Received) -> Iterator[bytes]:
    body = gzip.compress(gzip.compress(b" " * 50_000_000))
    return plain(body, "200 OK", "Content-Encoding: gzip, gzip")


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Every name resolves to `addresses`, one after the other. Returns the names asked for."""
    asked: list[str] = []
    honest = socket.getaddrinfo

    def resolve(host: str, *arguments: Any, **options: Any) -> Any:
        if outbound.ip_literal(host):
            return honest(host, *arguments, **options)
        asked.append(host)
        return honest(addresses[len(asked) - 1], *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


@pytest.mark.parametrize("answer", [drip, drip_headers, silent])
def test_a_slow_answer_ends_with_the_deadline(answer: object) -> None:
    with sink(answer) as server:  # type: ignore[arg-type]
        started = time.monotonic()
        with pytest.raises(outbound.DeadlineExceededError), outbound.deadline(0.2):
            outbound.client().get(server.url)
        assert time.monotonic() - started < 5


def test_the_clients_own_limit_needs_no_deadline_around_it() -> None:
    with sink(drip) as server, pytest.raises(outbound.DeadlineExceededError):
        outbound.client(seconds=0.2).get(server.url)


def test_a_stream_that_is_read_later_keeps_its_deadline() -> None:
    with sink(drip) as server:
        client = outbound.client(seconds=0.2)
        response = client.send(client.build_request("GET", server.url), stream=True)
        with pytest.raises(outbound.DeadlineExceededError):
            response.read()


def test_the_tighter_of_two_deadlines_counts() -> None:
    with (
        sink(drip) as server,
        pytest.raises(outbound.DeadlineExceededError),
        outbound.deadline(0.1),
        outbound.deadline(60),
    ):
        outbound.client().get(server.url)


def test_a_caller_cannot_switch_the_timeouts_off() -> None:
    with sink(silent) as server, pytest.raises(outbound.DeadlineExceededError):
        outbound.client(seconds=0.2).get(server.url, timeout=None)


@pytest.mark.parametrize("answer", [endless, bomb])
def test_an_answer_that_is_too_large_is_broken_off(answer: object) -> None:
    with sink(answer) as server, pytest.raises(outbound.BodyTooLargeError):  # type: ignore[arg-type]
        outbound.client(limits=outbound.Limits(1_000_000, 100_000)).get(server.url)


def test_headers_without_end_are_broken_off() -> None:
    with sink(endless_headers) as server, pytest.raises(httpx2.RemoteProtocolError):
        outbound.client().get(server.url)


def test_compression_that_was_not_asked_for_is_refused() -> None:
    with sink(nested_bomb) as server, pytest.raises(httpx2.DecodingError):
        outbound.client().get(server.url)


def test_a_compressed_answer_is_read() -> None:
    body = gzip.compress(b'{"a": 1}')
    with sink(lambda _: plain(body, "200 OK", "Content-Encoding: gzip")) as server:
        assert outbound.client().get(server.url).json() == {"a": 1}


def test_a_private_address_is_not_dialled() -> None:
    with allow_networks(), sink() as server:
        for host in ("127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]"):
            with pytest.raises(outbound.BlockedAddressError):
                outbound.client().get(f"http://{host}:{server.port}/")
        assert server.connections == 0


def test_a_name_is_dialled_at_the_very_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = resolving(monkeypatch, "127.0.0.1", "10.0.0.1")
    with sink() as server:
        outbound.client().get(f"http://endpoint.test:{server.port}/")
        assert asked == ["endpoint.test"]
        assert server.requests[0].headers["host"] == f"endpoint.test:{server.port}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_within_a_named_origin_only(status: int) -> None:
    with sink() as elsewhere, sink() as server:

        def answer(received: Received) -> Iterator[bytes]:
            if received.path == "/old":
                return redirect(status, "/new")
            if received.path == "/away":
                return redirect(status, f"{elsewhere.url}/new")
            return plain(b"{}")

        server.answer = answer
        headers = {"authorization": "Bearer hf_secret"}
        following = outbound.client(follow=[f"{server.url}/base"])
        assert following.get(f"{server.url}/old", headers=headers).status_code == 200
        refused = [
            (following, "GET", "/away"),
            (following, "POST", "/old"),
            (outbound.client(), "GET", "/old"),
        ]
        for client, method, path in refused:
            with pytest.raises(outbound.RedirectRefusedError):
                client.request(method, server.url + path, headers=headers)
        assert elsewhere.connections == 0


def test_a_fourth_redirect_is_not_followed() -> None:
    with sink(lambda received: redirect(307, received.path + "x")) as server:
        with pytest.raises(outbound.RedirectRefusedError):
            outbound.client(follow=[server.url]).get(f"{server.url}/")
        assert [r.path for r in server.requests] == ["/", "/x", "/xx", "/xxx"]


def test_proxies_are_used_when_set_on_purpose_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with sink() as proxy, sink() as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        outbound.client().get(server.url)
        assert (proxy.connections, server.connections) == (0, 1)
        with allow_networks(proxy=proxy.url):
            outbound.client().get("http://endpoint.test/path")
            assert [r.path for r in proxy.requests] == ["http://endpoint.test/path"]
            with pytest.raises(outbound.BlockedAddressError):
                outbound.client().get(server.url)


def test_clients_share_their_connections() -> None:
    with sink() as server:
        for _ in range(5):
            with outbound.client() as client:
                client.get(server.url)
        assert (server.connections, len(server.requests)) == (1, 5)


def test_a_forked_process_makes_connections_of_its_own() -> None:
    with sink() as server:
        outbound.client().get(server.url)
        child = os.fork()
        if child == 0:
            outbound.client().get(f"{server.url}/child")
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        outbound.client().get(f"{server.url}/parent")
        assert server.connections == 2
        assert [r.path for r in server.requests] == ["/", "/child", "/parent"]


def test_cookies_are_not_kept() -> None:
    with sink(lambda _: plain(b"{}", "200 OK", "Set-Cookie: session=1")) as server:
        client = outbound.client()
        client.get(server.url)
        client.get(server.url)
        assert "cookie" not in server.requests[1].headers


def certificate(name: str, folder: Path) -> tuple[ssl.SSLContext, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "cert.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public


def test_tls_is_verified_for_the_name_and_not_for_the_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context, public = certificate("endpoint.test", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    monkeypatch.setattr(outbound, "tls_context", outbound.tls_context.__wrapped__)
    resolving(monkeypatch, "127.0.0.1", "127.0.0.1")
    with allow_networks(LOCAL), sink(context=context) as server:
        good = outbound.client().get(f"https://endpoint.test:{server.port}/")
        assert good.status_code == 200
        for host in ("other.test", "127.0.0.1"):
            with pytest.raises(httpx2.ConnectError):
                outbound.client().get(f"https://{host}:{server.port}/")
        assert len(server.requests) == 1


def test_a_client_made_before_follows_a_change_of_the_transport() -> None:
    client = outbound.client()
    outbound.use_transport(lambda: httpx2.MockTransport(lambda request: httpx2.Response(204)))
    assert client.get("https://endpoint.test/").status_code == 204
