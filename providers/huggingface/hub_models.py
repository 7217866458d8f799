"""Answers of the Hub about models, as parsed JSON, into types. See `parse` for what is strict."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from providers.huggingface import limits
from providers.huggingface.fields import (
    count,
    each,
    list_of,
    moment_of,
    name_of,
    object_of,
    tags,
    text_of,
)
from providers.huggingface.text import clean
from providers.huggingface.types import ModelDetails, ModelSummary, Provider

# Far more than there are, and than a search asks for: people narrow it down as they type.
_MOST_SUMMARIES = 1_000
_MOST_PROVIDERS = 200
_MOST_DTYPES = 50
_MOST_PARAMETERS = 10**15
_LICENCE = "license:"


def model_summaries(raw: Any) -> tuple[ModelSummary, ...]:
    if not isinstance(raw, list):
        raise TypeError("A list of models was expected")
    return tuple(each(raw[:_MOST_SUMMARIES], _model_summary))


def model_details(raw: Any, asked: str) -> ModelDetails:
    """`asked` is the name that was asked for: a renamed model answers under another."""
    repository, gguf = name_of(raw["id"], limits.MODEL), object_of(raw.get("gguf"))
    return ModelDetails(
        repository=repository,
        renamed_from="" if repository.lower() == asked.lower() else asked,
        pipeline_tag=clean(raw.get("pipeline_tag"), limits.TASK),
        tags=tags(raw.get("tags"), most=500),
        gated=bool(raw.get("gated")),
        private=raw.get("private") is True,
        warm=raw.get("inference") == "warm",
        providers=providers(raw.get("inferenceProviderMapping")),
        parameters=_parameters(raw),
        gguf_parameters=count(gguf.get("total"), most=_MOST_PARAMETERS),
        context_length=count(gguf.get("context_length"), most=10**9),
        sha=text_of(raw.get("sha"), limits.REVISION),
        last_modified=moment_of(raw.get("lastModified")),
        library=clean(raw.get("library_name"), limits.LIBRARY),
        licence=_licence(raw),
        gguf_architecture=text_of(gguf.get("architecture"), limits.ARCHITECTURE),
    )


def providers(mapping: Any) -> tuple[Provider, ...]:
    """From `inferenceProviderMapping`, which is an object by provider or a list."""
    if isinstance(mapping, dict):
        entries = [(name, object_of(entry)) for name, entry in mapping.items()]
    else:
        entries = [(object_of(e).get("provider"), object_of(e)) for e in list_of(mapping)]
    return tuple(
        Provider(
            named, clean(entry.get("status"), limits.KIND), clean(entry.get("task"), limits.TASK)
        )
        for name, entry in entries[:_MOST_PROVIDERS]
        if (named := text_of(name, limits.NAME))
    )


def _model_summary(raw: Any) -> ModelSummary:
    gguf = object_of(raw.get("gguf"))
    return ModelSummary(
        repository=name_of(raw["id"], limits.MODEL),
        pipeline_tag=clean(raw.get("pipeline_tag"), limits.TASK),
        downloads=count(raw.get("downloads"), most=10**12),
        likes=count(raw.get("likes")),
        gated=bool(raw.get("gated")),
        private=raw.get("private") is True,
        tags=tags(raw.get("tags"), most=500),
        library=clean(raw.get("library_name"), limits.LIBRARY),
        providers=providers(raw.get("inferenceProviderMapping")),
        licence=_licence(raw),
        parameters=_parameters(raw),
        gguf_architecture=text_of(gguf.get("architecture"), limits.ARCHITECTURE),
        gguf_parameters=count(gguf.get("total"), most=_MOST_PARAMETERS),
    )


def _licence(raw: Any) -> str:
    """From the tags, which the Hub fills from the model card; else from the card itself."""
    told = [tag for tag in list_of(raw.get("tags")) if isinstance(tag, str)]
    for tag in told:
        if tag.startswith(_LICENCE):
            return clean(tag.removeprefix(_LICENCE), limits.LICENCE)
    return text_of(object_of(raw.get("cardData")).get("license"), limits.LICENCE)


def _parameters(raw: Any) -> dict[str, int]:
    counts = object_of(object_of(raw.get("safetensors")).get("parameters"))
    return dict(islice(_counts(counts), _MOST_DTYPES))


def _counts(counts: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """The number of parameters by type, of those that can be read."""
    for name, raw in counts.items():
        if (number := count(raw, most=_MOST_PARAMETERS)) is not None:
            yield clean(name, limits.DTYPE), number
