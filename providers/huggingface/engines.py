"""Calling a deployed endpoint by whatever routes its engine has, and under the name it knows.

`names` is what the model may be called there: as it was typed, as it was called the last time, as
the repository. Among several, and where the only one is refused, the engine is asked once for the
names that it serves.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from providers.huggingface import inference
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.text import clean
from providers.huggingface.types import CallResult

if TYPE_CHECKING:
    from hfadmin.vault import Secret

# The second is the gateway's, which may mean this route or the whole address.
_NO_SUCH_ROUTE = frozenset({Kind.NO_ROUTE, Kind.ENDPOINT_NOT_FOUND})
# A crash is all that `transformers serve` says of a missing chat template.
_CANNOT_CHAT = frozenset(
    {
        Kind.NO_CHAT_ROUTE,
        Kind.NO_CHAT_TEMPLATE,
        Kind.ENGINE_CRASHED,
        Kind.ENDPOINT_NOT_FOUND,
    }
)
# By a status alone an engine may mean the name, the route or something else in the request.
_MAY_MEAN_THE_NAME = frozenset({Kind.NO_CHAT_ROUTE, Kind.NO_ROUTE, Kind.ENGINE_REFUSED})
# What a page, a redirect or another service says at the root of an engine without a route there.
_NOT_THERE = frozenset(
    {
        Kind.NO_ROUTE,
        Kind.BAD_REQUEST,
        Kind.ENDPOINT_NOT_FOUND,
        Kind.ENGINE_CRASHED,
        Kind.ENGINE_ERROR,
        Kind.ENGINE_REFUSED,
        Kind.FORBIDDEN,
        Kind.REDIRECTED,
        Kind.UPSTREAM_MALFORMED,
    }
)
_MOST_NAMES = 10  # that a sentence lists


def endpoint_text(
    token: "Secret", url: str, names: Sequence[str], *, listed: Collection[str] = ()
) -> CallResult:
    """A chat; where the endpoint cannot chat, text generation by its own or the OpenAI route."""
    engine = _Engine(token, url, names, listed)
    try:
        return engine.under_its_name(
            lambda name: inference.endpoint_chat(token, url, name, listed=listed)
        )
    except HuggingFaceError as error:
        if error.kind not in _CANNOT_CHAT:
            raise
        return _generated(engine, refused=error)


def endpoint_embedding(
    token: "Secret", url: str, names: Sequence[str], *, listed: Collection[str] = ()
) -> CallResult:
    """One embedding by the engine's own route, else by the OpenAI one, with its prefix or not."""
    engine = _Engine(token, url, names, listed, reason="embedding")

    def ask(name: str) -> CallResult:
        try:
            return inference.endpoint_openai_embedding(token, url, name, listed=listed)
        except HuggingFaceError as error:
            if error.kind not in _NO_SUCH_ROUTE:
                raise
        return inference.endpoint_openai_embedding(token, url, name, prefix="", listed=listed)

    try:
        return inference.endpoint_native_embedding(token, url, listed=listed)
    except HuggingFaceError as error:
        if error.kind not in _NOT_THERE:
            raise
        return _or_refused(lambda: engine.under_its_name(ask), error)


def _generated(engine: "_Engine", *, refused: HuggingFaceError) -> CallResult:
    """What the refusal of a chat leaves. Where there is nothing else, it is what is raised."""
    token, url, listed = engine.token, engine.url, engine.listed
    try:
        return inference.endpoint_generation(token, url, listed=listed)
    except HuggingFaceError as error:
        if error.kind not in _NOT_THERE:
            raise
        first = error if refused.kind is Kind.NO_CHAT_ROUTE else refused
    return _or_refused(
        lambda: engine.under_its_name(
            lambda name: inference.endpoint_completion(token, url, name, listed=listed)
        ),
        first,
    )


def _or_refused(ask: Callable[[], CallResult], first: HuggingFaceError) -> CallResult:
    """What `ask` says; the first refusal where there is no route for it, or where an engine that
    crashed has nothing else to say. That the address is unknown counts only where all say it."""
    try:
        return ask()
    except HuggingFaceError as error:
        has_crashed = first.kind is Kind.ENGINE_CRASHED and error.kind in _NOT_THERE
        if first.kind is Kind.ENDPOINT_NOT_FOUND:
            raise
        if has_crashed or error.kind in _NO_SUCH_ROUTE:
            raise first from error
        raise


@dataclass(slots=True)
class _Engine:
    """One engine, and what is known of the name under which it serves the model."""

    token: "Secret"
    url: str
    names: Sequence[str]
    listed: Collection[str]
    reason: str = ""  # by which the sentence about several names is found
    name: str = ""  # "" until one was not refused
    _served: tuple[str, ...] | None = None
    _refused: HuggingFaceError | None = None

    def under_its_name(self, ask: Callable[[str], CallResult]) -> CallResult:
        """`ask` with the first name that the engine does not refuse."""
        self._refused = None
        for name in self._names_to_try():
            try:
                result = ask(name)
            except HuggingFaceError as error:
                if not self._is_about_the_name(error, name):
                    self.name = name
                    raise
                self._refused = self._refused or error
            else:
                self.name = name
                return result
        assert self._refused is not None  # noqa: S101 - there is a name to try
        raise self._told(self._refused) from self._refused

    @property
    def served(self) -> tuple[str, ...]:
        """The names that it serves, asked for once; empty where it does not say."""
        if self._served is None:
            self._served = self._asked_for_names()
        return self._served

    def _asked_for_names(self) -> tuple[str, ...]:
        for prefix in ("/v1", ""):  # Infinity has no prefix
            try:
                names = inference.endpoint_models(
                    self.token, self.url, prefix=prefix, listed=self.listed
                )
            except HuggingFaceError as error:
                if error.kind in _NOT_THERE:
                    continue
                break  # what cannot be reached is told of by the call itself
            if names:
                return names
        return ()

    def _names_to_try(self) -> Iterator[str]:
        """The expected ones that it serves, or the one that it serves; then the one it quotes."""
        tried = [self.name] if self.name else self._expected()
        yield from tried
        evidence = self._refused.diagnosis.evidence if self._refused else None
        said = evidence.text if evidence else ""
        quoted = [n for n in self.served if any(f"{mark}{n}{mark}" in said for mark in "'\"`")]
        for found in (self.served, quoted):
            if len(found) == 1 and found[0] not in tried:
                yield found[0]
                return

    def _expected(self) -> Sequence[str]:
        if len(self.names) == 1:
            return self.names  # nothing to choose from; it is asked if this one is refused
        known = [name for name in self.names if name in self.served]
        return known or (self.served if len(self.served) == 1 else self.names)

    def _is_about_the_name(self, error: HuggingFaceError, name: str) -> bool:
        if error.kind is Kind.REPOSITORY_MISMATCH:
            return True
        is_unserved = error.kind in _MAY_MEAN_THE_NAME and name not in self.served
        return is_unserved and bool(self.served)

    def _told(self, refused: HuggingFaceError) -> HuggingFaceError:
        """The refusal, with the names that are served where there are several others."""
        is_the_name = refused.kind is Kind.REPOSITORY_MISMATCH
        if not is_the_name or len(self.served) < 2 or set(self.served) & set(self.names):
            return refused
        shown = [clean(name, 100) for name in self.served[:_MOST_NAMES]]
        listed = ", ".join([*shown, "…"] if len(self.served) > _MOST_NAMES else shown)
        params = {**refused.diagnosis.params, "served": listed, "reason": self.reason}
        evidence = refused.diagnosis.evidence
        return HuggingFaceError(Diagnosis(Kind.ENDPOINT_SERVES_SEVERAL, params, evidence))
