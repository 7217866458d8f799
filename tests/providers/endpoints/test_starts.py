"""How long starts take, and what the page of an endpoint says while one is under way."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization, User
from hfadmin.audit.actors import Actor
from hfadmin.live import versions
from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.history import starts
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint, Period
from providers.tokens.models import Namespace
from tests.providers.endpoints.conftest import endpoint, look
from tests.providers.endpoints.test_inventory_page import text

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HERE = "/o/acme/endpoints/acme-labs/chat/"
Past = Callable[..., Endpoint]


@pytest.fixture
def chat(labs: Namespace, upstream: Sandbox, clock: Clock) -> Endpoint:
    """An endpoint that was made this moment."""
    upstream.add_endpoint(
        "acme-labs",
        "chat",
        state="initializing",
        engine="vLLM",
        image={"url": "vllm/vllm-openai:v1", "healthRoute": "/ready", "port": 8000},
        health_route="/ready",
        stuck=True,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    look(labs)
    return endpoint("chat")


@pytest.fixture
def past(chat: Endpoint, clock: Clock) -> Past:
    """Makes another endpoint like `chat`, with periods: (state, minutes) each, the oldest first."""

    def made(name: str, *periods: tuple[str, float], **differs: str) -> Endpoint:
        alike = {key: getattr(chat, key) for key in ("engine", "instance_type", "instance_size")}
        other = Endpoint.objects.create(
            organization=chat.organization,
            namespace=chat.namespace,
            name=name,
            state=periods[-1][0],
            state_since=clock.now(),
            **alike | differs,
        )
        _add(other, clock.now() - timedelta(days=60), periods)
        versions.advance(chat.organization_id)
        return other

    return made


def _add(of: Endpoint, at: datetime, periods: tuple[tuple[str, float], ...]) -> None:
    for state, minutes in periods:
        until = at + minutes * MINUTE
        Period.objects.create(
            endpoint=of, state=state, began_at=at, ended_at=until, began_uncertainty=timedelta()
        )
        at = until


def start_of(minutes: float) -> tuple[tuple[str, float], ...]:
    return (("pending", 1), ("initializing", minutes - 1), ("running", 5), ("paused", 5))


def test_what_is_usual_is_the_middle_of_the_starts_of_the_same_hardware_and_engine(
    chat: Endpoint, past: Past
) -> None:
    past("one", *start_of(4), *start_of(6))
    assert starts.usual(chat) is None
    past("two", *start_of(11))
    past("larger", *start_of(30), instance_size="x8")
    past("otherwise", *start_of(40), engine="tei")
    usual = starts.usual(chat)
    assert usual == starts.Usual(median=6 * MINUTE, slowest=11 * MINUTE, count=3)


def test_a_start_that_failed_or_was_stopped_is_none(chat: Endpoint, past: Past) -> None:
    past(
        "unlucky",
        ("initializing", 5),
        ("failed", 5),
        ("initializing", 2),
        ("scaledToZero", 60),
        ("running", 5),
        ("updating", 5),
        ("running", 5),
    )
    past("lucky", *start_of(4) * 3)
    usual = starts.usual(chat)
    assert usual is not None
    assert usual.count == 3


def test_of_many_periods_only_the_latest_count(chat: Endpoint, past: Past) -> None:
    past("old", *start_of(60) * 40, *start_of(4) * 10)
    usual = starts.usual(chat)
    assert usual is not None
    assert usual.slowest == 4 * MINUTE
    assert usual.count in {5, 6}


def test_starts_of_another_organization_do_not_count(
    chat: Endpoint, past: Past, outsider: object
) -> None:
    other = past("one", *start_of(4) * 3)
    umbrella = Organization.objects.get(slug="umbrella")
    namespace = Namespace.objects.create(organization=umbrella, name="umbrella", kind="org")
    Endpoint.objects.filter(pk=other.pk).update(organization=umbrella, namespace=namespace)
    assert starts.usual(chat) is None


def test_while_it_starts_the_page_tells_how_long_that_usually_takes(
    chat: Endpoint, past: Past, as_viewer: Client, clock: Clock
) -> None:
    past("one", *start_of(4), *start_of(6), *start_of(11))
    clock.advance(90)
    answer = as_viewer.get(HERE)
    assert "6 min is the middle of 3 starts of" in text(answer)
    assert "the slowest took 11 min. After 12 min this page says" in text(answer)
    html = " ".join(answer.content.decode().split())
    assert 'aria-current="step" data-tone="blue" > <span>Initializing</span>' in html
    assert '<progress value="90" max="540"' in html
    assert "Port and health route" not in html


def test_at_twice_the_usual_time_an_open_page_says_what_is_usually_wrong(
    chat: Endpoint, past: Past, as_operator: Client, clock: Clock
) -> None:
    past("one", *start_of(4) * 3)
    clock.advance(470)
    tag = as_operator.get(HERE, headers={"HX-PTag": "old"})["HX-PTag"]
    clock.advance(9)  # the age of what was seen is told in steps of ten seconds
    Namespace.objects.update(checked_at=clock.now())
    tag = as_operator.get(HERE, headers={"HX-PTag": tag})["HX-PTag"]
    assert as_operator.get(HERE, headers={"HX-PTag": tag}).status_code == 304
    clock.advance(1)
    answer = as_operator.get(HERE, headers={"HX-PTag": tag})
    shown = text(answer)
    assert answer.status_code == 200
    assert "It takes more than twice the usual time" in shown
    assert "answers at its health route ( /ready ) on its port ( 8000 )" in shown
    assert "Usual for vLLM are /health and 8000 or 80 ." in shown
    assert f"/actions/hardware/{chat.pk}/" in answer.content.decode()


def test_without_three_starts_nothing_is_called_usual_and_a_quarter_of_an_hour_is_long(
    chat: Endpoint, as_viewer: Client, clock: Clock
) -> None:
    shown = text(as_viewer.get(HERE))
    assert "usual" not in shown.replace("usually wrong", "")
    assert "After 15 min this page says what is usually wrong." in shown
    clock.advance(15 * 60)
    answer = as_viewer.get(HERE)
    assert "It takes long. What is usually wrong" in text(answer)
    assert "Change hardware" not in text(answer).partition("Endpoint URL")[0].partition("wrong")[2]


@pytest.mark.parametrize(("verb", "note"), [("create", "after 0.9 s"), ("resume", "")])
def test_a_start_that_was_asked_for_here_begins_with_that(
    verb: str, note: str, chat: Endpoint, admin: User, as_viewer: Client, clock: Clock
) -> None:
    asked = Action.objects.create(
        organization=chat.organization,
        namespace=chat.namespace,
        name=chat.name,
        endpoint=chat,
        verb=verb,
        state="done",
        actor=Actor.person(admin).to_json(),
        sent_at=clock.now(),
    )
    answered = asked.asked_at + timedelta(seconds=0.94)
    Action.objects.filter(pk=asked.pk).update(ended_at=answered)
    versions.advance(chat.organization_id)
    shown = text(as_viewer.get(HERE))
    assert f"asked by {Actor.person(admin).label} at" in shown
    assert f"Accepted {note}".strip() + " Initializing" in shown


def test_a_first_start_that_failed_says_what_is_usually_wrong_and_a_later_one_is_left_alone(
    chat: Endpoint, labs: Namespace, upstream: Sandbox, as_viewer: Client, clock: Clock
) -> None:
    clock.advance(60)
    upstream.change_endpoint("acme-labs", "chat", state="failed", message="No port", stuck=True)
    look(labs)
    shown = text(as_viewer.get(HERE))
    assert "It did not start. What is usually wrong" in shown
    assert shown.count("Hugging Face says: No port") == 1
    for state in ("running", "failed"):
        clock.advance(60)
        upstream.change_endpoint("acme-labs", "chat", state=state, stuck=True)
        look(labs)
    assert "It did not start" not in text(as_viewer.get(HERE))


def test_what_runs_has_no_panel_of_its_start(
    chat: Endpoint, labs: Namespace, upstream: Sandbox, as_viewer: Client
) -> None:
    assert "How far it has come" in as_viewer.get(HERE).content.decode()
    upstream.change_endpoint("acme-labs", "chat", state="running", stuck=True)
    look(labs)
    assert "How far it has come" not in as_viewer.get(HERE).content.decode()
