"""What was wanted beside what Hugging Face has: told, restored, or kept as it is."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hfadmin.audit.actors import Actor
from hfadmin.audit.models import Record
from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.lifecycle import asking, wanted
from providers.endpoints.lifecycle.configuration import SETTINGS
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import VERBS, ActionVerb
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
from tests.providers.endpoints.lifecycle.test_pages import confirm, detail
from tests.providers.endpoints.test_inventory_page import text

pytestmark = pytest.mark.page

SCALING = {"min_replicas": 0, "max_replicas": 2, "scale_to_zero_minutes": 60}


@pytest.fixture
def scaled(endpoint: Endpoint, actor: Actor) -> Endpoint:
    """The endpoint, of which 0 to 2 replicas were wanted and came true."""
    return came_true(endpoint, actor, "scaling", **SCALING)


def came_true(endpoint: Endpoint, actor: Actor, verb: str, **columns: Any) -> Endpoint:
    asking.ask(endpoint, VERBS[verb], actor, columns)
    work()
    assert Action.objects.latest("id").state == "done"
    return Endpoint.objects.get(pk=endpoint.pk)


def changed_elsewhere(upstream: Sandbox, namespace: Namespace, **fields: Any) -> None:
    upstream.change_endpoint(NAMESPACE, NAME, stuck=True, **fields)
    look(namespace)


def page(client: Client, endpoint: Endpoint) -> str:
    return text(client.get(detail(endpoint)))


def keep(endpoint: Endpoint, setting: str) -> str:
    return reverse("lifecycle:keep", args=[endpoint.organization.slug, setting, endpoint.pk])


def key_on(client: Client, endpoint: Endpoint) -> str:
    """What the button to keep something tells of what was seen."""
    found = re.search(
        r'name="seen"\s+value="([^"]+)"', client.get(detail(endpoint)).content.decode()
    )
    assert found is not None
    return found[1].replace("&quot;", '"')


def lines(endpoint: Endpoint) -> dict[str, str]:
    compared = wanted.compared(Endpoint.objects.get(pk=endpoint.pk))
    return {line.setting.name: line.note or "differs" for line in compared}


@pytest.mark.parametrize("verb", [verb for verb in VERBS.values() if verb.form.COLUMNS])
def test_all_that_a_verb_changes_is_compared(verb: ActionVerb) -> None:
    compared = {
        name for each in SETTINGS.values() if each.verb == verb.name for name in each.columns
    }
    assert compared == set(verb.form.COLUMNS)


def test_nothing_is_compared_where_nothing_was_wanted(
    as_operator: Client, endpoint: Endpoint
) -> None:
    assert "Wanted and observed" not in page(as_operator, endpoint)


def test_a_resume_that_resets_the_scaling_is_told_and_can_be_put_right(
    ask: Ask,
    as_operator: Client,
    endpoint: Endpoint,
    upstream: Sandbox,
    namespace: Namespace,
    clock: Clock,
) -> None:
    upstream.state.quirks.resume_resets_scaling = True
    for verb in ("pause", "resume"):
        ask(verb, Endpoint.objects.get(pk=endpoint.pk))
        work()
    clock.advance(120)
    look(namespace)
    told = page(as_operator, endpoint)
    assert "1 difference" in told
    assert "Scaling 0 to 2 replicas 1 to 1 replicas" in told
    restore = f"{confirm(endpoint, 'scaling')}?as=wanted"
    assert restore in as_operator.get(detail(endpoint)).content.decode()
    offered = as_operator.get(restore).context["form"].initial
    entered = {name: "" if value is None else value for name, value in offered.items()}
    assert as_operator.post(restore, entered).status_code == 302
    work()
    remote = remote_of(upstream)
    assert remote is not None
    assert (remote.min_replica, remote.max_replica) == (0, 2)
    assert "difference " not in page(as_operator, endpoint)
    assert len(mutations(upstream)) == 3


def test_what_hugging_face_has_is_kept_with_who_decided_it_and_nothing_is_sent(
    as_operator: Client, scaled: Endpoint, upstream: Sandbox, namespace: Namespace
) -> None:
    changed_elsewhere(upstream, namespace, max_replica=4)
    upstream.requests.clear()
    seen = {"seen": key_on(as_operator, scaled)}
    for _click in range(2):
        assert as_operator.post(keep(scaled, "replicas"), seen)["Location"] == detail(scaled)
    told = page(as_operator, scaled)
    assert "Scaling 0 to 4 replicas 0 to 4 replicas as wanted" in told
    assert "Keep as it is : 0 to 4 replicas" in told
    assert Action.objects.filter(verb="keep", state="done").count() == 1
    record = Record.objects.latest("id")
    assert (record.verb, record.outcome, record.actor_label) == (
        "endpoint.kept",
        "done",
        "grace@acme.test",
    )
    assert not upstream.requests


def test_what_changed_after_the_page_was_seen_is_not_kept_unseen(
    as_operator: Client, scaled: Endpoint, upstream: Sandbox, namespace: Namespace
) -> None:
    changed_elsewhere(upstream, namespace, max_replica=4)
    seen = {"seen": key_on(as_operator, scaled)}
    changed_elsewhere(upstream, namespace, max_replica=9)
    answer = as_operator.post(keep(scaled, "replicas"), seen, follow=True)
    assert "something else by now" in text(answer)
    assert lines(scaled)["replicas"] == "differs"
    assert not Action.objects.filter(verb="keep").exists()


def test_nothing_is_kept_while_something_else_is_under_way(
    ask: Ask, as_operator: Client, scaled: Endpoint, upstream: Sandbox, namespace: Namespace
) -> None:
    changed_elsewhere(upstream, namespace, max_replica=4)
    seen = {"seen": key_on(as_operator, scaled)}
    ask("pause", Endpoint.objects.get(pk=scaled.pk))
    as_operator.post(keep(scaled, "replicas"), seen)
    assert not Action.objects.filter(verb="keep").exists()


def test_a_setting_that_there_is_not_is_not_found(as_operator: Client, scaled: Endpoint) -> None:
    assert as_operator.post(keep(scaled, "colour")).status_code == 404


def test_viewers_see_the_difference_and_who_may_decide(
    as_viewer: Client, scaled: Endpoint, upstream: Sandbox, namespace: Namespace
) -> None:
    changed_elsewhere(upstream, namespace, max_replica=4)
    told = page(as_viewer, scaled)
    assert "1 difference" in told
    why = "Operators and administrators of this organization can do this."
    assert f"Keep as it is {why} Restore {why}" in told
    assert as_viewer.post(keep(scaled, "replicas")).status_code == 403


def test_each_setting_is_compared_with_the_last_that_was_wanted_of_it(
    scaled: Endpoint, actor: Actor, upstream: Sandbox, namespace: Namespace, as_operator: Client
) -> None:
    tagged = came_true(scaled, actor, "tags", tags=["a", "b"])
    came_true(tagged, actor, "access", auth_type="public")
    changed_elsewhere(upstream, namespace, tags=["b", "a"], max_replica=5, type="authenticated")
    assert lines(scaled) == {
        "replicas": "differs",
        "scale-to-zero": "as wanted",
        "tags": "as wanted",
        "access": "differs",
    }
    assert "2 differences" in page(as_operator, scaled)
    access = as_operator.get(f"{confirm(scaled, 'access')}?as=wanted")
    assert access.context["form"].initial["auth_type"] == "public"


def test_while_paused_the_scaling_is_shown_and_not_compared(
    scaled: Endpoint,
    actor: Actor,
    upstream: Sandbox,
    namespace: Namespace,
    as_operator: Client,
) -> None:
    came_true(scaled, actor, "tags", tags=["a"])
    changed_elsewhere(upstream, namespace, state="paused", max_replica=1, tags=["z"])
    assert lines(scaled) == {
        "replicas": "compared once it runs",
        "scale-to-zero": "compared once it runs",
        "tags": "differs",
    }
    assert "Scaling 0 to 2 replicas 0 to 1 replicas compared once it runs" in page(
        as_operator, scaled
    )


def test_what_is_accepted_and_not_seen_yet_is_no_difference(
    ask: Ask, scaled: Endpoint, actor: Actor, as_operator: Client
) -> None:
    action = asking.ask(scaled, VERBS["scaling"], actor, SCALING | {"max_replicas": 6})
    Action.objects.filter(pk=action.pk).update(state="accepted", sent_at=timezone.now())
    assert lines(scaled) == {"replicas": "not yet", "scale-to-zero": "as wanted"}
    assert "1 still to come" in page(as_operator, scaled)


def test_what_was_refused_was_never_wanted(
    scaled: Endpoint, actor: Actor, upstream: Sandbox
) -> None:
    upstream.fault("quota", method="PUT", times=1)
    asking.ask(scaled, VERBS["scaling"], actor, SCALING | {"max_replicas": 6})
    work()
    assert lines(scaled)["replicas"] == "as wanted"


def test_what_hugging_face_does_not_say_is_unknown_and_no_difference(
    scaled: Endpoint, upstream: Sandbox, namespace: Namespace, as_operator: Client
) -> None:
    changed_elsewhere(upstream, namespace, leaves_out=["minReplica", "maxReplica"])
    assert lines(scaled)["replicas"] == "not told now"
    shown = page(as_operator, scaled)
    assert "Scaling 0 to 2 replicas unknown not told now" in shown
    assert "Wanted and observed Setting" in shown  # and not: as wanted


def test_what_was_wanted_of_an_earlier_endpoint_of_the_name_is_over(
    scaled: Endpoint, upstream: Sandbox, namespace: Namespace, clock: Clock
) -> None:
    upstream.remove_endpoint(NAMESPACE, NAME)
    look(namespace)
    assert lines(scaled) == {}
    clock.advance(60)
    upstream.add_endpoint(
        NAMESPACE, NAME, state="running", max_replica=7, created_at=timezone.now()
    )
    look(namespace)
    assert lines(scaled) == {}


def test_the_scaling_that_was_wanted_outlasts_pauses(
    ask: Ask, scaled: Endpoint, upstream: Sandbox, namespace: Namespace, clock: Clock
) -> None:
    """However often it is paused, and although Hugging Face has another scaling meanwhile."""
    changed_elsewhere(upstream, namespace, max_replica=1)
    for verb in ("pause", "resume"):
        ask(verb, Endpoint.objects.get(pk=scaled.pk))
        work()
        clock.advance(120)
        look(namespace)
    assert lines(scaled)["replicas"] == "differs"
    assert set(Action.objects.exclude(wanted={}).values_list("verb", flat=True)) == {"scaling"}
