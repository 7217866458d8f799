"""Routes in OpenAI's format, which most engines have."""

from hfadmin.sandbox import inference
from hfadmin.sandbox.engines.engine import Call
from hfadmin.sandbox.wire import Reply, Routes, json_reply

CHAT = "/v1/chat/completions"
COMPLETIONS = "/v1/completions"
generation = Routes()
embeddings = Routes()
models = Routes()


@generation.on("POST", CHAT)
def chat(call: Call) -> Reply:
    call.require_known_fields(CHAT)
    call.require_task("Chat Completions API", embeds=False)
    name = call.required_name()
    call.require_template()
    return inference.chat(call.request, name, ends=call.engine.ends_streams)


@generation.on("POST", COMPLETIONS)
def complete(call: Call) -> Reply:
    call.require_known_fields(COMPLETIONS)
    call.require_task("Completions API", embeds=False)
    return inference.completion(call.request, call.required_name(), ends=call.engine.ends_streams)


@embeddings.on("POST", "/v1/embeddings")
def embed(call: Call) -> Reply:
    call.require_task("Embeddings API", embeds=True)
    name = call.required_name()
    call.require_small_batch()
    return inference.openai_embeddings(call.request, name, call.dimension)


@models.on("GET", "/v1/models")
def list_models(call: Call) -> Reply:
    owner = call.endpoint.engine
    data = [{"id": name, "object": "model", "owned_by": owner} for name in call.endpoint.names]
    return json_reply({"object": "list", "data": data})
