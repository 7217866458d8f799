"""The hardware that the management API offers, with the list prices of August 2026."""

from dataclasses import dataclass
from typing import Any

from hfadmin.sandbox.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class Compute:
    """One instance type in one size, in one region. Prices are US dollars per hour, sizes GB."""

    vendor: str
    region: str
    accelerator: str
    instance_type: str
    instance_size: str
    architecture: str
    price: float
    units: int
    cpus: int | None
    memory: float
    gpu_memory: int | None
    status: str = "available"

    @property
    def id(self) -> str:
        return f"{self.vendor}-{self.region}-{self.instance_type}-{self.instance_size}"


REGIONS = {
    "aws": {"us-east-1": "US East (N. Virginia)", "eu-west-1": "Europe (Ireland)"},
    "azure": {"eastus": "East US"},
    "gcp": {"us-east4": "US East (Virginia)"},
}
_SPR_PRICES = {1: 0.033, 2: 0.067, 4: 0.134, 8: 0.268, 16: 0.536}
QUOTA = {"cpu": 64, "gpu": 16, "neuron": 12}

# vendor, accelerator, instance type, architecture, prices by size, and for one unit: CPUs (None if
# the API leaves them out), memory and GPU memory
_TYPES: list[tuple[str, str, str, str, dict[int, float], int | None, float, int | None]] = [
    ("aws", "cpu", "intel-spr", "Intel Sapphire Rapids", _SPR_PRICES, 1, 2.0, None),
    ("azure", "cpu", "intel-xeon", "Intel Xeon", {1: 0.06, 2: 0.12}, None, 2.0, None),
    ("gcp", "cpu", "intel-spr", "Intel Sapphire Rapids", {1: 0.05, 2: 0.10}, 1, 2.0, None),
    ("aws", "gpu", "nvidia-t4", "Nvidia T4", {1: 0.5, 4: 3.0}, 3, 15.0, 16),
    ("aws", "gpu", "nvidia-l4", "Nvidia L4", {1: 0.8, 4: 3.8}, 7, 30.0, 24),
    ("aws", "gpu", "nvidia-a10g", "Nvidia A10G", {1: 1.0, 4: 5.0}, 6, 30.0, 24),
    ("aws", "gpu", "nvidia-l40s", "Nvidia L40S", {1: 1.8, 4: 8.3, 8: 23.5}, 7, 60.0, 48),
    ("aws", "gpu", "nvidia-a100", "Nvidia A100", {1: 2.5, 2: 5.0, 4: 10.0, 8: 20.0}, 11, 145.0, 80),
    (
        "aws",
        "gpu",
        "nvidia-h200",
        "Nvidia H200",
        {1: 5.0, 2: 10.0, 4: 20.0, 8: 40.0},
        23,
        256.0,
        141,
    ),
    ("gcp", "gpu", "nvidia-t4", "Nvidia T4", {1: 0.5}, 3, 15.0, 16),
    ("gcp", "gpu", "nvidia-l4", "Nvidia L4", {1: 0.7}, 7, 30.0, 24),
    ("gcp", "gpu", "nvidia-a100", "Nvidia A100", {1: 3.6}, 11, 85.0, 80),
    ("gcp", "gpu", "nvidia-h100", "Nvidia H100", {1: 10.0}, 25, 230.0, 80),
    ("aws", "neuron", "inf2", "AWS Inferentia2", {1: 0.75, 12: 12.0}, 4, 16.0, None),
]
_STATUS = {
    "aws-us-east-1-nvidia-h200-x8": "low_availability",
    "aws-eu-west-1-nvidia-h200-x8": "not_available",
    "aws-us-east-1-nvidia-a10g-x4": "deprecated",
    "gcp-us-east4-nvidia-h100-x1": "reserved",
}


def computes() -> tuple[Compute, ...]:
    """Return all hardware, in the order of the answer."""
    return _COMPUTES


def find(vendor: str, region: str, instance_type: str, instance_size: str) -> Compute | None:
    return _BY_ID.get(f"{vendor}-{region}-{instance_type}-{instance_size}")


def described(endpoint: Endpoint) -> str:
    """Return the endpoint's hardware, as the API's errors write it."""
    return (
        f"'{endpoint.accelerator.capitalize()}' - '{endpoint.instance_type}' - "
        f"'{endpoint.instance_size}' in '{endpoint.vendor}' - '{endpoint.region}'"
    )


def vendors(used: dict[str, int]) -> dict[str, Any]:
    """Return the body of `GET /provider/{namespace}`; `used` counts accelerators in use by type."""
    return {
        "vendors": [
            {"name": vendor, "status": "available", "regions": _regions(vendor, regions, used)}
            for vendor, regions in REGIONS.items()
        ]
    }


def _regions(vendor: str, regions: dict[str, str], used: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "name": region,
            "label": label,
            "status": "available",
            "computes": [
                _compute(compute, used)
                for compute in _COMPUTES
                if (compute.vendor, compute.region) == (vendor, region)
            ],
        }
        for region, label in regions.items()
    ]


def _compute(compute: Compute, used: dict[str, int]) -> dict[str, Any]:
    raw: dict[str, Any] = {
        "id": compute.id,
        "accelerator": compute.accelerator,
        "numAccelerators": compute.units,
        "memoryGb": compute.memory,
        "instanceType": compute.instance_type,
        "instanceSize": compute.instance_size,
        "architecture": compute.architecture,
        "status": compute.status,
        "pricePerHour": compute.price,
        "quota": {
            "maxAccelerators": QUOTA[compute.accelerator],
            "usedAccelerators": used.get(compute.instance_type, 0),
        },
    }
    if compute.cpus is not None:
        raw["numCpus"] = compute.cpus
    if compute.gpu_memory is not None:
        raw["gpuMemoryGb"] = compute.gpu_memory
    return raw


def _all() -> tuple[Compute, ...]:
    return tuple(
        _sized(vendor, region, accelerator, instance_type, name, size, price, unit)
        for vendor, accelerator, instance_type, name, prices, *unit in _TYPES
        for region in REGIONS[vendor]
        for size, price in prices.items()
    )


def _sized(
    vendor: str,
    region: str,
    accelerator: str,
    instance_type: str,
    name: str,
    size: int,
    price: float,
    unit: list[Any],
) -> Compute:
    cpus, memory, gpu_memory = unit
    return Compute(
        vendor=vendor,
        region=region,
        accelerator=accelerator,
        instance_type=instance_type,
        instance_size=f"x{size}",
        architecture=name,
        price=price,
        units=size,
        cpus=cpus and cpus * size,
        memory=memory * size,
        gpu_memory=gpu_memory and gpu_memory * size,
        status=_STATUS.get(f"{vendor}-{region}-{instance_type}-x{size}", "available"),
    )


_COMPUTES = _all()
_BY_ID = {compute.id: compute for compute in _COMPUTES}
