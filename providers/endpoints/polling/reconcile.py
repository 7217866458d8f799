"""One good answer about a namespace, compared with what is stored; only what changed is written."""

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import structlog
from django.db import DataError, IntegrityError, transaction
from django.db.models import Max

from hfadmin.live import versions
from providers.endpoints import messages
from providers.endpoints.models import IN_TRANSITION, UNKNOWN, Endpoint
from providers.endpoints.polling import periods, prices
from providers.huggingface.types import EndpointList, RemoteEndpoint
from providers.tokens.models import Namespace

BATCH = 250  # rows: SQLite's write lock is held less than a quarter of a second
_SEARCHED = 500  # characters: it is indexed, and PostgreSQL's indexes take 2,700 bytes
_UNIQUE = ["namespace", "name"]
_UPDATED = sorted(
    field.name
    for field in Endpoint._meta.concrete_fields  # noqa: SLF001 - Django's public name for it
    if field.name not in {"id", "organization", "first_seen_at", *_UNIQUE} and not field.generated
)

# Of one whose new values are refused, all else stays as it was last seen.
_UPDATED_WHEN_UNKNOWN = [
    "deleted_at",
    "fingerprint",
    "message",
    "ready_replicas",
    "state",
    "target_replicas",
    "version",
]

log = structlog.get_logger(__name__)


class Known(NamedTuple):
    """What is stored of an endpoint, as far as comparing takes it."""

    name: str
    pk: int
    fingerprint: str
    deleted_at: datetime | None


class Detail(NamedTuple):
    """More of it, read of those alone whose row or next look depends on it."""

    name: str
    state: str
    state_since: datetime | None
    price_per_hour: Decimal | None
    vendor: str
    region: str
    instance_type: str
    instance_size: str

    @property
    def compute(self) -> prices.Compute:
        return self.vendor, self.region, self.instance_type, self.instance_size


@dataclass(frozen=True, slots=True)
class Difference:
    changed: list[RemoteEndpoint]
    vanished: list[Known]
    details: dict[str, Detail]
    # (state, since) of everything that is there now: the next look depends on it.
    states: list[tuple[str, datetime | None]]
    price_of: prices.Prices | None = None


def compare(
    namespace: Namespace,
    answer: EndpointList,
    observed: periods.Observation,
    price_of: prices.Prices | None = None,
) -> Difference:
    """What in `answer` differs from what is stored. `price_of`: the prices, where they were asked
    for as well."""
    rows = Endpoint.objects.filter(namespace=namespace)
    known = {row[0]: Known(*row) for row in rows.values_list(*_columns(Known))}
    present = {remote.name: remote for remote in answer.items}
    changed = {name for name, remote in present.items() if _differs(known.get(name), remote)}
    moving = {name for name, remote in present.items() if remote.state in IN_TRANSITION}
    details = _details(namespace, changed | moving if price_of is None else None)
    if price_of is not None:
        changed |= {
            name
            for name, detail in details.items()
            if name in present and price_of.get(_compute(present[name])) != detail.price_per_hour
        }
    return Difference(
        changed=[present[name] for name in present if name in changed],
        vanished=_vanished(known, present) if answer.is_complete else [],
        details=details,
        states=[
            (
                remote.state,
                _since(details.get(name), remote, observed) if name in moving else None,
            )
            for name, remote in present.items()
        ],
        price_of=price_of,
    )


def of_one(namespace: Namespace, remote: RemoteEndpoint) -> Difference:
    """The difference that an answer about one endpoint makes."""
    row = Endpoint.objects.filter(namespace=namespace, name=remote.name)
    known = row.values_list(*_columns(Known)).first()
    if not _differs(Known(*known) if known else None, remote):
        return Difference([], [], {}, [])
    return Difference([remote], [], _details(namespace, [remote.name]), [])


def no_difference(namespace: Namespace) -> Difference:
    """For an answer that is the same as the last one."""
    present = Endpoint.objects.filter(namespace=namespace, deleted_at=None).order_by()
    states = present.values_list("state").annotate(latest=Max("state_since"))
    return Difference([], [], {}, list(states))


def batches(difference: Difference) -> list[Difference]:
    """The same in parts, each of which is written within a quarter of a second; at least one. What
    vanished comes last: by then all that is there has been written."""
    if len(difference.changed) + len(difference.vanished) <= BATCH:
        return [difference]
    parts = [
        replace(difference, changed=difference.changed[start : start + BATCH], vanished=[])
        for start in range(0, len(difference.changed), BATCH)
    ]
    parts += [
        replace(difference, changed=[], vanished=difference.vanished[start : start + BATCH])
        for start in range(0, len(difference.vanished), BATCH)
    ]
    return parts


def apply(namespace: Namespace, difference: Difference, observed: periods.Observation) -> None:
    """Write one batch, its history and the new version. Called in a transaction."""
    if not difference.changed and not difference.vanished:
        return
    version = versions.advance(namespace.organization_id)
    if difference.changed:
        price_of = _prices(namespace, difference)
        rows = [
            _row(
                namespace,
                remote,
                difference.details.get(remote.name),
                observed,
                price_of,
                version,
            )
            for remote in difference.changed
        ]
        periods.record(_saved(rows), observed)
    gone = [old.pk for old in difference.vanished]
    Endpoint.objects.filter(pk__in=gone).update(deleted_at=observed.now, version=version)
    periods.end(gone, observed.now)


def _saved(rows: list[Endpoint]) -> list[Endpoint]:
    """The rows as they are stored. Where the database refuses one, it alone is kept as unknown."""
    try:
        return _upserted(rows, _UPDATED)
    except (DataError, IntegrityError, ValueError, OverflowError):
        if len(rows) > 1:
            half = len(rows) // 2
            return _saved(rows[:half]) + _saved(rows[half:])
        log.warning("endpoint_refused", name=rows[0].name, exc_info=True)
        return _upserted([_unknown(rows[0])], _UPDATED_WHEN_UNKNOWN)


def _upserted(rows: list[Endpoint], updated: list[str]) -> list[Endpoint]:
    with transaction.atomic():
        return Endpoint.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=_UNIQUE, update_fields=updated
        )


def _unknown(row: Endpoint) -> Endpoint:
    return Endpoint(
        organization_id=row.organization_id,
        namespace_id=row.namespace_id,
        name=row.name,
        fingerprint=row.fingerprint,
        version=row.version,
        state=UNKNOWN,
        message=messages.NOT_STORED,
    )


def _vanished(known: Mapping[str, Known], present: Container[str]) -> list[Known]:
    return [old for name, old in known.items() if name not in present and not old.deleted_at]


def _columns(what: type[Known | Detail]) -> list[str]:
    return [{"pk": "id"}.get(name, name) for name in what._fields]


def _details(namespace: Namespace, names: Collection[str] | None) -> dict[str, Detail]:
    """Of these, or of all; without those that are gone."""
    if names is not None and not names:
        return {}
    rows = Endpoint.objects.filter(namespace=namespace, deleted_at=None)
    if names is not None and len(names) < 1_000:
        rows = rows.filter(name__in=names)
    return {row[0]: Detail(*row) for row in rows.values_list(*_columns(Detail))}


def _prices(namespace: Namespace, difference: Difference) -> prices.Prices:
    """Where only states changed, what the rows themselves say is enough: with every hardware call
    all of them are priced anew."""
    if difference.price_of is not None:
        return difference.price_of
    stored = {detail.compute: detail.price_per_hour for detail in difference.details.values()}
    needed = {_compute(remote) for remote in difference.changed}
    return stored if needed <= stored.keys() else prices.known(namespace)


def _differs(old: Known | None, remote: RemoteEndpoint) -> bool:
    return old is None or bool(old.deleted_at) or old.fingerprint != remote.fingerprint


def _since(
    old: Detail | None, remote: RemoteEndpoint, observed: periods.Observation
) -> datetime | None:
    if old is not None and old.state == remote.state:
        return old.state_since
    return observed.began(None if remote.state == UNKNOWN else remote.updated_at)[0]


def _row(
    namespace: Namespace,
    remote: RemoteEndpoint,
    old: Detail | None,
    observed: periods.Observation,
    price_of: prices.Prices,
    version: int,
) -> Endpoint:
    vendor, region, instance_type, instance_size = compute = _compute(remote)
    return Endpoint(
        organization_id=namespace.organization_id,
        namespace=namespace,
        name=remote.name,
        fingerprint=remote.fingerprint,
        version=version,
        state=remote.state,
        state_since=_since(old, remote, observed),
        message=remote.message,
        ready_replicas=remote.ready_replicas,
        target_replicas=remote.target_replicas,
        url=remote.url,
        repository=remote.repository,
        revision=remote.revision,
        task=remote.task,
        framework=remote.framework,
        engine=remote.engine,
        image_url=remote.image_url,
        health_route=remote.health_route,
        container=remote.container,
        vendor=vendor,
        region=region,
        accelerator=remote.accelerator,
        instance_type=instance_type,
        instance_size=instance_size,
        price_per_hour=price_of.get(compute),
        min_replicas=remote.min_replica,
        max_replicas=remote.max_replica,
        scale_to_zero_minutes=remote.scale_to_zero_timeout,
        autoscale_by=remote.autoscale_by,
        autoscale_threshold=remote.autoscale_threshold,
        auth_type=remote.auth_type,
        tags=list(remote.tags),
        search_text=search_text(namespace, remote),
        created_upstream_at=remote.created_at,
        created_by=remote.created_by,
        updated_upstream_at=remote.updated_at,
        updated_by=remote.updated_by,
        last_used_at=remote.last_used_at,
        deleted_at=None,
    )


def _compute(remote: RemoteEndpoint) -> prices.Compute:
    return remote.vendor, remote.region, remote.instance_type, remote.instance_size


def search_text(namespace: Namespace, remote: RemoteEndpoint) -> str:
    """What the inventory's search looks into: a line each, tags with a # before them."""
    lines = [remote.name, namespace.name, remote.repository, *(f"#{tag}" for tag in remote.tags)]
    return ("\n" + "\n".join(lines)[: _SEARCHED - 2] + "\n").lower()
