"""Several people and several endpoints at once, as something is taken back that is on its way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from hfadmin.accounts import operations as accounts
from hfadmin.accounts.models import User
from hfadmin.audit.actors import COMMAND, Actor
from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.lifecycle import asking, batches
from providers.endpoints.lifecycle.models import Action, Batch
from providers.endpoints.lifecycle.progress import Progress
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import Endpoint
from tests.providers.endpoints.lifecycle.conftest import (
    NAME,
    NAMESPACE,
    Ask,
    mutations,
    remote_of,
    work,
)
from tests.providers.endpoints.lifecycle.test_pages import confirm
from tests.providers.endpoints.lifecycle.test_running import (
    in_state,
    outcomes,
)
from tests.providers.endpoints.lifecycle.test_taking_back import (
    ending,
    limit_once,
    told,
    work_while,
)


def test_of_two_people_the_first_is_named(
    ask: Ask, taker: Actor, actor: Actor, upstream: Sandbox
) -> None:
    limit_once(upstream)
    action = ask("pause")

    def both_take_it_back() -> None:
        assert asking.cancel(action, taker)
        assert asking.cancel(action, actor)

    work_while(upstream, both_take_it_back)
    assert ending(action) == ("cancelled", taker.label)
    assert told(action)[-1] == ("refused", taker.label)


def test_who_is_removed_meanwhile_is_named_all_the_same(
    ask: Ask, taker: Actor, operator: User, upstream: Sandbox, endpoint: Endpoint
) -> None:
    limit_once(upstream)
    action = ask("pause")

    def take_back_and_leave() -> None:
        asking.cancel(action, taker)
        accounts.remove_person(endpoint.organization, operator.email, COMMAND)

    work_while(upstream, take_back_and_leave)
    assert ending(action) == ("cancelled", operator.email)
    assert told(action)[-1] == ("refused", operator.email)


def test_asked_for_anew_it_is_refused_until_it_is_known_what_became_of_it(
    ask: Ask,
    taker: Actor,
    as_operator: Client,
    upstream: Sandbox,
    endpoint: Endpoint,
    clock: Clock,
) -> None:
    """Else who wants it again would get what was taken back."""
    limit_once(upstream)
    action = ask("pause")

    def take_back_and_ask_again() -> None:
        asking.cancel(action, taker)
        assert as_operator.post(confirm(endpoint, "pause")).status_code == 409
        with pytest.raises(asking.BusyError):
            ask("pause")

    work_while(upstream, take_back_and_ask_again)
    again = ask("pause")
    clock.advance(91)
    work()
    again.refresh_from_db()
    assert (again.state, outcomes()) == ("done", ["asked", "asked", "refused", "asked", "done"])


def test_it_gives_way_to_nothing_while_it_is_on_its_way(
    ask: Ask, taker: Actor, upstream: Sandbox
) -> None:
    in_state(upstream, "paused")
    limit_once(upstream)
    resume = ask("resume")

    def take_back_and_pause() -> None:
        asking.cancel(resume, taker)
        with pytest.raises(asking.BusyError):
            ask("pause")

    work_while(upstream, take_back_and_pause)
    assert ending(resume) == ("cancelled", taker.label)


def test_one_of_a_batch_is_taken_back_alone(
    endpoint: Endpoint, actor: Actor, taker: Actor, upstream: Sandbox
) -> None:
    batch = batches.ask(endpoint.organization, VERBS["pause"], [endpoint], actor)
    assert batch is not None
    limit_once(upstream)
    action = batch.actions.get()
    work_while(upstream, lambda: asking.cancel(action, taker))
    assert ending(action) == ("cancelled", taker.label)
    batch.refresh_from_db()
    assert (Progress.of(batch).left, batch.stopped_at) == (1, None)


def test_a_batch_that_is_stopped_while_it_is_asked_for_asks_for_nothing_more(
    endpoint: Endpoint, actor: Actor, taker: Actor, upstream: Sandbox
) -> None:
    for number in range(3):
        upstream.add_endpoint(NAMESPACE, f"many-{number}", state="running")
        Endpoint.objects.create(
            organization=endpoint.organization,
            namespace=endpoint.namespace,
            name=f"many-{number}",
            state="running",
        )
    several = list(Endpoint.objects.order_by("name"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "_AT_ONCE", 2)
        stop_after_the_first_part(patch, taker)
        batch = batches.ask(endpoint.organization, VERBS["pause"], several, actor)
    work()
    assert batch is not None
    states = list(batch.actions.values_list("state", flat=True))
    assert states == ["cancelled"] * 4
    assert mutations(upstream) == []


def stop_after_the_first_part(patch: pytest.MonkeyPatch, taker: Actor) -> None:
    ask_together, parts = batches._ask_together, []

    def counted(batch: Batch, *rest: Any) -> list[Endpoint]:
        parts.append(batch)
        if len(parts) == 2:
            batches.stop(Batch.objects.get(), taker)
        return ask_together(batch, *rest)

    patch.setattr(batches, "_ask_together", counted)


def test_the_database_holds_that_nothing_taken_back_waits_to_be_sent(
    ask: Ask, taker: Actor
) -> None:
    action = ask("pause")
    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.filter(pk=action.pk).update(withdrawn_by=taker.to_json())


@pytest.mark.django_db(transaction=True)
def test_taken_back_as_it_comes_back_it_is_never_sent_again(
    ask: Ask, taker: Actor, upstream: Sandbox, clock: Clock
) -> None:
    """The wish comes as the worker has just found that there is none: it has to wait."""
    limit_once(upstream)
    action, has_read, is_wished = ask("pause"), Event(), Event()

    def reading(execute: Callable[..., object], sql: str, *rest: object) -> object:
        result = execute(sql, *rest)
        if sql.startswith('SELECT "lifecycle_action"."withdrawn_by"') and not has_read.is_set():
            has_read.set()
            is_wished.wait(0.2)
        return result

    def take_back() -> bool:
        try:
            return has_read.wait(10) and asking.cancel(action, taker)
        finally:
            is_wished.set()
            connection.close()

    with ThreadPoolExecutor(1) as other, connection.execute_wrapper(reading):
        wish = other.submit(take_back)
        work()
        assert wish.result()
    clock.advance(91)
    work()
    assert ending(action) == ("cancelled", taker.label)
    assert mutations(upstream) == ["POST /pause"]
    remote = remote_of(upstream)
    assert remote is not None
    assert (remote.name, remote.state) == (NAME, "running")
