"""One request a creation, whatever comes back or does not, and it ends as things really are."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.audit.models import Record
from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.lifecycle.models import Action, Values
from providers.endpoints.models import Endpoint
from providers.tokens.models import AccessToken, Namespace
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.deploying.conftest import MODEL, NAME, NAMESPACE, page_of
from tests.providers.endpoints.deploying.sending import create, made, posts, send, settle
from tests.providers.endpoints.lifecycle.conftest import work

# Faults of the one request: whether the endpoint is made all the same.
LOST = {
    "lost": True,
    "truncated": True,
    "late": True,
    "500": False,
    "503": False,
    "504": False,
    "html": False,
    "malformed": False,
    "string": False,
    "empty": False,
    "loading": False,
}
WITH_SECRETS = {"secrets_name": ["KEY"], "secrets_value": ["canary-in-a-coal-mine"]}


def outcomes() -> list[str]:
    return [row.outcome for row in Record.objects.filter(verb="endpoint.create").order_by("id")]


@pytest.mark.parametrize("fault", LOST)
def test_a_lost_answer_is_settled_by_looking_and_never_sent_again(
    fault: str,
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    upstream: Sandbox,
    clock: Clock,
) -> None:
    upstream.fault(fault, method="POST", path="/v2/endpoint/", times=1)
    action = create(as_operator, acme, token, **WITH_SECRETS)
    assert not action.is_open or action.state == Action.State.UNCLEAR
    assert not Values.objects.exists()
    settle(clock)
    action.refresh_from_db()
    wanted = Action.State.DONE if LOST[fault] else Action.State.UNCLEAR
    assert action.state == wanted
    assert len(posts(upstream)) == 1
    assert (made(upstream) is not None) == LOST[fault]
    assert Endpoint.objects.filter(name=NAME).exists() == LOST[fault]
    assert outcomes() == ["asked", wanted]
    assert as_operator.get(page_of(acme)).status_code == 200


@pytest.mark.parametrize("fault", [name for name, is_made in LOST.items() if not is_made])
def test_what_came_to_nothing_can_be_asked_for_again(
    fault: str,
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    upstream: Sandbox,
    clock: Clock,
) -> None:
    upstream.fault(fault, method="POST", path="/v2/endpoint/", times=1)
    create(as_operator, acme, token)
    settle(clock)
    assert send(as_operator, acme, token).status_code == 303
    work()
    assert [*Action.objects.order_by("pk").values_list("state", flat=True)] == ["unclear", "done"]
    assert len(posts(upstream)) == 2


def test_nobody_is_asked_for_the_same_name_while_it_is_unclear(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.fault("503", method="POST", path="/v2/endpoint/", times=1)
    create(as_operator, acme, token)
    assert send(as_operator, acme, token).status_code in {409, 422}
    assert len(posts(upstream)) == 1


def test_a_rate_limit_is_waited_for_as_told_and_it_is_sent_once_more(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault("429", method="POST", path="/v2/endpoint/", times=1, seconds=90)
    action = create(as_operator, acme, token, **WITH_SECRETS)
    assert (action.state, action.sent_at) == (Action.State.ASKED, None)
    assert "90" in as_operator.get(page_of(acme)).content.decode() or action.problem
    clock.advance(85)
    work()
    assert len(posts(upstream)) == 1
    clock.advance(10)
    work()
    action.refresh_from_db()
    assert action.state == Action.State.DONE
    assert len(posts(upstream)) == 2
    first, second = (sent.json() for sent in posts(upstream))
    assert first == second
    assert not Values.objects.exists()


def test_a_rate_limit_that_does_not_end_is_given_up(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault("429", method="POST", path="/v2/endpoint/", seconds=600)
    action = create(as_operator, acme, token, **WITH_SECRETS)
    settle(clock, 2_000)
    action.refresh_from_db()
    assert action.state == Action.State.REFUSED
    assert not Values.objects.exists()


@pytest.mark.parametrize("is_made", [True, False])
def test_a_worker_that_dies_after_sending_leaves_what_another_settles(
    is_made: bool,
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    upstream: Sandbox,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is gone while the request is on its way, before or after Hugging Face has done it."""
    honest = upstream.handle

    class KilledError(BaseException):
        pass

    def handle(request: Any) -> Any:
        if request.method == "POST":
            if is_made:
                honest(request)
            raise KilledError
        return honest(request)

    send(as_operator, acme, token, **WITH_SECRETS)
    with monkeypatch.context() as patch:
        patch.setattr(upstream, "handle", handle)
        with pytest.raises(KilledError):
            work()
    action = Action.objects.get()
    assert action.state == Action.State.SENT
    assert len(posts(upstream)) == int(is_made)
    work()  # its lease still stands
    assert Action.objects.get().state == Action.State.SENT
    clock.advance(600)
    settle(clock)
    action.refresh_from_db()
    assert action.state == (Action.State.DONE if is_made else Action.State.UNCLEAR)
    assert len(posts(upstream)) == int(is_made)
    assert not Values.objects.exists()


def test_somebody_else_made_one_of_the_name_before_it_is_sent(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    send(as_operator, acme, token)
    upstream.add_endpoint(NAMESPACE, NAME, repository=MODEL)
    work()
    action = Action.objects.get()
    assert (action.state, action.problem["kind"]) == ("refused", "name_taken")
    assert posts(upstream) == []


def test_somebody_else_makes_one_of_the_name_while_it_is_sent(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox, clock: Clock
) -> None:
    """Hugging Face refuses it, and the other one is not taken for it."""
    honest = upstream.handle
    send(as_operator, acme, token)

    def handle(request: Any) -> Any:
        if request.method == "POST":
            clock.advance(1)
            upstream.add_endpoint(NAMESPACE, NAME, repository=MODEL)
        return honest(request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upstream, "handle", handle)
        work()
    action = Action.objects.get()
    assert (action.state, action.problem["kind"]) == ("refused", "name_taken")
    assert len(posts(upstream)) == 1


def test_one_that_was_there_before_is_not_taken_for_what_had_no_answer(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox, clock: Clock
) -> None:
    """It was made elsewhere some minutes before the look at the namespace that shows it."""
    upstream.fault("503", method="POST", path="/v2/endpoint/", times=1)
    create(as_operator, acme, token)
    earlier = clock.now()
    clock.advance(20)
    upstream.add_endpoint(
        NAMESPACE, NAME, repository="Qwen/Qwen3-14B", created_at=earlier, stuck=True
    )
    settle(clock)
    assert Action.objects.get().state == Action.State.UNCLEAR
    assert len(posts(upstream)) == 1


def test_the_name_of_a_deleted_endpoint_is_used_again(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox, clock: Clock
) -> None:
    create(as_operator, acme, token)
    row = Endpoint.objects.get(name=NAME)
    upstream.remove_endpoint(NAMESPACE, NAME)
    clock.advance(60)
    look(Namespace.objects.get(name=NAMESPACE))
    row.refresh_from_db()
    assert row.deleted_at is not None
    clock.advance(60)
    assert send(as_operator, acme, token).status_code == 303
    work()
    second = Action.objects.order_by("pk").last()
    assert second is not None
    assert (second.state, second.endpoint) == (Action.State.DONE, row)
    row.refresh_from_db()
    assert row.deleted_at is None
    assert len(posts(upstream)) == 2
    assert as_operator.get(page_of(acme)).status_code == 200
