"""What an endpoint will cost if it goes on: what is not known is never nothing."""

from decimal import Decimal
from typing import Any

import pytest

from providers.endpoints import outlook
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace

pytestmark = pytest.mark.django_db


def stored(labs: Namespace, **columns: Any) -> Endpoint:
    priced = {"price_per_hour": Decimal("0.8"), "min_replicas": 0, "max_replicas": 3}
    made = labs.endpoints.create(
        organization=labs.organization, name="any", **{**priced, **columns}
    )
    return Endpoint.objects.get(pk=made.pk)


def test_what_runs_goes_on_costing_and_may_cost_more(labs: Namespace) -> None:
    costs = outlook.of(stored(labs, state="running", ready_replicas=2))
    assert costs.per_hour == Decimal("1.6")
    assert costs.per_month == Decimal(1168)
    assert costs.at_most == Decimal(1752)
    assert costs.may_grow


@pytest.mark.parametrize("state", ["paused", "scaledToZero"])
def test_what_sleeps_costs_nothing_and_then_what_it_wakes_with(state: str, labs: Namespace) -> None:
    costs = outlook.of(stored(labs, state=state, ready_replicas=0))
    assert (costs.per_hour, costs.awake) == (Decimal(0), Decimal("0.8"))
    assert costs.per_month == Decimal(584)


def test_without_a_price_nothing_can_be_said(labs: Namespace) -> None:
    costs = outlook.of(stored(labs, state="running", ready_replicas=1, price_per_hour=None))
    assert (costs.per_hour, costs.awake, costs.per_month, costs.at_most) == (None,) * 4
    assert not costs.may_grow


def test_without_the_number_of_replicas_what_it_wakes_with_is_not_known(labs: Namespace) -> None:
    costs = outlook.of(stored(labs, state="paused", min_replicas=None, max_replicas=None))
    assert (costs.awake, costs.per_month, costs.at_most) == (None, None, None)


def test_what_runs_with_all_it_may_cannot_grow(labs: Namespace) -> None:
    costs = outlook.of(stored(labs, state="running", ready_replicas=1, max_replicas=1))
    assert not costs.may_grow
