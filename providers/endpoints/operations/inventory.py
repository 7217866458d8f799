"""One good answer about a namespace, compared with what is stored; only what changed is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Max

from providers.endpoints.models import Endpoint, Namespace
from providers.endpoints.operations import news, periods, prices
from providers.huggingface.types import RemoteEndpoint

_MOST = 2**31 - 1
_SEARCHED = 500  # characters: it is indexed, and PostgreSQL's indexes take 2,700 bytes
_UNIQUE = ["namespace", "name"]
_UPDATED = sorted(
    field.name
    for field in Endpoint._meta.concrete_fields  # noqa: SLF001 - Django's public name for it
    if field.name not in {"id", "organization", "first_seen_at", *_UNIQUE}
)


class Known(NamedTuple):
    """What is stored of an endpoint, as far as comparing takes it."""

    name: str
    pk: int
    fingerprint: str
    state: str
    state_since: datetime | None
    deleted_at: datetime | None
    price_per_hour: Decimal | None


@dataclass(frozen=True, slots=True)
class Difference:
    changed: list[RemoteEndpoint]
    vanished: list[Known]
    known: dict[str, Known]
    # (state, since) of everything that is there now: the next look depends on it.
    states: list[tuple[str, datetime | None]]


def compare(
    namespace: Namespace,
    answer: Sequence[RemoteEndpoint],
    looks: periods.Looks,
    price_of: prices.Prices | None = None,
) -> Difference:
    """What in `answer` is news. `price_of`: the prices, where they were asked for as well."""
    rows = Endpoint.objects.filter(namespace=namespace)
    known = {row[0]: Known(*row) for row in rows.values_list(*_known_fields())}
    changed, states, present = [], [], set()
    for remote in answer:
        name = remote.name[:120]
        if not name or name in present:
            continue
        present.add(name)
        old = known.get(name)
        if old is None or _differs(old, remote, price_of):
            changed.append(remote)
        states.append((remote.state, _since(old, remote, looks)))
    vanished = [old for name, old in known.items() if name not in present and not old.deleted_at]
    return Difference(changed, vanished, known, states)


def no_difference(namespace: Namespace) -> Difference:
    """For an answer that is the same as the last one."""
    present = Endpoint.objects.filter(namespace=namespace, deleted_at=None).order_by()
    states = present.values_list("state").annotate(latest=Max("state_since"))
    return Difference([], [], {}, list(states))


def apply(namespace: Namespace, news_: Difference, looks: periods.Looks) -> None:
    """Write the difference, its history and its pulse. Called in a transaction."""
    if not news_.changed and not news_.vanished:
        return
    version = news.pulse(namespace.organization_id)
    if news_.changed:
        price_of = prices.known(namespace)
        rows = [
            _row(namespace, remote, news_.known.get(remote.name[:120]), looks, price_of, version)
            for remote in news_.changed
        ]
        saved = Endpoint.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=_UNIQUE, update_fields=_UPDATED
        )
        periods.record(saved, looks)
    if news_.vanished:
        ids = [old.pk for old in news_.vanished]
        for start in range(0, len(ids), 500):
            gone = ids[start : start + 500]
            Endpoint.objects.filter(pk__in=gone).update(deleted_at=looks.now, version=version)
            periods.end(gone, looks.now)


def _differs(old: Known, remote: RemoteEndpoint, price_of: prices.Prices | None) -> bool:
    if old.deleted_at or old.fingerprint != remote.fingerprint:
        return True
    return price_of is not None and price_of.get(_compute(remote)) != old.price_per_hour


def _known_fields() -> tuple[str, ...]:
    return tuple("id" if field == "pk" else field for field in Known._fields)


def _since(old: Known | None, remote: RemoteEndpoint, looks: periods.Looks) -> datetime | None:
    if old is not None and not old.deleted_at and old.state == remote.state[:40]:
        return old.state_since
    return looks.began(remote.updated_at)[0]


def _row(
    namespace: Namespace,
    remote: RemoteEndpoint,
    old: Known | None,
    looks: periods.Looks,
    price_of: prices.Prices,
    version: int,
) -> Endpoint:
    vendor, region, instance_type, instance_size = compute = _compute(remote)
    return Endpoint(
        organization_id=namespace.organization_id,
        namespace=namespace,
        name=remote.name[:120],
        fingerprint=remote.fingerprint[:64],
        version=version,
        state=remote.state[:40],
        state_since=_since(old, remote, looks),
        message=remote.message,
        ready_replicas=_count(remote.ready_replicas),
        target_replicas=_count(remote.target_replicas),
        url=remote.url if len(remote.url) <= 500 else "",
        repository=remote.repository[:250],
        revision=remote.revision[:120],
        task=remote.task[:80],
        framework=remote.framework[:60],
        engine=remote.engine[:60],
        image_url=remote.image_url[:500],
        health_route=remote.health_route[:250],
        vendor=vendor,
        region=region,
        accelerator=remote.accelerator[:20],
        instance_type=instance_type,
        instance_size=instance_size,
        price_per_hour=price_of.get(compute),
        min_replicas=_count(remote.min_replica),
        max_replicas=_count(remote.max_replica),
        scale_to_zero_minutes=_count(remote.scale_to_zero_timeout),
        auth_type=remote.auth_type[:40],
        tags=list(remote.tags),
        search_text=search_text(namespace, remote),
        created_upstream_at=remote.created_at,
        created_by=remote.created_by[:120],
        updated_upstream_at=remote.updated_at,
        updated_by=remote.updated_by[:120],
        last_used_at=remote.last_used_at,
        deleted_at=None,
    )


def _compute(remote: RemoteEndpoint) -> prices.Compute:
    return (
        remote.vendor[:40],
        remote.region[:60],
        remote.instance_type[:80],
        remote.instance_size[:40],
    )


def search_text(namespace: Namespace, remote: RemoteEndpoint) -> str:
    """What the inventory's search looks into: a line each, tags with a # before them."""
    lines = [remote.name, namespace.name, remote.repository, *(f"#{tag}" for tag in remote.tags)]
    return ("\n" + "\n".join(lines)[: _SEARCHED - 2] + "\n").lower()


def _count(value: int | None) -> int | None:
    return None if value is None else max(0, min(value, _MOST))
