"""What is known of a repository that may be deployed: what the Hub tells, and has told lately."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from hfadmin import outbound
from hfadmin.vault import Secret, UndecryptableError
from providers.endpoints.deploying import side_by_side
from providers.endpoints.deploying.recent import Recent
from providers.endpoints.deploying.weights import (
    Variant,
    gguf_variants,
    quantised_names,
    safetensors_bytes,
)
from providers.huggingface import client
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.inference_catalog import Recipe
from providers.huggingface.types import ModelDetails, ModelShape, ModelSummary, RepositoryFile
from providers.tokens.models import AccessToken

_ASKED_FOR: Final = 6.0  # seconds for all calls: somebody waits
_MOST_FOUND: Final = 10
_recent: "Recent[Repository]" = Recent(1_000)


@dataclass(frozen=True, slots=True)
class Repository:
    """`problem` says why the repository cannot be read at all, `access` why its files cannot;
    `unread` why something less important is not known. `quantised` are variants of it by the same
    owner."""

    name: str
    details: ModelDetails | None = None
    shape: ModelShape | None = None
    files: tuple[RepositoryFile, ...] = ()
    recipes: tuple[Recipe, ...] = ()
    quantised: tuple[ModelSummary, ...] = ()
    problem: Diagnosis | None = None
    access: Diagnosis | None = None
    unread: Diagnosis | None = None

    @property
    def variants(self) -> tuple[Variant, ...]:
        return gguf_variants(self.files)

    @property
    def is_gguf(self) -> bool:
        return bool(self.variants) and safetensors_bytes(self.files) is None

    @property
    def task(self) -> str:
        return self.details.pipeline_tag if self.details else ""

    def variant(self, file: str) -> Variant | None:
        """The chosen GGUF file, or the only one."""
        found = [each for each in self.variants if each.file == file]
        return found[0] if found else (self.variants[0] if len(self.variants) == 1 else None)


def read(name: str, revision: str, token: AccessToken | None) -> Repository:
    """What the Hub tells this token of the repository, now or some minutes ago."""
    known = known_of(name, revision, token)
    if known is not None:
        return known
    with outbound.deadline(_ASKED_FOR):
        made = _asked_of_hub(name, revision, _secret(token))
    is_whole = not (made.problem or made.access or made.unread)
    return _recent.put(made, token, name, revision, is_whole=is_whole)


def forget(name: str, revision: str, token: AccessToken | None) -> None:
    """Have it asked for anew."""
    _recent.forget(token, name, revision)


def known_of(name: str, revision: str, token: AccessToken | None) -> Repository | None:
    """What it told some minutes ago; None where nobody has asked."""
    return _recent.get(token, name, revision)


def _asked_of_hub(name: str, revision: str, token: Secret | None) -> Repository:
    try:
        details = client.model(name, revision=revision, token=token)
    except HuggingFaceError as error:
        if error.kind is Kind.MODEL_GATED:
            return Repository(name, access=error.diagnosis)
        return Repository(name, problem=error.diagnosis)
    name = details.repository
    is_open = not (details.gated or details.private)
    questions: tuple[Callable[[], Any], ...] = (
        lambda: None if is_open else client.check_access(name, token=token),
        lambda: client.repository_files(name, revision=revision, token=token),
        lambda: client.model_config(name, revision=revision, token=token),
        lambda: client.recipes(name, token=token),
        lambda: _quantised(name, token),
    )
    answers = side_by_side.ask([partial(_asked, question) for question in questions])
    access, files, shape, recipes, quantised = answers
    return Repository(
        name,
        details,
        shape[0],
        files[0] or (),
        recipes[0] or (),
        quantised[0] or (),
        access=access[1],
        unread=files[1] or shape[1] or recipes[1] or quantised[1],
    )


def _quantised(name: str, token: Secret | None) -> tuple[ModelSummary, ...]:
    names = quantised_names(name)
    if not names:
        return ()
    found = client.search_models(name, token=token, limit=_MOST_FOUND, with_sizes=True)
    return tuple(each for each in found if each.repository in names)


def _asked(ask: Callable[[], Any]) -> tuple[Any, Diagnosis | None]:
    """The answer, or why there is none."""
    try:
        return ask(), None
    except HuggingFaceError as error:
        return None, error.diagnosis


def _secret(token: AccessToken | None) -> Secret | None:
    try:
        return token.secret if token else None
    except UndecryptableError:
        return None
