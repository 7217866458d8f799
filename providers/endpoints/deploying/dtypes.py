"""The types in which weights are kept: how many bytes they take, and which hardware computes with
them.

Names are those of safetensors ("BF16"); those of a config.json ("bfloat16") are understood too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, Protocol

_BITS: Final = {
    **dict.fromkeys(["F64", "I64", "U64"], 64),
    **dict.fromkeys(["F32", "I32", "U32"], 32),
    **dict.fromkeys(["BF16", "F16", "I16", "U16"], 16),
    **dict.fromkeys(["F8_E4M3", "F8_E5M2", "F8_E8M0", "I8", "U8", "BOOL"], 8),
    **dict.fromkeys(["I4", "U4", "F4"], 4),
}
# Quantised weights of a few bits are packed into these. The Hub counts some repositories' by
# element, and others' (since August 2025) by the weights within: 2 bits each at the least.
_PACKED: Final = dict.fromkeys(["I32", "U32", "U8"], 2)
_NAMES: Final = {
    "BFLOAT16": "BF16",
    "FLOAT16": "F16",
    "HALF": "F16",
    "FLOAT32": "F32",
    "FLOAT": "F32",
    "FLOAT8_E4M3FN": "F8_E4M3",
    "FLOAT8_E5M2": "F8_E5M2",
    "FP8": "F8_E4M3",
}
_FP8: Final = frozenset({"F8_E4M3", "F8_E5M2"})

# Nvidia's compute capability, in tenths.
_CAPABILITIES: Final = {
    "nvidia-v100": 70,
    "nvidia-t4": 75,
    "nvidia-a100": 80,
    "nvidia-a10": 86,
    "nvidia-a10g": 86,
    "nvidia-l4": 89,
    "nvidia-l40s": 89,
    "nvidia-h100": 90,
    "nvidia-h200": 90,
    "nvidia-b200": 100,
}
_TURING, _AMPERE, _ADA = 75, 80, 89


class Instance(Protocol):
    @property
    def accelerator(self) -> str: ...
    @property
    def instance_type(self) -> str: ...


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why hardware does not compute with a type, or why that is not known."""

    NO_BF16 = "no_bf16"
    NO_FP8 = "no_fp8"
    # No FP8 of its own; vLLM keeps the weights so and computes in 16 bits, others may not.
    FP8_WEIGHTS_ONLY = "fp8_weights_only"
    HARDWARE = "hardware"  # what it can do is not known
    DTYPE = "dtype"  # what it is, is not known


@dataclass(frozen=True, slots=True)
class Support:
    answer: Answer
    reason: Reason | None = None  # None where the answer is yes
    dtype: str = ""  # the one that the answer is about; "" where all are supported


YES: Final = Support(Answer.YES)


def canonical(dtype: str) -> str:
    """The name in safetensors, or what was given."""
    name = dtype.strip().upper().removeprefix("TORCH.")
    return _NAMES.get(name, name)


def bytes_of(parameters: Mapping[str, int]) -> int | None:
    """Of so many parameters by type, taking each for a whole element. None: not known, since a type
    is not, or there are none."""
    bits = [_bits_of(dtype, number) for dtype, number in parameters.items()]
    known = [each for each in bits if each is not None]
    return _whole(sum(known)) if known and len(known) == len(bits) else None


def least_bytes_of(parameters: Mapping[str, int]) -> int:
    """Of those that are known, taking packed weights for counted one by one."""
    return _whole(
        sum(
            number * _PACKED.get(name, _BITS.get(name, 0))
            for dtype, number in parameters.items()
            for name in [canonical(dtype)]
        )
    )


def supports(instance: Instance, dtypes: Iterable[str]) -> Support:
    """Whether its hardware computes with all of them: the first that it cannot, or else the first
    that is not known."""
    kind = instance.accelerator, instance.instance_type
    doubts = [each for dtype in dtypes if (each := _supports(*kind, canonical(dtype))) != YES]
    refused = (each for each in doubts if each.answer is Answer.NO)
    return next(refused, doubts[0] if doubts else YES)


def _bits_of(dtype: str, number: int) -> int | None:
    bits = _BITS.get(canonical(dtype))
    return None if bits is None else bits * number


def _whole(bits: int) -> int:
    return -(-bits // 8)


@lru_cache(maxsize=4_096)
def _supports(accelerator: str, instance_type: str, dtype: str) -> Support:
    if dtype not in _BITS:
        return Support(Answer.UNKNOWN, Reason.DTYPE, dtype)
    if accelerator == "cpu":
        return _on_cpu(instance_type, dtype)
    if accelerator != "gpu":
        return Support(Answer.UNKNOWN, Reason.HARDWARE, dtype)
    return _on_gpu(_CAPABILITIES.get(instance_type), dtype)


def _on_cpu(instance_type: str, dtype: str) -> Support:
    # Sapphire Rapids has BF16 of its own. What others make of it depends on the engine.
    has_bf16 = "spr" in instance_type.split("-")
    if dtype in _FP8 or (dtype == "BF16" and not has_bf16):
        return Support(Answer.UNKNOWN, Reason.HARDWARE, dtype)
    return YES


def _on_gpu(capability: int | None, dtype: str) -> Support:
    if dtype != "BF16" and dtype not in _FP8:
        return YES
    if capability is None:
        return Support(Answer.UNKNOWN, Reason.HARDWARE, dtype)
    if dtype == "BF16":
        return YES if capability >= _AMPERE else Support(Answer.NO, Reason.NO_BF16, dtype)
    if capability >= _ADA:
        return YES
    if capability >= _TURING:
        return Support(Answer.UNKNOWN, Reason.FP8_WEIGHTS_ONLY, dtype)
    return Support(Answer.NO, Reason.NO_FP8, dtype)
