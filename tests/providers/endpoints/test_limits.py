"""Whatever an answer holds, what is read of it fits into the columns that keep it."""

from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from providers.endpoints.models import Endpoint, Hardware
from providers.endpoints.polling import periods, prices, reconcile
from providers.huggingface import limits, parse
from providers.tokens.models import Namespace

pytestmark = pytest.mark.django_db
LONG = "x" * 5_000
TIME = "2026-05-01T09:00:00Z"
ENDPOINT: dict[str, Any] = {
    "name": LONG,
    "type": LONG,
    "healthRoute": LONG,
    "tags": [LONG],
    "provider": {"vendor": LONG, "region": LONG},
    "compute": {
        "id": LONG,
        "accelerator": LONG,
        "instanceType": LONG,
        "instanceSize": LONG,
        "scaling": {
            "minReplica": limits.COUNT,
            "maxReplica": limits.COUNT,
            "scaleToZeroTimeout": limits.COUNT,
            "measure": {LONG: LONG},
        },
    },
    "model": {
        "repository": LONG,
        "revision": LONG,
        "task": LONG,
        "framework": LONG,
        "image": {LONG: {"url": LONG}},
    },
    "status": {
        "state": LONG,
        "message": LONG,
        "url": "https://" + "x" * (limits.URL - 8),
        "readyReplica": limits.COUNT,
        "targetReplica": limits.COUNT,
        "createdAt": TIME,
        "createdBy": {"name": LONG},
        "updatedAt": TIME,
        "updatedBy": LONG,
        "lastUsedAt": TIME,
    },
}
COMPUTE: dict[str, Any] = {
    "id": LONG,
    "accelerator": LONG,
    "instanceType": LONG,
    "instanceSize": LONG,
    "architecture": LONG,
    "status": LONG,
    "numAccelerators": limits.ACCELERATORS,
    "numCpus": limits.COUNT,
    "memoryGb": limits.COUNT - 1,
    "gpuMemoryGb": limits.COUNT - 1,
    "pricePerHour": limits.PRICE - 0.00001,
}


def require_fit(row: models.Model) -> None:
    empty = {field.name for field in row._meta.fields if field.value_from_object(row) is None}
    row.clean_fields(exclude=empty)


def hardware(compute: dict[str, Any]) -> tuple[Any, ...]:
    region = {"name": LONG, "computes": [compute]}
    return parse.hardware({"vendors": [{"name": LONG, "regions": [region]}]})


def test_an_endpoint_of_the_longest_texts_and_greatest_numbers_is_stored_as_it_was_read(
    labs: Namespace,
) -> None:
    looks = periods.Observation(None, timezone.now())
    prices.save(labs, hardware(COMPUTE))
    found = parse.endpoints({"items": [ENDPOINT]}, "acme-labs")
    reconcile.apply(labs, reconcile.compare(labs, found, looks), looks)
    row = Endpoint.objects.get()
    require_fit(row)
    assert row.max_replicas == limits.COUNT
    assert len(row.url) == limits.URL
    assert row.price_per_hour == limits.PRICE  # found by texts that are cut alike


def test_hardware_of_the_longest_texts_and_greatest_numbers_is_stored_as_it_was_read(
    labs: Namespace,
) -> None:
    prices.save(labs, hardware(COMPUTE))
    row = Hardware.objects.get()
    require_fit(row)
    assert row.accelerators == limits.ACCELERATORS
    assert row.price_per_hour == limits.PRICE


@pytest.mark.parametrize(
    ("key", "value", "field"),
    [
        ("numAccelerators", limits.ACCELERATORS + 1, "accelerators"),
        ("pricePerHour", limits.PRICE, "price_per_hour"),
        ("pricePerHour", -0.1, "price_per_hour"),
    ],
)
def test_of_hardware_a_number_beyond_the_greatest_is_not_known(
    labs: Namespace, key: str, value: float, field: str
) -> None:
    prices.save(labs, hardware(COMPUTE | {key: value}))
    assert getattr(Hardware.objects.get(), field) is None


def test_an_address_that_is_too_long_is_left_out_and_not_cut() -> None:
    status = ENDPOINT["status"] | {"url": "https://" + "x" * limits.URL}
    found = parse.endpoint(ENDPOINT | {"status": status}, "acme-labs")
    assert found.url == ""
