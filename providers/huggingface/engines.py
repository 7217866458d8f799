"""Calling a deployed endpoint by whatever routes its engine has, and under the name it knows.

`names` is what the model may be called there, likeliest first. An engine that knows the first one
not is asked once for the names that it serves.
"""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

from hfadmin import outbound
from providers.huggingface import inference
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.text import clean
from providers.huggingface.types import CallResult

if TYPE_CHECKING:
    from hfadmin.vault import Secret

_CANNOT_CHAT = frozenset({Kind.NO_CHAT_ROUTE, Kind.NO_CHAT_TEMPLATE})
_MOST_NAMES = 10  # that a sentence lists
SECONDS = 45.0  # all calls together: a check holds its lease for a minute from here


def endpoint_text(
    token: "Secret", url: str, names: Sequence[str], *, listed: Collection[str] = ()
) -> CallResult:
    """A chat; where the endpoint cannot chat, text generation by its own or the OpenAI route."""

    def ask(name: str) -> CallResult:
        try:
            return inference.endpoint_chat(token, url, name, listed=listed)
        except HuggingFaceError as error:
            if error.kind not in _CANNOT_CHAT and not _is_bare(error):
                raise
            return _generated(token, url, name, listed, refused=error)

    with outbound.deadline(SECONDS):
        return _under_its_name(ask, names, partial(_served_names, token, url, listed))


def endpoint_embedding(
    token: "Secret", url: str, names: Sequence[str], *, listed: Collection[str] = ()
) -> CallResult:
    """One embedding by the engine's own route, else by the OpenAI one, with its prefix or not."""

    def ask(name: str) -> CallResult:
        try:
            return inference.endpoint_openai_embedding(token, url, name, listed=listed)
        except HuggingFaceError as error:
            if error.kind is not Kind.NO_ROUTE:
                raise
        return inference.endpoint_openai_embedding(token, url, name, prefix="", listed=listed)

    with outbound.deadline(SECONDS):
        try:
            return inference.endpoint_native_embedding(token, url, listed=listed)
        except HuggingFaceError as error:
            if error.kind is not Kind.NO_ROUTE:
                raise
        served = partial(_served_names, token, url, listed)
        return _under_its_name(ask, names, served, reason="embedding")


def _is_bare(error: HuggingFaceError) -> bool:
    """A 500 without a word: all that `transformers serve` says of a missing chat template."""
    evidence = error.diagnosis.evidence
    said = evidence.text.removeprefix("text/plain: ") if evidence else ""
    return error.status == 500 and said in {"", "Internal Server Error"}


def _generated(
    token: "Secret", url: str, name: str, listed: Collection[str], *, refused: HuggingFaceError
) -> CallResult:
    """What the refusal of a chat leaves. Where there is nothing else, it is what is raised."""
    try:
        return inference.endpoint_generation(token, url, listed=listed)
    except HuggingFaceError as error:
        if error.kind is not Kind.NO_ROUTE and refused.kind in _CANNOT_CHAT:
            raise
    try:
        return inference.endpoint_completion(token, url, name, listed=listed)
    except HuggingFaceError as error:
        if error.kind is not Kind.REPOSITORY_MISMATCH and _is_bare(refused):
            raise refused from error
        if error.kind is Kind.NO_ROUTE and refused.kind is Kind.NO_CHAT_TEMPLATE:
            raise refused from error
        raise


def _under_its_name(
    ask: Callable[[str], CallResult],
    names: Sequence[str],
    served_names: Callable[[], tuple[str, ...]],
    *,
    reason: str = "",
) -> CallResult:
    """`ask` with the first name, and where that is refused with the one that is served."""
    try:
        return ask(names[0])
    except HuggingFaceError as error:
        if error.kind is not Kind.REPOSITORY_MISMATCH:
            raise
        refused = error
    served = served_names()
    known = [name for name in names[1:] if name in served] or (served if len(served) == 1 else ())
    if known and known[0] != names[0]:
        return ask(known[0])
    if len(served) < 2:
        raise refused
    params = {**refused.diagnosis.params, "served": _listed_names(served), "reason": reason}
    evidence = refused.diagnosis.evidence
    raise HuggingFaceError(Diagnosis(Kind.ENDPOINT_SERVES_SEVERAL, params, evidence)) from refused


def _listed_names(served: Sequence[str]) -> str:
    shown = [clean(name, 100) for name in served[:_MOST_NAMES]]
    return ", ".join([*shown, "…"] if len(served) > _MOST_NAMES else shown)


def _served_names(token: "Secret", url: str, listed: Collection[str]) -> tuple[str, ...]:
    """Empty where the engine does not say."""
    for prefix in ("/v1", ""):  # Infinity has no prefix
        try:
            return inference.endpoint_models(token, url, prefix=prefix, listed=listed)
        except HuggingFaceError:
            continue
    return ()
