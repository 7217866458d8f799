"""Routes in Hugging Face's own formats: TGI, TEI and the Inference Toolkit."""

from hfadmin.sandbox import inference
from hfadmin.sandbox.engines.engine import Call
from hfadmin.sandbox.wire import RefusedError, Reply, Routes, json_reply

tgi = Routes()
tei = Routes()
toolkit = Routes()


@tgi.on("POST", "/")
@tgi.on("POST", "/generate")
def generate(call: Call) -> Reply:
    _require_inputs(call)
    return inference.generation(call.request, call.endpoint.names[0])


@tei.on("POST", "/")
@tei.on("POST", "/embed")
def embed(call: Call) -> Reply:
    _require_inputs(call)
    call.require_small_batch()
    return inference.feature_extraction(call.request, call.dimension)


@toolkit.on("POST", "/")
def run(call: Call) -> Reply:
    if call.embeds:
        return embed(call)
    _require_inputs(call)
    return inference.generation(call.request, call.endpoint.names[0], streams=False)


def _require_inputs(call: Call) -> None:
    if "inputs" not in call.body:
        problem = {"error": "Missing field `inputs`", "type": "Validation"}
        raise RefusedError(json_reply(problem, 422))
