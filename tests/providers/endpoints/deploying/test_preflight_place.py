"""The preflight of the name, the hardware and the quota."""

from typing import Any

import pytest

from hfadmin.accounts.models import Organization
from hfadmin.audit.actors import WORKER
from hfadmin.sandbox import Sandbox
from providers.endpoints.deploying import choice, preflight, screens
from providers.endpoints.deploying.preflight import State
from providers.endpoints.lifecycle import asking
from providers.endpoints.lifecycle.verbs import OFFERED
from providers.endpoints.models import Endpoint, Hardware
from providers.tokens.models import AccessToken, Namespace
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.deploying.checks import labels_of, line, lines, remedy
from tests.providers.endpoints.deploying.conftest import L4, NAME, NAMESPACE, entered

A100 = "aws/us-east-1/nvidia-a100/x4"
L4_ROWS = {"instance_type": "nvidia-l4", "vendor": "aws", "region": "us-east-1"}


def seen(upstream: Sandbox, name: str, **fields: Any) -> Endpoint:
    """An endpoint of acme-labs on A100s that is stored as the sandbox has it."""
    place: dict[str, Any] = {"instance_type": "nvidia-a100", "instance_size": "x4", "stuck": True}
    upstream.add_endpoint(NAMESPACE, name, **{**place, **fields})
    look_also_at_hardware(upstream)
    return Endpoint.objects.get(name=name)


def look_also_at_hardware(upstream: Sandbox) -> None:
    upstream.clock.advance(1)
    namespace = Namespace.objects.get(name=NAMESPACE)
    Namespace.objects.update(hardware_due_at=namespace.checked_at)
    look(namespace)


def test_a_name_that_nobody_has_is_free(acme: Organization, token: AccessToken) -> None:
    assert line(acme, token, "name").title == "The name is free in acme-labs"


def test_the_name_of_an_endpoint_is_taken(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    seen(upstream, NAME)
    shown = line(acme, token, "name")
    assert shown.blocks
    assert shown.field == "name"


def test_whether_a_name_is_free_is_not_known_before_the_namespace_was_seen(
    acme: Organization, token: AccessToken
) -> None:
    Namespace.objects.update(checked_at=None)
    assert line(acme, token, "name").state is State.UNKNOWN


def test_before_it_is_created_hugging_face_is_asked_for_the_name(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    chosen = choice.of(screens.form(acme, initial=entered(token)))
    assert not preflight.refusals(chosen)
    upstream.add_endpoint(NAMESPACE, NAME)  # by somebody else, and not seen yet
    assert [each.field for each in preflight.refusals(chosen)] == ["name"]
    assert line(acme, token, "name").state is State.OK


def test_a_name_is_not_refused_because_nobody_could_be_asked(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    chosen = choice.of(screens.form(acme, initial=entered(token)))
    upstream.fault("503", path=f"/v2/endpoint/{NAMESPACE}/{NAME}")
    assert not preflight.refusals(chosen)


@pytest.mark.parametrize(
    ("status", "state", "blocks"),
    [
        ("available", State.OK, False),
        ("low_availability", State.UNKNOWN, False),
        ("reserved", State.UNKNOWN, False),
        ("", State.UNKNOWN, False),
        ("not_available", State.PROBLEM, True),
        ("deprecated", State.PROBLEM, True),
    ],
)
def test_hardware_that_cannot_be_had_is_refused(
    acme: Organization, token: AccessToken, status: str, state: State, blocks: bool
) -> None:
    Hardware.objects.filter(**L4_ROWS).update(status=status)
    shown = line(acme, token, "hardware")
    assert (shown.state, shown.blocks) == (state, blocks)


def test_the_quota_is_for_all_replicas_that_there_may_be(
    acme: Organization, token: AccessToken
) -> None:
    fits = line(acme, token, "quota", hardware=A100, max_replicas="4")
    assert (fits.state, fits.title) == (
        State.OK,
        "Quota: 16 Nvidia A100 wanted, 16 of 16 free",
    )
    short = line(acme, token, "quota", hardware=A100, max_replicas="5", min_replicas="5")
    assert short.blocks
    assert short.field == "max_replicas"
    sets = {"max_replicas": "4", "min_replicas": "4"}
    assert remedy(short, "Max replicas 4").sets == sets


def test_what_holds_the_quota_while_it_sleeps_can_be_paused_there_and_then(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    asleep: dict[str, Any] = {"state": "scaledToZero", "min_replica": 0}
    holder = seen(upstream, "mixtral-eval", **asleep)
    seen(upstream, "on-another-type", instance_type="nvidia-l4", instance_size="x1", **asleep)
    seen(upstream, "running-one", state="running")
    upstream.clock.advance(6 * 86_400)
    short = line(acme, token, "quota", hardware=A100, max_replicas="3")
    assert short.title == "Quota: 12 Nvidia A100 wanted, 8 of 16 free"
    assert short.about.startswith("mixtral-eval holds some of it while it sleeps, for 6 days")
    label = "Pause mixtral-eval (4 × Nvidia A100)"
    pause = remedy(short, label)
    assert (pause.verb, pause.endpoint) == ("pause", holder.pk)
    assert labels_of(short) == [
        "Pause mixtral-eval (4 × Nvidia A100)",
        "Max replicas 2",
        "Look again",
    ]


def test_what_is_being_paused_is_not_offered_to_be_paused_again(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    holder = seen(upstream, "mixtral-eval", state="scaledToZero", min_replica=0)
    asking.ask(holder, OFFERED["pause"], WORKER)
    short = line(acme, token, "quota", hardware=A100, max_replicas="4")
    assert short.about == "mixtral-eval is being paused: look again in a moment."
    assert labels_of(short) == ["Max replicas 3", "Look again"]


def test_once_it_is_paused_and_seen_the_quota_suffices(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    seen(upstream, "mixtral-eval", state="scaledToZero", min_replica=0)
    assert line(acme, token, "quota", hardware=A100, max_replicas="4").blocks
    upstream.change_endpoint(NAMESPACE, "mixtral-eval", state="paused")
    look_also_at_hardware(upstream)
    assert line(acme, token, "quota", hardware=A100, max_replicas="4").state is State.OK


def test_a_quota_that_is_not_told_is_unknown(acme: Organization, token: AccessToken) -> None:
    Hardware.objects.update(quota_max=None, quota_used=None)
    assert line(acme, token, "quota").state is State.UNKNOWN


def test_nothing_is_said_of_what_is_not_chosen(acme: Organization, token: AccessToken) -> None:
    shown = lines(acme, token, hardware="", name="", repository="")
    assert set(shown) == {"token", "payment", "credit"}


def test_a_recipe_decides_the_hardware(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    form = screens.form(acme, initial=entered(token))
    assert form.found is not None
    recipe = form.found.recipes[0].id
    shown = lines(acme, token, recipe=recipe, hardware=L4)
    assert shown["quota"].state is State.UNKNOWN
    assert not {"hardware", "memory", "engine"} & set(shown)
