"""How an endpoint's container is started, out of the `model` of its JSON."""

from itertools import islice
from typing import Any

from providers.huggingface import limits
from providers.huggingface.fields import count, list_of, object_of
from providers.huggingface.text import clean

_MOST_WORDS = 100  # of a command
_MOST_VARIABLES = 200


def engine(model: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The one key of the image union, and what stands under it."""
    for name, image in object_of(model.get("image")).items():
        return clean(name, limits.ENGINE), object_of(image)
    return "", {}


def facts(model: dict[str, Any], image: dict[str, Any]) -> dict[str, Any]:
    """ "port", "gguf_file", "tensor_parallel_size", "data_parallel_size", "command", "args", and
    under "env" and "secrets" the names alone: values of both may be secret. What is not said, or
    empty, is left out."""
    found = {
        "port": count(image.get("port")),
        "gguf_file": clean(image.get("modelPath"), limits.PATH),
        "tensor_parallel_size": count(image.get("tensorParallelSize")),
        "data_parallel_size": count(image.get("dataParallelSize")),
        "command": _words(model.get("command")),
        "args": _words(model.get("args")),
        "env": _names(model.get("env")),
        "secrets": _names(model.get("secrets")),
    }
    return {key: value for key, value in found.items() if value}


def environment(model: dict[str, Any]) -> dict[str, str]:
    """The variables with their values, to be shown and not kept; never the secrets."""
    found = islice(object_of(model.get("env")).items(), _MOST_VARIABLES)
    return {
        clean(name, limits.VARIABLE): clean(value, limits.VALUE) for name, value in sorted(found)
    }


def _words(raw: Any) -> list[str]:
    return [clean(word, limits.ARGUMENT) for word in list_of(raw)[:_MOST_WORDS]]


def _names(raw: Any) -> list[str]:
    return sorted(clean(name, limits.VARIABLE) for name in islice(object_of(raw), _MOST_VARIABLES))
