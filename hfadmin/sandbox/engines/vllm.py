"""The errors of vLLM 0.11."""

from collections.abc import Sequence
from typing import Any

from hfadmin.sandbox.wire import Reply, json_reply

NO_TEMPLATE = (
    "As of transformers v4.44, default chat template is no longer allowed, so you must provide a "
    "chat template if the tokenizer does not define one."
)


def wrong_name(names: Sequence[str], asked: Any) -> Reply | None:
    if asked is None or asked in names:
        return None
    return _error(404, f"The model `{asked}` does not exist.", "NotFoundError", "model")


def wrong_task(api: str) -> Reply:
    return _error(400, f"The model does not support {api}", "BadRequestError")


def no_template() -> Reply:
    return _error(400, NO_TEMPLATE, "BadRequestError")


def _error(status: int, message: str, kind: str, param: str | None = None) -> Reply:
    problem = {"message": message, "type": kind, "param": param, "code": status}
    return json_reply({"error": problem}, status)
