"""What engines differ in, and a request to one of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hfadmin.sandbox import answers
from hfadmin.sandbox.endpoint import Endpoint
from hfadmin.sandbox.state import State
from hfadmin.sandbox.wire import Handler, RefusedError, Reply, Request, Routes, json_reply

EMBEDDING_TASKS = {"feature-extraction", "sentence-similarity", "sentence-embeddings"}


def any_name(names: Sequence[str], asked: Any) -> Reply | None:
    """Refuses no name of a model, as engines do that serve one and do not look at its name."""
    return None


def not_found(api: str = "") -> Reply:
    return json_reply({"detail": "Not Found"}, 404)


@dataclass(frozen=True, slots=True)
class Engine:
    """One kind of container: the routes that it has, and the answers by which it refuses.

    `wrong_name` is given the names that are served and the name asked for, None where the body
    holds none. `no_template` is None where the engine chats without a template too. `fields` are
    those that a body may hold, by path; None is any.
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
        """The handler, or 404, or 405 where only the method is wrong."""
        status = 404
        for routes in self.routes:
            found = routes.find(method, path)
            if not isinstance(found, int):
                return found[0]
            status = max(status, found)
        return status


@dataclass(frozen=True, slots=True)
class Call:
    """A request to a deployed endpoint, which its handler answers or refuses."""

    state: State
    request: Request
    endpoint: Endpoint
    engine: Engine

    @property
    def body(self) -> dict[str, Any]:
        return answers.body_of(self.request)

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
        count, largest = len(answers.texts_of(self.request)), self.engine.largest_batch
        if largest is not None and count > largest:
            text = f"batch size {count} > maximum allowed batch size {largest}"
            raise RefusedError(json_reply({"error": text, "error_type": "Validation"}, 413))

    def required_name(self) -> str:
        """The name under which the model is served: the one asked for, if it is one of them."""
        asked, names = self.body.get("model"), self.endpoint.names
        if (refused := self.engine.wrong_name(names, asked)) is not None:
            raise RefusedError(refused)
        return str(asked) if asked in names else names[0]
