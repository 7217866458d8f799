"""The table of engines, by Hugging Face's name. To add one, add a row."""

from hfadmin.sandbox.endpoint import Endpoint
from hfadmin.sandbox.engines import infinity, native, openai, transformers, vllm
from hfadmin.sandbox.engines.engine import Call, Engine
from hfadmin.sandbox.wire import Reply, Routes, json_reply, text_reply

metrics = Routes()


@metrics.on("GET", "/metrics")
def read_metrics(call: Call) -> Reply:
    return text_reply("# EOF\n")


def engine_of(endpoint: Endpoint) -> Engine:
    return ENGINES.get(endpoint.engine, UNKNOWN)


def _tgi_has_no_template() -> Reply:
    text = "Template error: template not found"
    return json_reply({"error": text, "error_type": "template_error"}, 422)


def _sglang_has_no_template() -> Reply:
    text = (
        "Cannot use chat template functions because tokenizer.chat_template is not set and no "
        "template argument was passed! For information about writing templates and setting the "
        "tokenizer.chat_template attribute, please see the documentation at "
        "https://huggingface.co/docs/transformers/main/en/chat_templating"
    )
    problem = {"message": text, "type": "BadRequest", "param": None, "code": 400}
    return json_reply({"object": "error", **problem}, 400)


_TGI = Engine(
    (native.tgi, openai.generation, openai.models, metrics), no_template=_tgi_has_no_template
)
_TOOLKIT = Engine((native.toolkit, metrics))
UNKNOWN = Engine((metrics,))
ENGINES = {
    "custom": Engine(
        (openai.generation, openai.embeddings, openai.models, metrics),
        no_template=vllm.no_template,
    ),
    "huggingface": _TOOLKIT,
    "huggingfaceNeuron": _TOOLKIT,
    "infinity": Engine(
        (infinity.routes, metrics), only_embeds=True, wrong_name=infinity.wrong_name
    ),
    # Chats without a template too: it has a default one.
    "llamacpp": Engine((openai.generation, openai.models, metrics)),
    "sGLang": Engine(
        (openai.generation, openai.models, metrics), no_template=_sglang_has_no_template
    ),
    "tei": Engine(
        (native.tei, openai.embeddings, openai.models, metrics),
        only_embeds=True,
        largest_batch=32,
    ),
    "tgi": _TGI,
    "tgiNeuron": _TGI,
    "transformers": Engine(
        (openai.generation, transformers.models),
        wrong_name=transformers.wrong_name,
        no_template=transformers.no_template,
        fields=transformers.FIELDS,
        ends_streams=False,
    ),
    "vLLM": Engine(
        (openai.generation, openai.embeddings, openai.models, metrics),
        wrong_name=vllm.wrong_name,
        wrong_task=vllm.wrong_task,
        no_template=vllm.no_template,
    ),
}
