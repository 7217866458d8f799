"""Slow, endless and oversized answers of the sandbox, over real sockets."""

import time
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest

from hfadmin import outbound
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.huggingface import client
from providers.huggingface.errors import HuggingFaceError, Kind
from tests.network import allow_networks, override_configuration


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def served(hub: Sandbox) -> Iterator[str]:
    """The sandbox on a port of this machine, and configured as Hugging Face."""
    with _Server(("127.0.0.1", 0), _Quiet) as server:
        server.set_app(hub)
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        hub.state.base_url = base
        hub._host = f"127.0.0.1:{server.server_port}"
        places = {"management": f"{base}/v2", "router": f"{base}/router"}
        with override_configuration(hub=base, **places), allow_networks("127.0.0.0/8"):
            yield base
        server.shutdown()


def test_the_whole_way_works_over_sockets(served: str, hub: Sandbox, token: Secret) -> None:
    hub.add_endpoint("acme", "llama-prod")
    assert client.whoami(token).name == "ada"
    assert [item.name for item in client.list_endpoints(token, "acme")] == ["llama-prod"]


@pytest.mark.parametrize("fault", ["drip", "slow"])
def test_a_slow_answer_ends_in_time(served: str, hub: Sandbox, token: Secret, fault: str) -> None:
    hub.add_endpoint("acme", "llama-prod")
    hub.fault(fault, interval=0.02, seconds=30, times=1)
    started = time.monotonic()
    with pytest.raises(HuggingFaceError) as error, outbound.deadline(0.2):
        client.list_endpoints(token, "acme")
    assert error.value.kind is Kind.TIMEOUT
    assert time.monotonic() - started < 15
    hub.clear_faults()


@pytest.mark.parametrize("fault", ["endless", "gzip_bomb"])
def test_an_endless_answer_is_broken_off(
    served: str, hub: Sandbox, token: Secret, fault: str
) -> None:
    hub.fault(fault, times=1)
    with pytest.raises(HuggingFaceError) as error:
        client.list_endpoints(token, "acme")
    assert error.value.kind is Kind.TOO_LARGE
