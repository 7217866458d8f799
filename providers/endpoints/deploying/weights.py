"""The weights of a repository as files: which are loaded together, and how large they are."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

_SHARD: Final = re.compile(r"-(\d{5})-of-(\d{5})")
_SHARD_LENGTH: Final = len("-00001-of-00002")
# As llama.cpp names them: Q4_K_M, IQ3_XXS, UD-Q2_K_XL, MXFP4, BF16.
_QUANTIZATION: Final = re.compile(
    r"(?:^|[-._/])((?:UD-)?I?Q\d\w*|TQ\d\w*|MXFP4\w*|BF16|F16|F32)(?=$|[-.])", re.IGNORECASE
)
_USUAL: Final = "Q4_K_M"
_GGUF, _SAFETENSORS = ".gguf", ".safetensors"
_PROJECTOR: Final = "mmproj"  # for images, beside the weights of the language model
_SUFFIXES: Final = ("AWQ", "GPTQ-Int4", "FP8", "GGUF")
_IS_QUANTISED: Final = re.compile(
    r"[-_.](awq|gptq|gguf|fp8|nvfp4|mxfp4|bnb|int[48]|[348]bit|w\d+a\d+)(?=$|[-_.])", re.IGNORECASE
)


class File(Protocol):
    @property
    def path(self) -> str: ...
    @property
    def size(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Variant:
    """One GGUF file, or the parts of one."""

    file: str  # the path of the first part, which is what llama.cpp is given
    quantization: str  # "Q4_K_M", or "" where the name does not say
    size: int | None  # bytes of all parts; None where one is missing, or its size not known


def gguf_variants(files: Iterable[File]) -> tuple[Variant, ...]:
    """The smallest first; those of unknown size last."""
    groups: dict[tuple[str, int], dict[int, File]] = {}
    for file in files:
        if file.path.lower().endswith(_GGUF) and _PROJECTOR not in file.path.lower():
            stem, number, count = _parts(file.path[: -len(_GGUF)])
            groups.setdefault((stem, count), {})[number] = file
    found = [_variant(stem, count, parts) for (stem, count), parts in groups.items()]
    return tuple(sorted(found, key=lambda each: (each.size is None, each.size or 0, each.file)))


def usual_file(variants: Sequence[Variant]) -> str:
    """What most people take: four bits a weight, or else the smallest. "" where there is none."""
    usual = next((each for each in variants if each.quantization == _USUAL), None)
    found = usual or next(iter(variants), None)
    return found.file if found else ""


def safetensors_bytes(files: Iterable[File]) -> int | None:
    """Of model.safetensors or its parts; None where they are not all there, or there are several
    of them. What is named otherwise, such as the same weights in their maker's layout, is not
    loaded."""
    groups: dict[int, dict[int, File]] = {}
    for file in files:
        stem, number, count = _parts(file.path.removesuffix(_SAFETENSORS))
        if file.path.endswith(_SAFETENSORS) and stem == "model":
            groups.setdefault(count, {})[number] = file
    return _total(*groups.popitem()) if len(groups) == 1 else None


def quantised_names(repository: str) -> tuple[str, ...]:
    """What quantised variants of it would be called, if its owner publishes some. None of one that
    is quantised."""
    if _IS_QUANTISED.search(repository.partition("/")[2]):
        return ()
    return tuple(f"{repository}-{suffix}" for suffix in _SUFFIXES)


def _parts(stem: str) -> tuple[str, int, int]:
    """The name without the part's number, that number, and how many parts there are."""
    found = _SHARD.fullmatch(stem[-_SHARD_LENGTH:])
    return (stem[:-_SHARD_LENGTH], int(found[1]), int(found[2])) if found else (stem, 1, 1)


def _variant(stem: str, count: int, parts: dict[int, File]) -> Variant:
    named = _QUANTIZATION.findall(stem)
    first = parts[min(parts)].path
    return Variant(first, named[-1].upper() if named else "", _total(count, parts))


def _total(count: int, parts: dict[int, File]) -> int | None:
    sizes = [file.size for file in parts.values() if file.size is not None]
    is_whole = len(sizes) == count and set(parts) == set(range(1, count + 1))
    return sum(sizes) if is_whole else None
