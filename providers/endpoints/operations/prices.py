"""What a replica-hour costs: the hardware call of a namespace, kept for hours."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from providers.endpoints.models import Hardware, Namespace
from providers.huggingface.types import Hardware as RemoteHardware

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
]
_HIGHEST = 100_000


def known(namespace: Namespace) -> Prices:
    """Price per replica-hour by vendor, region, instance type and size."""
    rows = Hardware.objects.filter(namespace=namespace)
    return {
        (vendor, region, kind, size): price
        for vendor, region, kind, size, price in rows.values_list(*_COMPUTE, "price_per_hour")
    }


def save(namespace: Namespace, computes: Sequence[RemoteHardware]) -> None:
    """Keep what the hardware call answered."""
    rows = {_compute(row): row for row in (_row(namespace, compute) for compute in computes)}
    Hardware.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["namespace", *_COMPUTE],
        update_fields=_FACTS,
    )
    for gone in known(namespace).keys() - rows.keys():
        offer = dict(zip(_COMPUTE, gone, strict=True))
        Hardware.objects.filter(namespace=namespace, **offer).delete()


def _row(namespace: Namespace, compute: RemoteHardware) -> Hardware:
    return Hardware(
        namespace=namespace,
        vendor=compute.vendor[:40],
        region=compute.region[:60],
        instance_type=compute.instance_type[:80],
        instance_size=compute.instance_size[:40],
        accelerator=compute.accelerator[:20],
        architecture=compute.architecture[:120],
        accelerators=_small(compute.accelerators),
        gpu_memory_gb=compute.gpu_memory_gb,
        memory_gb=compute.memory_gb,
        cpus=compute.cpus,
        price_per_hour=_price(compute.price_per_hour),
        status=compute.status[:40],
    )


def _compute(row: Hardware) -> Compute:
    return row.vendor, row.region, row.instance_type, row.instance_size


def _price(value: float | None) -> Decimal | None:
    if value is None or not 0 <= value < _HIGHEST:
        return None
    return Decimal(str(value)).quantize(Decimal("0.0001"))


def _small(value: int | None) -> int | None:
    return value if value is not None and 0 <= value < 2**15 else None
