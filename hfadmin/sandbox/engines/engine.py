"""The properties of an engine, and a call to one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hfadmin.sandbox import inference
from hfadmin.sandbox.endpoint import Endpoint
from hfadmin.sandbox.state import State
from hfadmin.sandbox.wire import Handler, RefusedError, Reply, Request, Routes, json_reply

EMBEDDING_TASKS = {"feature-extraction", "sentence-similarity", "sentence-embeddings"}


def any_name(names: Sequence[str], asked: Any) -> Reply | None:
    """Accept any name of a model, as engines that serve one model do."""
    return None


def not_found(api: str = "") -> Reply:
    return json_reply({"detail": "Not Found"}, 404)


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine: its routes and its errors.

    `wrong_name` gets the names that are served and the requested one (None without), and returns an
    error or None. `no_template` is None if the engine chats without a chat template. `fields` are
    the allowed fields of the body, by path; paths that it lacks allow any.
    """

    routes: Sequence[Routes]
    only_embeds: bool = False
    wrong_name: Callable[[Sequence[str], Any], Reply | None] = any_name
    wrong_task: Callable[[str], Reply] = not_found
    no_template: Callable[[], Reply] | None = None
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    largest_batch: int | None = None
    ends_streams: bool = True  # by `[DONE]`

    def find(self, method: str, path: str) -> Handler | int:
        """Return the handler, or 404, or 405 if only the method is wrong."""
        status = 404
        for routes in self.routes:
            found = routes.find(method, path)
            if not isinstance(found, int):
                return found[0]
            status = max(status, found)
        return status


@dataclass(frozen=True, slots=True)
class Call:
    """A request to a deployed endpoint. The `require…` methods raise RefusedError."""

    state: State
    request: Request
    endpoint: Endpoint
    engine: Engine

    @property
    def body(self) -> dict[str, Any]:
        return inference.body_of(self.request)

    @property
    def embeds(self) -> bool:
        return self.engine.only_embeds or self.endpoint.task in EMBEDDING_TASKS

    @property
    def dimension(self) -> int:
        model = self.state.model(self.endpoint.repository)
        return 384 if model is None else model.dimension

    def require_known_fields(self, path: str) -> None:
        known = self.engine.fields.get(path)
        unexpected = set(self.body) - known if known is not None else set()
        if unexpected:
            text = f"Unexpected fields in the request: {unexpected}"
            raise RefusedError(json_reply({"detail": text}, 422))

    def require_task(self, api: str, *, embeds: bool) -> None:
        if self.embeds is not embeds:
            raise RefusedError(self.engine.wrong_task(api))

    def require_template(self) -> None:
        if not self.endpoint.chat_template and self.engine.no_template is not None:
            raise RefusedError(self.engine.no_template())

    def require_small_batch(self) -> None:
        count, largest = len(inference.texts_of(self.request)), self.engine.largest_batch
        if largest is not None and count > largest:
            text = f"batch size {count} > maximum allowed batch size {largest}"
            raise RefusedError(json_reply({"error": text, "error_type": "Validation"}, 413))

    def required_name(self) -> str:
        """Return the requested name if it is served, else the first one that is.

        Raises RefusedError where the engine refuses the requested name.
        """
        asked, names = self.body.get("model"), self.endpoint.names
        if (refused := self.engine.wrong_name(names, asked)) is not None:
            raise RefusedError(refused)
        return str(asked) if asked in names else names[0]
