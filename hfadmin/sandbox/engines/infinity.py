"""Infinity: embeddings in OpenAI's format, without the prefix /v1."""

from collections.abc import Sequence
from typing import Any

from hfadmin.sandbox.engines import openai
from hfadmin.sandbox.engines.engine import Call
from hfadmin.sandbox.wire import Reply, Routes, json_reply

routes = Routes()
routes.on("POST", "/embeddings")(openai.embed)


@routes.on("GET", "/")
def redirect_to_documentation(call: Call) -> Reply:
    return Reply(307, headers={"Location": "/docs"})


@routes.on("GET", "/models")
def list_models(call: Call) -> Reply:
    known = {"object": "model", "owned_by": "infinity", "backend": "torch"}
    data = [{"id": name, **known, "capabilities": ["embed"]} for name in call.endpoint.names]
    return json_reply({"data": data, "object": "list"})


def wrong_name(names: Sequence[str], asked: Any) -> Reply | None:
    """Accept any name where one model is served, else only the names of those served."""
    if len(names) == 1 or asked in names:
        return None
    text = (
        f"Invalid model: Engine for model name `{asked or 'default/not-specified'}` not found. "
        f"Available model names are {list(names)}"
    )
    problem = {"message": text, "type": None, "param": None, "code": 400}
    return json_reply({"error": problem}, 400)
