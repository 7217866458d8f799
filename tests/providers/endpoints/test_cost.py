"""What an endpoint costs now: never a guess, and what is not known is never nothing."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from hfadmin.live import versions
from hfadmin.sandbox import Sandbox
from providers.endpoints.models import Endpoint, Hardware
from providers.tokens.models import Namespace
from tests.providers.endpoints.conftest import endpoint, look

pytestmark = pytest.mark.django_db

URL = "/o/acme/endpoints/"
HOME = "/o/acme/"
UNHEARD_OF: dict[str, Any] = {"instance_type": "nvidia-x900"}


def add(namespace: Namespace, name: str, state: str, **facts: Any) -> Endpoint:
    row = Endpoint.objects.create(
        organization=namespace.organization,
        namespace=namespace,
        name=name,
        state=state,
        fingerprint=name,
        **facts,
    )
    versions.advance(namespace.organization_id)
    return row


def text(client: Client, url: str) -> str:
    page = client.get(url).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def cell(client: Client, name: str) -> str:
    """What stands in the column "Per hour"."""
    page = client.get(URL, {"column": "price"}).content.decode()
    row = next(row for row in page.split("<tr ") if f">{name}<" in row)
    return re.sub(r"<[^>]+>", "", row.rpartition(' class="num">')[2]).split()[0]


@pytest.mark.parametrize(
    ("state", "ready", "target", "cost"),
    [
        ("running", 2, 2, "0.268"),
        ("running", 1, 3, "0.134"),
        ("running", 0, 1, "0"),
        ("running", None, 2, None),
        ("updating", 2, 3, "0.268"),
        ("updateFailed", 1, 1, "0.134"),
        ("initializing", 0, 2, "0.268"),
        ("initializing", 0, None, None),
        ("initializing", None, 1, None),
        ("pending", 0, 1, "0"),
        ("failed", 0, 1, "0"),
        ("failed", None, 1, None),
        ("paused", None, None, "0"),
        ("scaledToZero", 1, 1, "0"),
        ("maintenance", 1, 1, "0.134"),
        ("maintenance", None, None, None),
    ],
)
def test_the_replicas_that_are_billed_times_the_price(
    labs: Namespace, state: str, ready: int | None, target: int | None, cost: str | None
) -> None:
    row = add(
        labs, "a", state, price_per_hour="0.134", ready_replicas=ready, target_replicas=target
    )
    row.refresh_from_db()
    assert row.cost_per_hour == (None if cost is None else Decimal(cost))


@pytest.mark.parametrize(
    ("state", "ready", "cost"),
    [("running", 1, None), ("running", 0, 0), ("initializing", 0, None), ("paused", None, 0)],
)
def test_without_a_price_only_what_runs_has_an_unknown_cost(
    labs: Namespace, state: str, ready: int | None, cost: int | None
) -> None:
    row = add(labs, "a", state, ready_replicas=ready, target_replicas=1)
    row.refresh_from_db()
    assert row.cost_per_hour == cost


def test_the_cost_follows_the_row_and_its_price(labs: Namespace, upstream: Sandbox) -> None:
    upstream.add_endpoint("acme-labs", "chat", min_replica=0, max_replica=2, stuck=True)
    look(labs)
    assert endpoint("chat").cost_per_hour == Decimal("0.8")
    upstream.change_endpoint("acme-labs", "chat", target_replica=2)
    look(labs)
    assert endpoint("chat").cost_per_hour == Decimal("1.6")
    upstream.change_endpoint("acme-labs", "chat", state="scaledToZero")
    look(labs)
    assert endpoint("chat").cost_per_hour == 0
    Endpoint.objects.update(state="running", ready_replicas=2, price_per_hour="1.25")
    assert endpoint("chat").cost_per_hour == Decimal("2.5")
    Endpoint.objects.update(deleted_at=timezone.now())
    assert endpoint("chat").cost_per_hour == 0


def test_two_replicas_show_the_price_of_two_and_what_sleeps_shows_nothing(
    labs: Namespace, upstream: Sandbox, as_viewer: Client
) -> None:
    upstream.add_endpoint(
        "acme-labs", "search", instance_type="intel-spr", instance_size="x4", accelerator="cpu",
        min_replica=2, max_replica=2, stuck=True,
    )  # fmt: skip
    upstream.add_endpoint("acme-labs", "sleeper", state="scaledToZero", min_replica=0)
    upstream.add_endpoint("acme-labs", "odd", **UNHEARD_OF)
    look(labs)
    assert cell(as_viewer, "search") == "$0.268"
    assert cell(as_viewer, "sleeper") == "$0"
    assert cell(as_viewer, "odd") == "unknown"
    detail = text(as_viewer, f"{URL}acme-labs/search/")
    assert "Now $0.268 per hour Each replica $0.134 per hour A month like this $195.64" in detail
    detail = text(as_viewer, f"{URL}acme-labs/odd/")
    assert "Now unknown Each replica unknown A month like this unknown" in detail


def test_the_sum_is_that_of_the_column_and_says_what_it_leaves_out(
    labs: Namespace, upstream: Sandbox, as_viewer: Client
) -> None:
    upstream.add_endpoint("acme-labs", "two", min_replica=2, max_replica=2, stuck=True)
    upstream.add_endpoint("acme-labs", "asleep", state="scaledToZero", min_replica=0)
    look(labs)
    assert "· $1.60 per hour" in text(as_viewer, URL)
    assert "$1.60 per hour" in text(as_viewer, HOME)

    upstream.add_endpoint("acme-labs", "odd", **UNHEARD_OF)
    upstream.add_endpoint("acme-labs", "odder", **UNHEARD_OF)
    upstream.add_endpoint("acme-labs", "odd-asleep", state="paused", **UNHEARD_OF)
    upstream.add_endpoint("acme-labs", "silent", leaves_out=["readyReplica"], stuck=True)
    look(labs)
    assert (
        "at least $1.60 per hour · 2 have no known price · 1 runs an unknown number of replicas"
        in text(as_viewer, URL)
    )
    assert "at least $1.60 per hour · 2 have no known price" in text(as_viewer, HOME)


def test_where_nothing_is_known_no_sum_is_claimed(
    labs: Namespace, upstream: Sandbox, as_viewer: Client
) -> None:
    upstream.add_endpoint("acme-labs", "odd", **UNHEARD_OF)
    look(labs)
    assert "cost not known · 1 has no known price" in text(as_viewer, URL)
    assert "Running now costs unknown · 1 has no known price" in text(as_viewer, HOME)
    assert "$0" not in text(as_viewer, URL)


def test_replicas_that_the_answer_leaves_out_are_unknown(
    labs: Namespace, upstream: Sandbox, as_viewer: Client
) -> None:
    missing = ["readyReplica", "targetReplica", "minReplica", "maxReplica"]
    upstream.add_endpoint("acme-labs", "silent", leaves_out=missing, stuck=True)
    look(labs)
    row = endpoint("silent")
    counts = row.ready_replicas, row.target_replicas, row.min_replicas, row.max_replicas
    assert counts == (None, None, None, None)
    assert "? / ? ?–?" in text(as_viewer, URL)
    detail = text(as_viewer, f"{URL}acme-labs/silent/")
    assert "? ready of ?, ? to ?" in detail
    assert "Scale to zero unknown" in detail
    assert "None" not in text(as_viewer, URL) + detail


@pytest.mark.parametrize(
    ("replicas", "minutes", "said"),
    [
        (0, None, "after a time that is not known"),
        (0, 15, "after 15 min without requests"),
        (1, 15, "never"),
    ],
)
def test_that_an_endpoint_scales_to_zero_is_known_though_not_when(
    labs: Namespace,
    upstream: Sandbox,
    as_viewer: Client,
    replicas: int,
    minutes: int | None,
    said: str,
) -> None:
    upstream.add_endpoint(
        "acme-labs", "sleepy", min_replica=replicas, scale_to_zero_timeout=minutes, stuck=True
    )
    look(labs)
    assert f"Scale to zero {said}" in text(as_viewer, f"{URL}acme-labs/sleepy/")


@pytest.mark.parametrize("sort", ["price", "-price", "unit", "-unit"])
def test_unknown_costs_come_last_either_way_in_a_stable_order(
    labs: Namespace, as_viewer: Client, sort: str
) -> None:
    add(labs, "b-odd", "running", ready_replicas=1)
    add(labs, "a-odd", "running", ready_replicas=1)
    add(labs, "cheap", "running", ready_replicas=3, price_per_hour="0.1")
    add(labs, "dear", "running", ready_replicas=1, price_per_hour="0.5")
    page = as_viewer.get(URL, {"sort": sort}).content.decode()
    names = re.findall(r'<tr id="e-\d+".*?<bdi>(.*?)</bdi>', page, re.DOTALL)
    falling = sort.startswith("-")
    known, odd = ["cheap", "dear"], ["a-odd", "b-odd"]
    assert names == (known[::-1] + odd[::-1] if falling else known + odd)


@pytest.mark.parametrize("model", [Endpoint, Hardware])
def test_no_price_is_negative(
    labs: Namespace, upstream: Sandbox, model: type[Endpoint | Hardware]
) -> None:
    upstream.add_endpoint("acme-labs", "chat")
    look(labs)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(price_per_hour="-0.1")
