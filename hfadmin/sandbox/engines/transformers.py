"""`transformers serve` 5.24, pinned to one model: allowed fields and errors."""

from collections.abc import Sequence
from typing import Any

from hfadmin.sandbox.engines import openai
from hfadmin.sandbox.engines.engine import Call
from hfadmin.sandbox.wire import Reply, Routes, json_reply

models = Routes()
_OF_BOTH = """
frequency_penalty generation_config logit_bias logprobs max_tokens model n presence_penalty seed
stop stream stream_options temperature top_p user
"""
_OF_CHAT = """
audio chat_template_kwargs function_call functions max_completion_tokens messages metadata
modalities moderation parallel_tool_calls prediction prompt_cache_key prompt_cache_options
prompt_cache_retention reasoning_effort response_format safety_identifier service_tier store
tool_choice tools top_logprobs verbosity web_search_options
"""
_OF_COMPLETIONS = "best_of echo prompt suffix"
FIELDS = {
    openai.CHAT: frozenset(f"{_OF_BOTH} {_OF_CHAT}".split()),
    openai.COMPLETIONS: frozenset(f"{_OF_BOTH} {_OF_COMPLETIONS}".split()),
}


@models.on("GET", "/v1/models")
def list_models(call: Call) -> Reply:
    model = {"owned_by": "local", "id": call.endpoint.names[0], "object": "model", "created": 0}
    return json_reply({"object": "list", "data": [model | {"status": {"value": "loaded"}}]})


def wrong_name(names: Sequence[str], asked: Any) -> Reply | None:
    pinned = names[0]
    if asked is None or asked == pinned:
        return None
    return json_reply({"detail": f"Server is pinned to '{pinned}'; requested '{asked}'."}, 400)


def no_template() -> Reply:
    return Reply(500, b"Internal Server Error", "text/plain; charset=utf-8")
