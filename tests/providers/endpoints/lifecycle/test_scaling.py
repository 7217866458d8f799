"""Changing the scaling, and what is said where Hugging Face has another one than was wanted."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.sandbox import Sandbox
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint
from tests.providers.endpoints.lifecycle.conftest import (
    remote_of,
    work,
)
from tests.providers.endpoints.lifecycle.test_pages import confirm, detail, shown

pytestmark = pytest.mark.page

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
    ("entered", "field", "sentence"),
    [
        (
            {"min_replicas": 3, "max_replicas": 2, "scale_to_zero_minutes": ""},
            "max_replicas",
            "This is less than the least number of replicas.",
        ),
        (
            {"min_replicas": 1, "scale_to_zero_minutes": 30},
            "min_replicas",
            "Enter 0 to scale to zero, or leave the minutes empty.",
        ),
        ({"max_replicas": 10_000}, "max_replicas", "Enter 100 or less."),
        ({"scale_to_zero_minutes": 14}, "scale_to_zero_minutes", "Enter 15 or more."),
        ({"scale_to_zero_minutes": 2_881}, "scale_to_zero_minutes", "Enter 2,880 or less."),
        ({"min_replicas": ""}, "min_replicas", "Enter a number."),
        ({"max_replicas": "many"}, "max_replicas", "Enter a whole number."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    entered: dict[str, Any], field: str, sentence: str, as_operator: Client, endpoint: Endpoint
) -> None:
    answer = as_operator.post(confirm(endpoint, "scaling"), ENTERED | entered)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [sentence]}
    assert not Action.objects.exists()


@pytest.mark.parametrize(
    ("price", "sentence"),
    [
        ("1.25", "Each costs <bdi>$1.25</bdi> per hour."),
        (None, "What each costs is not known here."),
    ],
)
def test_what_a_replica_costs_is_said_before(
    price: str | None, sentence: str, as_operator: Client, endpoint: Endpoint
) -> None:
    Endpoint.objects.filter(pk=endpoint.pk).update(price_per_hour=price)
    assert sentence in shown(as_operator, confirm(endpoint, "scaling"))


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


def test_another_change_while_one_is_open_is_refused(
    as_operator: Client, endpoint: Endpoint
) -> None:
    as_operator.post(confirm(endpoint, "scaling"), ENTERED)
    again = as_operator.post(confirm(endpoint, "scaling"), ENTERED)
    other = as_operator.post(confirm(endpoint, "scaling"), ENTERED | {"max_replicas": 4})
    assert (again.status_code, other.status_code) == (302, 409)
    assert Action.objects.count() == 1
