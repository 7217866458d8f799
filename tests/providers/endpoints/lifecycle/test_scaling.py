"""Changing the scaling, and what is said where Hugging Face has another one than was wanted."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.lifecycle.conftest import (
    Ask,
    mutations,
    remote_of,
    work,
)
from tests.providers.endpoints.lifecycle.test_pages import confirm, detail, shown

ENTERED = {"min_replicas": 0, "max_replicas": 3, "scale_to_zero_minutes": 30}


def test_a_change_sends_nothing_but_the_scaling(
    as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    before = remote_of(upstream)
    assert before is not None
    before.image, before.secrets = {"url": "registry/x", "credentials": "***"}, {"TOKEN": "***"}
    before.custom_router = {"tag": "mine"}
    assert as_operator.post(confirm(endpoint, "scaling"), ENTERED).status_code == 302
    work()
    assert Action.objects.get().state == "done"
    (sent,) = (each for each in upstream.requests if each.method == "PUT")
    assert sent.object() == {
        "compute": {"scaling": {"minReplica": 0, "maxReplica": 3, "scaleToZeroTimeout": 30}}
    }
    after = remote_of(upstream)
    assert after is not None
    assert (after.min_replica, after.max_replica, after.scale_to_zero_timeout) == (0, 3, 30)
    assert after.custom_router == {"tag": "mine"}


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"min_replicas": 3, "max_replicas": 2, "scale_to_zero_minutes": ""}, "max_replicas"),
        ({"min_replicas": 1, "scale_to_zero_minutes": 30}, "min_replicas"),
        ({"max_replicas": 10_000}, "max_replicas"),
        ({"scale_to_zero_minutes": 14}, "scale_to_zero_minutes"),
        ({"scale_to_zero_minutes": 2_881}, "scale_to_zero_minutes"),
        ({"min_replicas": ""}, "min_replicas"),
        ({"max_replicas": "many"}, "max_replicas"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    entered: dict[str, Any], field: str, as_operator: Client, endpoint: Endpoint
) -> None:
    answer = as_operator.post(confirm(endpoint, "scaling"), ENTERED | entered)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not Action.objects.exists()


def test_a_quota_that_is_used_up_refuses_it_and_says_so(
    as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    upstream.fault("quota", method="PUT", times=1)
    as_operator.post(confirm(endpoint, "scaling"), ENTERED)
    work()
    action = Action.objects.get()
    assert (action.state, action.problem["kind"]) == ("refused", "quota_exceeded")
    assert "Refused" in shown(as_operator, detail(endpoint))
    again = f"{confirm(endpoint, 'scaling')}?as={action.pk}"
    assert again in shown(as_operator, detail(endpoint))
    assert as_operator.get(again).context["form"]["max_replicas"].value() == 3


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
    page = shown(as_operator, detail(endpoint))
    assert "Asked for 0 to 2 replicas; Hugging Face has 1 to 1 replicas." in page
    resume = Action.objects.get(verb="resume")
    restore = f"{confirm(endpoint, 'scaling')}?as={resume.pk}"
    assert restore in page
    offered = as_operator.get(restore).context["form"].initial
    entered = {name: "" if value is None else value for name, value in offered.items()}
    assert as_operator.post(restore, entered).status_code == 302
    work()
    remote = remote_of(upstream)
    assert remote is not None
    assert (remote.min_replica, remote.max_replica) == (0, 2)
    assert "Hugging Face has" not in shown(as_operator, detail(endpoint))
    assert len(mutations(upstream)) == 3


def test_another_change_while_one_is_open_is_refused(
    as_operator: Client, endpoint: Endpoint
) -> None:
    as_operator.post(confirm(endpoint, "scaling"), ENTERED)
    again = as_operator.post(confirm(endpoint, "scaling"), ENTERED)
    other = as_operator.post(confirm(endpoint, "scaling"), ENTERED | {"max_replicas": 4})
    assert (again.status_code, other.status_code) == (302, 409)
    assert Action.objects.count() == 1
