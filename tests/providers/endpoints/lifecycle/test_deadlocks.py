"""No two who write at once wait for each other: PostgreSQL would refuse one of them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from hfadmin.audit.actors import Actor
from hfadmin.sandbox import Sandbox
from providers.endpoints.lifecycle import asking, batches, outcomes
from providers.endpoints.lifecycle.models import Batch
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import Endpoint
from providers.endpoints.polling import poll, single
from providers.huggingface import client
from providers.tokens import accesses, checking
from providers.tokens import operations as tokens
from providers.tokens.models import AccessToken, Namespace
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.lifecycle.conftest import NAME, NAMESPACE, Ask

pytestmark = pytest.mark.django_db(transaction=True)

AT_MOST = 0.5  # seconds that one waits for the other, who on SQLite waits for the first


@contextmanager
def meanwhile(act: Callable[[], object], began: Event) -> Iterator[None]:
    """`act` is called by somebody else, once the event tells."""

    def acting() -> object:
        try:
            return began.wait(10) and act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as others:
        other = others.submit(acting)
        yield
        assert other.result()


def stop_after(patch: pytest.MonkeyPatch, where: Any, name: str) -> tuple[Event, Event]:
    """Events that tell when the function has been called, and that let its caller go on."""
    honest: Callable[..., Any] = getattr(where, name)
    has_come, may_go = Event(), Event()

    def stopping(*arguments: Any) -> Any:
        result = honest(*arguments)
        has_come.set()
        may_go.wait(AT_MOST)
        return result

    patch.setattr(where, name, stopping)
    return has_come, may_go


def before(patch: pytest.MonkeyPatch, where: Any, name: str, event: Event) -> None:
    """The event tells when the function is called."""
    honest: Callable[..., Any] = getattr(where, name)

    def telling(*arguments: Any, **named: Any) -> Any:
        event.set()
        return honest(*arguments, **named)

    patch.setattr(where, name, telling)


def test_an_action_is_asked_for_while_another_answer_is_stored(
    ask: Ask, endpoint: Endpoint, namespace: Namespace, upstream: Sandbox
) -> None:
    upstream.change_endpoint(NAMESPACE, NAME, state="paused")
    remote = client.get_endpoint(AccessToken.objects.get().secret, NAMESPACE, NAME)
    with pytest.MonkeyPatch.context() as patch:
        is_held, may_go = stop_after(patch, single, "_hold_still")
        before(patch, asking, "send_on_commit", may_go)
        with meanwhile(lambda: ask("resume"), is_held):
            single.note_seen(namespace, remote)
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.actions.get().state) == ("paused", "asked")


def test_an_action_is_asked_for_while_a_token_is_deleted(
    ask: Ask, endpoint: Endpoint, actor: Actor
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        is_held, may_go = stop_after(patch, accesses, "lock")
        before(patch, asking, "send_on_commit", may_go)
        with meanwhile(lambda: ask("pause"), is_held):
            tokens.delete(AccessToken.objects.get(), actor)
    assert endpoint.actions.get().state == "asked"
    assert not AccessToken.objects.exists()


def test_a_token_is_judged_anew_while_an_answer_through_it_is_stored(
    endpoint: Endpoint, namespace: Namespace, upstream: Sandbox
) -> None:
    token = AccessToken.objects.all()
    token.update(next_check_at=timezone.now())
    checking.check(token.get().pk, AccessToken.objects.claim().lease)
    token.update(state="limited")
    upstream.change_endpoint(NAMESPACE, NAME, state="paused")
    Namespace.objects.update(seen_through=None)
    with pytest.MonkeyPatch.context() as patch:
        is_held, may_go = stop_after(patch, checking, "_judge")
        before(patch, poll, "_announce", may_go)
        with meanwhile(lambda: look(namespace), is_held):
            checking.reassess(token.get())
    endpoint.refresh_from_db()
    namespace.refresh_from_db()
    assert (endpoint.state, namespace.problem) == ("paused", {})
    assert token.get().state == "valid"


def test_a_batch_is_stopped_while_the_rest_of_it_is_asked_for(
    endpoint: Endpoint, namespace: Namespace, actor: Actor, taker: Actor, upstream: Sandbox
) -> None:
    for number in range(3):
        upstream.add_endpoint(NAMESPACE, f"more-{number}", state="running")
    look(namespace)
    several = list(Endpoint.objects.order_by("pk"))
    has_begun, may_go, parts = Event(), Event(), []
    honest = batches._leave_off_if_stopped

    def leave_off(batch: Batch) -> None:
        parts.append(batch)
        if len(parts) == 2:
            has_begun.set()
            may_go.wait(AT_MOST)
        honest(batch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "_AT_ONCE", 2)
        patch.setattr(batches, "_leave_off_if_stopped", leave_off)
        before(patch, outcomes, "withdraw", may_go)
        with meanwhile(lambda: batches.stop(Batch.objects.get(), taker), has_begun):
            batch = batches.ask(endpoint.organization, VERBS["pause"], several, actor)
    assert batch is not None
    assert list(batch.actions.values_list("state", flat=True)) == ["cancelled"] * 4


@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_batch_is_stored_in_one_order_whatever_order_it_is_asked_for_in(
    is_reversed: bool, endpoint: Endpoint, namespace: Namespace, actor: Actor, upstream: Sandbox
) -> None:
    for number in range(3):
        upstream.add_endpoint(NAMESPACE, f"more-{number}", state="running")
    look(namespace)
    several = sorted(Endpoint.objects.all(), key=lambda each: each.name, reverse=is_reversed)
    batch = batches.ask(endpoint.organization, VERBS["pause"], several, actor)
    assert batch is not None
    stored = list(batch.actions.order_by("pk").values_list("name", flat=True))
    assert stored == sorted(each.name for each in several)
