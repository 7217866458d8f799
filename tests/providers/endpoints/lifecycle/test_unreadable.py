"""What an answer leaves open is taken for neither done nor gone."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from hfadmin.sandbox import Clock, Sandbox
from hfadmin.sandbox.wire import Reply, Request, error
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.lifecycle.conftest import (
    NAME,
    NAMESPACE,
    Ask,
    mutations,
    remote_of,
    work,
)
from tests.providers.endpoints.lifecycle.test_running import VERBS, in_state, outcomes, settle


@pytest.mark.parametrize("verb", ["resume", "wake"])
def test_what_tells_no_state_has_not_started(
    verb: str, ask: Ask, endpoint: Endpoint, namespace: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    in_state(upstream, VERBS[verb].before)
    look(namespace)
    upstream.requests.clear()
    upstream.change_endpoint(NAMESPACE, NAME, leaves_out=["state"])
    action = ask(verb, Endpoint.objects.get(pk=endpoint.pk))
    work()
    action.refresh_from_db()
    assert (action.state, outcomes()) == ("accepted", ["asked"])
    upstream.change_endpoint(NAMESPACE, NAME, leaves_out=[])
    settle(clock)
    action.refresh_from_db()
    assert (action.state, len(mutations(upstream))) == ("done", 1)


@pytest.mark.parametrize("state", ["paused", "scaledToZero"])
def test_what_sleeps_and_tells_no_state_after_a_failure_is_unclear(
    state: str, ask: Ask, endpoint: Endpoint, namespace: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    in_state(upstream, state)
    look(namespace)
    upstream.fault("504", method="POST", times=1)
    verb = {"paused": "resume", "scaledToZero": "wake"}[state]
    action = ask(verb, Endpoint.objects.get(pk=endpoint.pk))
    work()
    upstream.change_endpoint(NAMESPACE, NAME, leaves_out=["state"])
    settle(clock)
    action.refresh_from_db()
    remote = remote_of(upstream)
    assert remote is not None
    assert (action.state, remote.state) == ("unclear", state)


def hide_in_list(upstream: Sandbox, patch: pytest.MonkeyPatch) -> None:
    """The endpoint is not found by its name, and no entry of the list can be read."""
    honest: Callable[[Request], Reply] = upstream.handle

    def handle(request: Request) -> Reply:
        if request.method != "GET":
            return honest(request)
        if request.path.endswith(f"/{NAME}"):
            return error(404, f"Endpoint {NAMESPACE}/{NAME} not found")
        reply = honest(request)
        if not request.path.endswith(f"/endpoint/{NAMESPACE}"):
            return reply
        assert isinstance(reply.body, bytes)
        items = [{**item, "name": None} for item in json.loads(reply.body)["items"]]
        return replace(reply, body=json.dumps({"items": items}).encode())

    patch.setattr(upstream, "handle", handle)


@pytest.mark.parametrize("verb", ["pause", "tags", "delete"])
def test_what_is_not_found_while_the_list_cannot_be_read_is_not_gone(
    verb: str, ask: Ask, endpoint: Endpoint, upstream: Sandbox, clock: Clock
) -> None:
    action = ask(verb, wanted=VERBS[verb].wanted)
    with pytest.MonkeyPatch.context() as patch:
        hide_in_list(upstream, patch)
        work()
    action.refresh_from_db()
    endpoint.refresh_from_db()
    assert (action.state, endpoint.deleted_at) == ("asked", None)
    assert mutations(upstream) == []
    settle(clock)
    action.refresh_from_db()
    assert (action.state, len(mutations(upstream))) == ("done", 1)
