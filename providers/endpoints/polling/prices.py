"""What a replica-hour costs: the hardware call of a namespace, kept for hours."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from providers.endpoints.models import Hardware
from providers.huggingface.types import Hardware as RemoteHardware
from providers.tokens.models import Namespace

Compute = tuple[str, str, str, str]
Prices = dict[Compute, Decimal | None]

GOOD_FOR = timedelta(hours=6)
RETRY_AFTER = timedelta(minutes=15)
_COMPUTE = ["vendor", "region", "instance_type", "instance_size"]
_FACTS = [
    "accelerator",
    "architecture",
    "accelerators",
    "gpu_memory_gb",
    "memory_gb",
    "cpus",
    "price_per_hour",
    "status",
    "quota_max",
    "quota_used",
]
_BATCH = 1_000


def known(namespace: Namespace) -> Prices:
    """Price per replica-hour by vendor, region, instance type and size."""
    rows = Hardware.objects.filter(namespace=namespace)
    return {
        (vendor, region, kind, size): price
        for vendor, region, kind, size, price in rows.values_list(*_COMPUTE, "price_per_hour")
    }


def save(namespace: Namespace, computes: Sequence[RemoteHardware]) -> None:
    """Keep what the hardware call answered, in batches that hold no lock for long. Most answers
    change nothing."""
    rows = {_compute(row): row for row in (_row(namespace, compute) for compute in computes)}
    stored = {_compute(row): row for row in Hardware.objects.filter(namespace=namespace)}
    changed = [row for compute, row in rows.items() if not _is_stored(row, stored.get(compute))]
    gone = [row.pk for compute, row in stored.items() if compute not in rows]
    for start in range(0, len(changed), _BATCH):
        Hardware.objects.bulk_create(
            changed[start : start + _BATCH],
            update_conflicts=True,
            unique_fields=["namespace", *_COMPUTE],
            update_fields=_FACTS,
        )
    for start in range(0, len(gone), _BATCH):
        Hardware.objects.filter(pk__in=gone[start : start + _BATCH]).delete()


def _is_stored(row: Hardware, stored: Hardware | None) -> bool:
    return stored is not None and all(
        getattr(row, fact) == getattr(stored, fact) for fact in _FACTS
    )


def _row(namespace: Namespace, compute: RemoteHardware) -> Hardware:
    return Hardware(
        namespace=namespace,
        vendor=compute.vendor,
        region=compute.region,
        instance_type=compute.instance_type,
        instance_size=compute.instance_size,
        accelerator=compute.accelerator,
        architecture=compute.architecture,
        accelerators=compute.accelerators,
        gpu_memory_gb=compute.gpu_memory_gb,
        memory_gb=compute.memory_gb,
        cpus=compute.cpus,
        price_per_hour=compute.price_per_hour,
        status=compute.status,
        quota_max=compute.quota_max,
        quota_used=compute.quota_used,
    )


def _compute(row: Hardware) -> Compute:
    return row.vendor, row.region, row.instance_type, row.instance_size
