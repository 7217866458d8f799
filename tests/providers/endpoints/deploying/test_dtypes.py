"""How many bytes weights take, and which hardware computes with their type."""

import pytest

from providers.endpoints.deploying import dtypes
from providers.endpoints.deploying.dtypes import Answer, Reason
from providers.endpoints.models import Hardware


def hardware(accelerator: str, instance_type: str) -> Hardware:
    return Hardware(accelerator=accelerator, instance_type=instance_type)


@pytest.mark.parametrize(
    ("parameters", "size"),
    [
        ({"F64": 3, "I64": 1}, 32),
        ({"F32": 3, "I32": 2}, 20),
        ({"BF16": 3, "F16": 1, "I16": 1}, 10),
        ({"F8_E4M3": 1, "F8_E5M2": 1, "I8": 1, "U8": 1, "BOOL": 1}, 5),
        ({"I4": 3, "U4": 2}, 3),
        ({"bfloat16": 2, "torch.float32": 1}, 8),
        ({"F12": 1, "F32": 1}, None),
        ({}, None),
    ],
)
def test_bytes_by_type(parameters: dict[str, int], size: int | None) -> None:
    assert dtypes.bytes_of(parameters) == size


def test_packed_weights_take_at_least_two_bits_each() -> None:
    parameters = {"I32": 400, "F16": 10, "F12": 7}
    assert dtypes.least_bytes_of(parameters) == 120


@pytest.mark.parametrize(
    ("accelerator", "instance_type", "dtype", "answer", "reason"),
    [
        ("gpu", "nvidia-t4", "BF16", Answer.NO, Reason.NO_BF16),
        ("gpu", "nvidia-t4", "bfloat16", Answer.NO, Reason.NO_BF16),
        ("gpu", "nvidia-t4", "F16", Answer.YES, None),
        ("gpu", "nvidia-t4", "F8_E4M3", Answer.UNKNOWN, Reason.FP8_WEIGHTS_ONLY),
        ("gpu", "nvidia-v100", "BF16", Answer.NO, Reason.NO_BF16),
        ("gpu", "nvidia-v100", "F8_E5M2", Answer.NO, Reason.NO_FP8),
        ("gpu", "nvidia-a10g", "BF16", Answer.YES, None),
        ("gpu", "nvidia-a100", "F8_E4M3", Answer.UNKNOWN, Reason.FP8_WEIGHTS_ONLY),
        ("gpu", "nvidia-l4", "F8_E4M3", Answer.YES, None),
        ("gpu", "nvidia-h200", "fp8", Answer.YES, None),
        ("gpu", "nvidia-x900", "BF16", Answer.UNKNOWN, Reason.HARDWARE),
        ("gpu", "nvidia-x900", "F32", Answer.YES, None),
        ("gpu", "nvidia-h200", "F12", Answer.UNKNOWN, Reason.DTYPE),
        ("cpu", "intel-spr", "BF16", Answer.YES, None),
        ("cpu", "intel-xeon", "BF16", Answer.UNKNOWN, Reason.HARDWARE),
        ("cpu", "intel-xeon", "F32", Answer.YES, None),
        ("cpu", "intel-spr", "F8_E4M3", Answer.UNKNOWN, Reason.HARDWARE),
        ("neuron", "inf2", "BF16", Answer.UNKNOWN, Reason.HARDWARE),
    ],
)
def test_what_hardware_computes_with(
    accelerator: str, instance_type: str, dtype: str, answer: Answer, reason: Reason | None
) -> None:
    found = dtypes.supports(hardware(accelerator, instance_type), [dtype])
    assert (found.answer, found.reason) == (answer, reason)


def test_one_type_that_cannot_be_decides_over_others_that_are_not_known() -> None:
    found = dtypes.supports(hardware("gpu", "nvidia-t4"), ["F32", "F12", "F8_E4M3", "BF16"])
    assert (found.answer, found.dtype) == (Answer.NO, "BF16")
    assert dtypes.supports(hardware("gpu", "nvidia-l4"), ["F32", "BF16"]) == dtypes.YES
