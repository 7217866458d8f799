"""Out of hardware: the cheapest that fits, and the next bigger."""

from decimal import Decimal

from providers.endpoints.deploying.memory import GB, estimate
from providers.endpoints.deploying.offers import capacity, cheapest, next_bigger
from providers.endpoints.models import Hardware
from tests.providers.endpoints.deploying.shapes import ROWS

QWEN = next(row for row in ROWS if row.repository == "Qwen/Qwen3-14B")
ESTIMATE = estimate(QWEN.parameters, QWEN.shape)


def gpu(name: str, memory: float | None, price: str | None) -> Hardware:
    return Hardware(
        accelerator="gpu",
        instance_type=name,
        gpu_memory_gb=memory,
        memory_gb=1_000,
        price_per_hour=None if price is None else Decimal(price),
    )


L4, L4S = gpu("1 x L4", 24, "0.8"), gpu("4 x L4", 96, "3.8")
L40S, A100, A100S = gpu("L40S", 48, "1.8"), gpu("A100", 80, "2.5"), gpu("2 x A100", 160, "5")
UNPRICED, UNSIZED = gpu("x900", 80, None), gpu("x800", None, "0.1")
CPU = Hardware(accelerator="cpu", memory_gb=32, price_per_hour=Decimal("0.5"))
OFFERS = [A100S, L4S, UNPRICED, L40S, UNSIZED, A100, L4, CPU]


def test_the_cheapest_is_likely_to_fit_and_has_a_price() -> None:
    assert cheapest(OFFERS, ESTIMATE) is A100
    assert cheapest([L4, L40S, UNPRICED, UNSIZED], ESTIMATE) is None


def test_what_costs_nothing_is_the_cheapest() -> None:
    free = gpu("free", 80, "0")
    assert cheapest([A100, free], ESTIMATE) is free


def test_the_next_bigger_has_more_memory_and_is_likely_to_fit() -> None:
    assert next_bigger(OFFERS, L4, ESTIMATE) is A100
    assert next_bigger(OFFERS, A100, ESTIMATE) is L4S
    assert next_bigger(OFFERS, A100S, ESTIMATE) is None


def test_the_next_bigger_is_of_the_same_kind() -> None:
    small = estimate({}, None, file_bytes=GB, task="feature-extraction")
    assert next_bigger([CPU, L40S], L4, small) is L40S


def test_a_gpu_holds_the_model_in_its_own_memory_and_inferentia_does_not_say() -> None:
    inferentia = Hardware(accelerator="neuron", memory_gb=16)
    assert [capacity(each) for each in (L4, CPU, inferentia)] == [24, 32, None]
