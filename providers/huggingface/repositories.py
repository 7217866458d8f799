"""What stands in a model's repository: its files, and what its config.json says of the model.

Plain requests throughout: the library would download files, and walks page after page.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from providers.huggingface import config, limits, model_shapes, session
from providers.huggingface.calls import Area, Call
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.fields import count, each, name_of, object_of
from providers.huggingface.text import clean, is_repository, is_revision
from providers.huggingface.types import ModelShape, RepositoryFile

if TYPE_CHECKING:
    from hfadmin.vault import Secret

SECONDS = 15.0
_MOST_FILES = 500
_MOST_BYTES = 10**15
_WEIGHTS = (".gguf", ".safetensors")
_CONFIG = "config.json"
_NEWEST = "main"


def model_call(repository: str, revision: str = "", *, path: str = "{hub}/api/models/{id}") -> Call:
    """A GET about the repository. Raises HuggingFaceError where no repository or revision can be
    called so."""
    params = {"repository": clean(repository, 200)}
    if revision:
        params["revision"] = clean(revision, limits.REVISION)
    if not is_repository(repository):
        raise HuggingFaceError(Diagnosis(Kind.MODEL_NOT_FOUND, params))
    if revision and not is_revision(revision):
        raise HuggingFaceError(Diagnosis(Kind.MODEL_NOT_FOUND, params | {"reason": "revision"}))
    hub = config.current().hub
    url = path.format(hub=hub, id=repository, revision=quote(revision, safe=""))
    return Call(Area.MODEL, "GET", url, params)


def check_access(repository: str, *, token: "Secret | None" = None) -> None:
    """Nothing, where the files of the repository may be read. Raises HuggingFaceError: model_gated
    where access has to be asked for, model_not_found where it is private or missing. What `model`
    tells of a gated one does not show it."""
    call = model_call(repository, path="{hub}/api/models/{id}/auth-check")
    session.content(call, token, seconds=SECONDS)


def repository_files(
    repository: str, *, revision: str = "", token: "Secret | None" = None
) -> tuple[RepositoryFile, ...]:
    """The files with weights, and config.json; at most 500, out of the thousand that the Hub lists
    at once."""
    call = model_call(repository, revision or _NEWEST, path="{hub}/api/models/{id}/tree/{revision}")
    raw = session.request(call, token, params={"recursive": "true"}, seconds=SECONDS)
    with session.asking(call, seconds=SECONDS):
        if not isinstance(raw, list):
            raise TypeError("A list of files was expected")
        found = [item for item in each(raw, _file) if _matters(item.path)]
    return tuple(found[:_MOST_FILES])


def model_config(
    repository: str, *, revision: str = "", token: "Secret | None" = None
) -> ModelShape | None:
    """What config.json says of the model; None where the repository has none, as with most GGUF."""
    call = model_call(
        repository, revision or _NEWEST, path="{hub}/{id}/resolve/{revision}/" + _CONFIG
    )
    try:
        raw = session.request(call, token, seconds=SECONDS)
    except HuggingFaceError as error:
        if error.diagnosis.params.get("reason") != "file":
            raise
        return None
    with session.asking(call, seconds=SECONDS):
        return model_shapes.shape(raw)


def _file(raw: Any) -> RepositoryFile:
    if raw["type"] != "file":
        raise TypeError("A file was expected")
    stored = object_of(raw.get("lfs"))
    size = count(stored.get("size"), most=_MOST_BYTES)
    if size is None:
        size = count(raw.get("size"), most=_MOST_BYTES)
    return RepositoryFile(name_of(raw["path"], limits.PATH), size)


def _matters(path: str) -> bool:
    return path == _CONFIG or path.lower().endswith(_WEIGHTS)
