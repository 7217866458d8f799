"""The hardware that is offered to an endpoint: that of its region, and why some cannot be had."""

from decimal import Decimal

import pytest
from django.test import Client

from hfadmin.sandbox import Sandbox
from providers.endpoints.lifecycle.hardware import Offer, offers
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint, Hardware
from providers.tokens.models import Namespace
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.lifecycle.conftest import Ask, work
from tests.providers.endpoints.lifecycle.test_pages import confirm, shown

pytestmark = pytest.mark.page


def offered(endpoint: Endpoint) -> dict[str, Offer]:
    fresh = Endpoint.objects.select_related("namespace").get(pk=endpoint.pk)
    return {offer.value: offer for offer in offers(fresh)}


def test_only_hardware_of_its_own_region_is_offered(endpoint: Endpoint) -> None:
    places = {(o.hardware.vendor, o.hardware.region) for o in offered(endpoint).values()}
    assert places == {(endpoint.vendor, endpoint.region)}
    assert endpoint.namespace.hardware.exclude(region=endpoint.region).exists()


def test_the_present_one_is_marked_and_the_others_say_what_they_cost_more(
    endpoint: Endpoint,
) -> None:
    found = offered(endpoint)
    (present,) = (offer for offer in found.values() if offer.is_present)
    assert present.value == f"{endpoint.instance_type}/{endpoint.instance_size}"
    assert endpoint.price_per_hour is not None
    assert found["nvidia-l4/x4"].difference == Decimal("3.8") - endpoint.price_per_hour


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": "not_available"}, "Not available there"),
        ({"status": "deprecated"}, "Deprecated"),
        ({"quota_used": 9, "quota_max": 16}, "Needs 8 of the quota, 7 are free."),
        ({"quota_used": 8, "quota_max": 16}, ""),
        ({"quota_used": None}, ""),
        ({"status": "low_availability"}, ""),
    ],
)
def test_what_cannot_be_had_says_why_and_cannot_be_chosen(
    changes: dict[str, object], why: str, as_operator: Client, endpoint: Endpoint
) -> None:
    row = Hardware.objects.filter(instance_type="nvidia-a10g", instance_size="x4")
    row.update(**{"status": "available"} | changes)
    assert str(offered(endpoint)["nvidia-a10g/x4"].obstacle).startswith(why)
    assert why in shown(as_operator, confirm(endpoint, "hardware"))
    answer = as_operator.post(confirm(endpoint, "hardware"), {"hardware": "nvidia-a10g/x4"})
    assert answer.status_code == (422 if why else 302)
    assert Action.objects.exists() == (not why)


def test_what_the_endpoint_holds_itself_is_free_for_it(endpoint: Endpoint) -> None:
    same = Hardware.objects.filter(instance_type=endpoint.instance_type, region=endpoint.region)
    same.update(quota_max=8, quota_used=8, status="available")
    larger = offered(endpoint)[f"{endpoint.instance_type}/x4"]
    assert larger.free == 2
    Endpoint.objects.filter(pk=endpoint.pk).update(state="paused")
    assert offered(endpoint)[f"{endpoint.instance_type}/x4"].free == 0


def test_hardware_that_vanished_while_the_form_was_open_is_named(
    as_operator: Client, endpoint: Endpoint
) -> None:
    assert "nvidia-l4/x4" in shown(as_operator, confirm(endpoint, "hardware"))
    Hardware.objects.filter(instance_type="nvidia-l4", instance_size="x4").delete()
    answer = as_operator.post(confirm(endpoint, "hardware"), {"hardware": "nvidia-l4/x4"})
    assert answer.status_code == 422
    assert "nvidia-l4/x4 is not offered there, or no longer." in answer.content.decode()
    assert not Action.objects.exists()


def test_where_nothing_is_known_of_hardware_that_is_said(
    as_operator: Client, endpoint: Endpoint
) -> None:
    Hardware.objects.all().delete()
    assert "has not seen yet what this region offers" in shown(
        as_operator, confirm(endpoint, "hardware")
    )
    answer = as_operator.post(confirm(endpoint, "hardware"), {"hardware": "nvidia-l4/x4"})
    assert answer.status_code == 409


def test_a_price_or_a_quota_that_is_not_known_is_said_to_be_so(
    as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    row = Hardware.objects.filter(instance_type="nvidia-l4", instance_size="x4")
    row.update(price_per_hour=None, quota_max=None, status="")
    page = shown(as_operator, confirm(endpoint, "hardware"))
    for words in ("price not known", "quota not known", "availability not known"):
        assert words in page


def test_after_an_action_the_quota_is_asked_for_anew(
    ask: Ask, endpoint: Endpoint, namespace: Namespace, upstream: Sandbox
) -> None:
    same = Hardware.objects.filter(instance_type=endpoint.instance_type, region=endpoint.region)
    assert same.filter(quota_used=1).exists()
    ask("pause")
    work()
    look(namespace)
    assert not same.exclude(quota_used=0).exists()
