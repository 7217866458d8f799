"""What is known of a repository that may be deployed, asked for once and kept for some minutes:
the form asks at every change, and people change their minds."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final, TypeVar

from hfadmin import outbound
from hfadmin.live.cache import VersionCache
from hfadmin.vault import Secret, UndecryptableError
from providers.endpoints.deploying.weights import Variant, gguf_variants, safetensors_bytes
from providers.huggingface import client, config
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.inference_catalog import Recipe
from providers.huggingface.types import ModelDetails, ModelShape, RepositoryFile
from providers.tokens.models import AccessToken

_SECONDS: Final = 300
_BRIEFLY: Final = 20
_ASKED_FOR: Final = 6.0  # seconds for all calls: somebody waits
_found: "VersionCache[Repository]" = VersionCache(1_000)
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Repository:
    """`problem` says why the repository cannot be read at all, `access` why its files cannot;
    `unread` why something less important is not known."""

    name: str
    details: ModelDetails | None = None
    shape: ModelShape | None = None
    files: tuple[RepositoryFile, ...] = ()
    recipes: tuple[Recipe, ...] = ()
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
    made = _read(name, revision, _secret(token))
    is_whole = not (made.problem or made.access or made.unread)
    keys = _keys(name, revision, token)
    return _found.put(keys[0] if is_whole else keys[1], made)


def known_of(name: str, revision: str, token: AccessToken | None) -> Repository | None:
    """What it told some minutes ago; None where nobody has asked."""
    good, bad = _keys(name, revision, token)
    return _found.get(good) or _found.get(bad)


def _keys(name: str, revision: str, token: AccessToken | None) -> tuple[Hashable, Hashable]:
    """Of a whole answer, which is kept for longer, and of any other."""
    asked = (config.current(), token and (token.pk, token.version), name, revision)
    now = time.monotonic()
    return (asked, _SECONDS, now // _SECONDS), (asked, _BRIEFLY, now // _BRIEFLY)


def _read(name: str, revision: str, token: Secret | None) -> Repository:
    with outbound.deadline(_ASKED_FOR):
        return _asked_of_hub(name, revision, token)


def _asked_of_hub(name: str, revision: str, token: Secret | None) -> Repository:
    try:
        details = client.model(name, revision=revision, token=token)
    except HuggingFaceError as error:
        if error.kind is Kind.MODEL_GATED:
            return Repository(name, access=error.diagnosis)
        return Repository(name, problem=error.diagnosis)
    name = details.repository
    access: Diagnosis | None = None
    if details.gated or details.private:
        _none, access = _asked(lambda: client.check_access(name, token=token))
    files, no_files = _asked(lambda: client.repository_files(name, revision=revision, token=token))
    shape, no_shape = _asked(lambda: client.model_config(name, revision=revision, token=token))
    recipes, no_recipes = _asked(lambda: client.recipes(name, token=token))
    return Repository(
        name,
        details,
        shape,
        files or (),
        recipes or (),
        access=access,
        unread=no_files or no_shape or no_recipes,
    )


def _asked(ask: Callable[[], _Answer]) -> tuple[_Answer | None, Diagnosis | None]:
    try:
        return ask(), None
    except HuggingFaceError as error:
        return None, error.diagnosis


def _secret(token: AccessToken | None) -> Secret | None:
    try:
        return token.secret if token else None
    except UndecryptableError:
        return None
