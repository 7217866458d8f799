"""The calls that one check of a deployed endpoint makes, as a whole."""

from collections.abc import Callable, Iterator

import pytest

from hfadmin.vault import Secret
from providers.huggingface import client, engines
from providers.huggingface.errors import HuggingFaceError, Kind
from tests.network import dialling
from tests.sink import Received, plain, sink

TOKEN = Secret("hf_abcdefghijklmnopqrstuvwxyz12345678")


def slow_to_say_no(received: Received) -> Iterator[bytes]:
    received.stopped.wait(0.4)
    return plain(b'{"detail": "Not Found"}', "404 Not Found", "Content-Type: application/json")


@pytest.mark.parametrize("call", [client.endpoint_text, client.endpoint_embedding])
def test_all_calls_of_one_check_end_in_time(
    call: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "SECONDS", 1.0)
    slow = sink(slow_to_say_no)
    with slow as engine, dialling("127.0.0.0/8"), pytest.raises(HuggingFaceError) as error:
        call(TOKEN, engine.url, ["acme/llama"], listed=[engine.url])
    assert error.value.kind is Kind.TIMEOUT
