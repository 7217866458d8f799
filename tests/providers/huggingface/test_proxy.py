"""A proxy of one's own that does not let a call through is named, not Hugging Face behind it."""

import pytest

from hfadmin.vault import Secret
from providers.huggingface import client
from providers.huggingface.errors import HuggingFaceError, Kind
from tests.network import allow_networks
from tests.providers.huggingface.endpoint_calls import deployed_calls
from tests.sink import plain, sink

TOKEN = Secret("hf_abcdefghijklmnopqrstuvwxyz12345678")


@pytest.mark.parametrize(
    "status", ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"]
)
def test_a_proxy_that_refuses_to_connect_is_named(status: str) -> None:
    url = "https://abc.us-east-1.aws.endpoints.huggingface.cloud"
    with sink(lambda received: plain(b"no", status)) as proxy, allow_networks(proxy=proxy.url):
        calls = [lambda: client.whoami(TOKEN), *deployed_calls(TOKEN, url, [url])]
        for call in calls:
            with pytest.raises(HuggingFaceError) as error:
                call()
            assert error.value.kind is Kind.PROXY_FAILED
            assert error.value.diagnosis.explain().what.startswith("The proxy of this installation")
    assert {received.method for received in proxy.requests} == {"CONNECT"}
    assert proxy.authorized == []
