"""A repository's config.json, as parsed JSON, into a `ModelShape`.

Every family names the same things in its own way. What is not there, or cannot be so, is None.
"""

from collections.abc import Iterable
from typing import Any

from providers.huggingface import limits
from providers.huggingface.fields import count, list_of, object_of, text_of
from providers.huggingface.types import ModelShape

# Where models that see or hear keep what concerns their language.
_NESTED = ("text_config", "llm_config", "language_config", "thinker_config")
_LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
_HEADS = ("num_attention_heads", "n_head", "n_heads", "num_heads")
_KV_HEADS = ("num_key_value_heads", "num_kv_heads", "n_head_kv", "multi_query_group_num")
_HIDDEN = ("hidden_size", "n_embd", "d_model", "dim")
_HEAD = ("head_dim", "d_kv", "kv_channels")
_CONTEXT = (
    "max_position_embeddings",
    "n_positions",
    "max_seq_len",
    "max_sequence_length",
    "seq_length",
    "n_ctx",
)
_MOST_LAYERS, _MOST_HEADS, _MOST_HIDDEN, _MOST_TOKENS = 2_000, 10_000, 1_000_000, 10**9


def shape(raw: Any) -> ModelShape:
    """Raises TypeError where the file holds no object."""
    if not isinstance(raw, dict):
        raise TypeError("An object was expected")
    inner = _language(raw)
    heads, head_size = _heads(inner)
    return ModelShape(
        layers=_first(inner, _LAYERS, _MOST_LAYERS),
        kv_heads=heads,
        head_size=head_size,
        context_length=_first(inner, _CONTEXT, _MOST_TOKENS),
        dtype=_dtype(inner) or _dtype(raw),
        architecture=text_of(next(iter(list_of(raw.get("architectures"))), ""), limits.MODEL),
        model_type=text_of(raw.get("model_type"), limits.LIBRARY),
        quantization=_quantization(raw) or _quantization(inner),
        latent_rank=_latent_rank(inner),
        sliding_window=_sliding_window(inner),
    )


def _language(raw: dict[str, Any]) -> dict[str, Any]:
    """What concerns the language: within the object of that name, or beside it where that says
    nothing of layers."""
    for name in _NESTED:
        inner = object_of(raw.get(name))
        if inner:
            deeper = _language(inner)
            return raw | deeper if _first(deeper, _LAYERS, _MOST_LAYERS) else raw
    return raw


def _heads(inner: dict[str, Any]) -> tuple[int | None, int | None]:
    """The number of heads that are cached, and the size of one."""
    all_heads = _first(inner, _HEADS, _MOST_HEADS)
    heads = _first(inner, _KV_HEADS, _MOST_HEADS)
    if heads is None:
        shares_one = inner.get("multi_query") is True and inner.get("new_decoder_architecture") in (
            None,
            False,
        )
        heads = 1 if shares_one else all_heads
    size = _first(inner, _HEAD, _MOST_HIDDEN)
    hidden = _first(inner, _HIDDEN, _MOST_HIDDEN)
    if size is None and hidden and all_heads and hidden % all_heads == 0:
        size = hidden // all_heads
    return heads, size


def _latent_rank(inner: dict[str, Any]) -> int | None:
    rank = _first(inner, ["kv_lora_rank"], _MOST_HIDDEN)
    turned = _first(inner, ["qk_rope_head_dim"], _MOST_HIDDEN)
    return rank + turned if rank and turned else None


def _sliding_window(inner: dict[str, Any]) -> int | None:
    if inner.get("use_sliding_window") is False:
        return None
    return _first(inner, ["sliding_window"], _MOST_TOKENS)


def _dtype(raw: dict[str, Any]) -> str:
    return text_of(raw.get("torch_dtype"), limits.DTYPE) or text_of(raw.get("dtype"), limits.DTYPE)


def _quantization(raw: dict[str, Any]) -> str:
    return text_of(object_of(raw.get("quantization_config")).get("quant_method"), limits.KIND)


def _first(raw: dict[str, Any], names: Iterable[str], most: int) -> int | None:
    """The first of them that is a number above zero."""
    return next((found for name in names if (found := count(raw.get(name), most))), None)
