"""How much memory one replica needs: an estimate, never a promise.

    1.2 * weights + KV cache + 1 GB for the engine

A GB is 10⁹ bytes, as Hugging Face writes it. Hardware has a little more where its maker counts in
powers of two, so that what fits here fits there. What is not known is None, and stays so in every
sum; what is known at the least is kept beside it, since that alone may be too much.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from providers.endpoints.deploying import dtypes
from providers.huggingface.types import ModelShape

GB: Final = 10**9
ENGINE: Final = 1 * GB
_OVERHEAD: Final = 5  # one part in so many of the weights
_LIKELY: Final = 85  # per cent of the memory
_BYTES_OF_VALUE: Final = 2  # of the cache: engines keep it in 16 bits unless told otherwise
_EMBEDDING_TASKS: Final = frozenset({"feature-extraction", "sentence-similarity"})


class Fit(StrEnum):
    LIKELY = "likely"
    TIGHT = "tight"
    TOO_BIG = "too_big"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Weights:
    """The memory of the weights in bytes: as estimated, and what they take at the least."""

    size: int | None
    least: int = 0


@dataclass(frozen=True, slots=True)
class Cache:
    """The KV cache of one request of the whole context, in bytes. `per_token` is 0 for a model that
    has none, and None where it is not known."""

    per_token: int | None
    tokens: int | None = None
    window: int | None = None  # tokens that some or all of the layers keep, instead of all
    longest: int | None = None  # tokens that the model can take

    @property
    def size(self) -> int | None:
        """As if every layer kept all tokens: which ones have a window is not known."""
        if self.per_token == 0:
            return 0
        return None if self.per_token is None or not self.tokens else self.per_token * self.tokens

    @property
    def least(self) -> int:
        return (self.per_token or 0) * min(self.tokens or 0, self.window or self.tokens or 0)


@dataclass(frozen=True)
class Estimate:
    """All in bytes. None: not known. Its sums are kept: they are compared with hundreds of rows."""

    of_weights: Weights
    of_cache: Cache
    engine: int = ENGINE

    @property
    def weights(self) -> int | None:
        return self.of_weights.size

    @property
    def overhead(self) -> int | None:
        """Beyond the weights: activations, buffers, what is lost between them."""
        return None if self.weights is None else self.weights // _OVERHEAD

    @property
    def kv_cache(self) -> int | None:
        return self.of_cache.size

    @property
    def has_kv_cache(self) -> bool:
        """False for embedding models, whose `kv_cache` is 0."""
        return self.of_cache.per_token != 0

    @cached_property
    def total(self) -> int | None:
        if self.weights is None or self.overhead is None or self.kv_cache is None:
            return None
        return self.weights + self.overhead + self.kv_cache + self.engine

    @cached_property
    def at_least(self) -> int:
        """What is known to be needed."""
        least = self.of_weights.least
        return least + least // _OVERHEAD + self.of_cache.least + self.engine

    def share(self, gigabytes: float | None) -> float | None:
        """What part of the memory it fills; above 1 if it does not fit. None: not known."""
        memory = _memory(gigabytes)
        return None if memory is None or self.total is None else self.total / memory

    def fits(self, gigabytes: float | None) -> Fit:
        """Too big is only what needs more for certain."""
        memory = _memory(gigabytes)
        if memory is None:
            return Fit.UNKNOWN
        if self.at_least > memory:
            return Fit.TOO_BIG
        if self.total is None or self.total > memory:
            return Fit.UNKNOWN
        return Fit.LIKELY if self.total <= _likely(memory) else Fit.TIGHT

    def longest_context(self, gigabytes: float | None) -> int | None:
        """The tokens with which it would be likely to fit, as far as the model can take them. None:
        not even with one, not known, or there is no cache to make smaller."""
        memory, cache = _memory(gigabytes), self.of_cache
        if memory is None or not cache.per_token or self.weights is None or self.overhead is None:
            return None
        free = _likely(memory) - self.weights - self.overhead - self.engine
        tokens = free // cache.per_token
        tokens = min(tokens, cache.longest) if cache.longest else tokens
        return tokens if tokens > 0 else None


def estimate(
    parameters: Mapping[str, int],
    shape: ModelShape | None,
    *,
    file_bytes: int | None = None,
    context_tokens: int | None = None,
    task: str = "",
) -> Estimate:
    """`parameters` are counts by type as the Hub tells them; `file_bytes`, where known, the size of
    the files that are loaded (see `weights`), which tells more of quantised ones. `context_tokens`
    is the length that the engine is told, or else it is the model's own."""
    shape = shape or ModelShape()
    tokens = context_tokens or shape.context_length
    per_token = 0 if task in _EMBEDDING_TASKS else _per_token(shape)
    cache = Cache(per_token, tokens, shape.sliding_window, shape.context_length)
    return Estimate(_weights(parameters, file_bytes), cache)


def _weights(parameters: Mapping[str, int], file_bytes: int | None) -> Weights:
    if file_bytes:
        return Weights(file_bytes, file_bytes)
    return Weights(dtypes.bytes_of(parameters), dtypes.least_bytes_of(parameters))


def _per_token(shape: ModelShape) -> int | None:
    if not shape.layers:
        return None
    if shape.latent_rank:
        return shape.layers * shape.latent_rank * _BYTES_OF_VALUE
    if not shape.kv_heads or not shape.head_size:
        return None
    return 2 * shape.layers * shape.kv_heads * shape.head_size * _BYTES_OF_VALUE


def _memory(gigabytes: float | None) -> int | None:
    return int(gigabytes * GB) if gigabytes and gigabytes > 0 else None


def _likely(memory: int) -> int:
    return memory * _LIKELY // 100
