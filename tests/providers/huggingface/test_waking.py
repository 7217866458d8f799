"""The request that a sleeping endpoint wakes upon: what counts as waking, and what does not."""

from typing import Any

import pytest

from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.huggingface import client
from providers.huggingface.errors import HuggingFaceError, InconclusiveError, Kind


def added(hub: Sandbox, state: str = "scaledToZero", **fields: Any) -> str:
    """The address of a new endpoint."""
    return hub.add_endpoint("acme", "sleeper", state=state, **fields).url_when_deployed


def state(hub: Sandbox) -> str:
    endpoint = hub.state.endpoint("acme", "sleeper")
    assert endpoint is not None
    return endpoint.state


def test_the_gateway_says_at_once_that_it_is_not_ready_and_it_wakes(
    hub: Sandbox, token: Secret
) -> None:
    url = added(hub)
    client.wake_endpoint(token, url, listed=[url])
    assert state(hub) == "initializing"
    client.wake_endpoint(token, url, listed=[url])
    assert state(hub) == "initializing"


@pytest.mark.parametrize("engine", ["vLLM", "tgi", "tei", "llamacpp", "huggingface"])
def test_whatever_an_engine_says_it_is_awake(hub: Sandbox, token: Secret, engine: str) -> None:
    url = added(hub, "running", engine=engine)
    client.wake_endpoint(token, url, listed=[url])
    assert len([each for each in hub.requests if each.method == "POST"]) == 1


@pytest.mark.parametrize("engine", ["vLLM", "tgi", "tei", "sGLang"])
@pytest.mark.parametrize("fault", ["engine_error", "overloaded"])
def test_a_failure_of_the_engine_shows_that_it_is_awake(
    hub: Sandbox, token: Secret, fault: str, engine: str
) -> None:
    url = added(hub, engine=engine)
    hub.fault(fault, method="POST", engine="tei" if fault == "overloaded" else engine)
    client.wake_endpoint(token, url, listed=[url])


def test_a_token_that_may_not_call_wakes_nothing(hub: Sandbox) -> None:
    url = added(hub)
    scopes = {"acme": ("inference.endpoints.write",)}
    for value, kind in (
        (hub.add_token("ada", scopes=scopes), Kind.MISSING_PERMISSION),
        ("hf_unknown", Kind.FORBIDDEN),
    ):
        with pytest.raises(HuggingFaceError) as error:
            client.wake_endpoint(Secret(value), url, listed=[url])
        assert error.value.kind is kind
        assert state(hub) == "scaledToZero"


def test_a_paused_one_stays_so(hub: Sandbox, token: Secret) -> None:
    url = added(hub, "paused")
    with pytest.raises(HuggingFaceError) as error:
        client.wake_endpoint(token, url, listed=[url])
    assert error.value.kind is Kind.ENDPOINT_PAUSED
    assert state(hub) == "paused"


@pytest.mark.parametrize("fault", ["lost", "endless"])
def test_what_came_to_no_answer_is_not_known(hub: Sandbox, token: Secret, fault: str) -> None:
    url = added(hub)
    hub.fault(fault, method="POST")
    with pytest.raises(InconclusiveError):
        client.wake_endpoint(token, url, listed=[url])


def test_the_token_goes_to_no_address_but_a_listed_one(hub: Sandbox, token: Secret) -> None:
    url = added(hub)
    hub.requests.clear()
    for listed in ([], ["https://other.us-east-1.aws.endpoints.huggingface.cloud"]):
        with pytest.raises(HuggingFaceError) as error:
            client.wake_endpoint(token, url, listed=listed)
        assert error.value.kind is Kind.URL_NOT_LISTED
    assert not hub.requests
    assert state(hub) == "scaledToZero"
