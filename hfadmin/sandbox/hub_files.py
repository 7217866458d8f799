"""The Hub's routes for the files of a model: the list of them, and config.json."""

import json
from collections.abc import Iterator

from hfadmin.sandbox.entities import Model, object_id
from hfadmin.sandbox.hub_models import readable, redirect, require_revision
from hfadmin.sandbox.hub_models import routes as routes
from hfadmin.sandbox.state import State
from hfadmin.sandbox.wire import Reply, Request, error, json_reply

BYTES = {"F64": 8, "I64": 8, "F32": 4, "I32": 4, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1}
LARGEST_SHARD = 5_000_000_000


@routes.on("GET", "/api/models/{repository:repository}/tree/{revision:path}")
def list_files(state: State, request: Request, repository: str, revision: str) -> Reply:
    if (elsewhere := redirect(state, request, repository)) is not None:
        return elsewhere
    model = readable(state, request, repository)
    require_revision(model, revision)
    return json_reply([_entry(model, path, size) for path, size in _files(model)])


@routes.on("GET", "/{repository:repository}/resolve/{revision}/{path:path}")
def read_file(state: State, request: Request, repository: str, revision: str, path: str) -> Reply:
    if (elsewhere := redirect(state, request, repository)) is not None:
        return elsewhere
    model = readable(state, request, repository)
    require_revision(model, revision)
    if path != "config.json" or model.config is None:
        return error(404, "Entry not found", headers={"X-Error-Code": "EntryNotFound"})
    reply = json_reply(model.config, headers={"X-Repo-Commit": model.sha})
    reply.content_type = "text/plain; charset=utf-8"
    return reply


def size_of_weights(model: Model) -> int:
    """Return the bytes of its files with weights, or else of what its safetensors count."""
    listed = sum(size for path, size in model.files.items() if path.endswith(".safetensors"))
    return listed or sum(
        BYTES.get(dtype, 2) * number for dtype, number in (model.safetensors or {}).items()
    )


def _files(model: Model) -> Iterator[tuple[str, int]]:
    yield "README.md", 12_000
    if model.config is not None:
        yield "config.json", len(json.dumps(model.config))
    yield from model.files.items()
    if not any(path.endswith(".safetensors") for path in model.files):
        yield from _shards(size_of_weights(model))


def _shards(size: int) -> Iterator[tuple[str, int]]:
    count = -(-size // LARGEST_SHARD)
    for number in range(count):
        name = f"model-{number + 1:05d}-of-{count:05d}" if count > 1 else "model"
        yield f"{name}.safetensors", min(size - number * LARGEST_SHARD, LARGEST_SHARD)


def _entry(model: Model, path: str, size: int) -> dict[str, object]:
    entry: dict[str, object] = {
        "type": "file",
        "oid": object_id("file", model.id, path),
        "size": size,
        "path": path,
    }
    if path.endswith((".gguf", ".safetensors")):
        digest = object_id("lfs", model.id, path)
        entry["lfs"] = {"oid": digest, "size": size, "pointerSize": 135}
    return entry
