"""The tiny real call that proves that a model answers."""

from providers.catalog.requirements import (
    HF_INFERENCE,
    POLICIES,
    failure,
    host_of,
    served,
    split_name,
)
from providers.catalog.verification.context import Context
from providers.huggingface import client, urls
from providers.huggingface.errors import HuggingFaceError, Kind
from providers.huggingface.types import CallResult


def call(context: Context) -> CallResult:
    """Make it where the model runs. Raises HuggingFaceError."""
    return _hosted(context) if context.row.is_hosted else _deployed(context)


def _hosted(context: Context) -> CallResult:
    """Chat first; a model that no provider offers to chat with generates on hf-inference."""
    assert context.details is not None  # noqa: S101 - a step before found it
    row, found = context.row, served(context.row.model_type, context.details.providers)
    repository, asked = split_name(row.name)
    if row.is_embedding:
        return client.hosted_embedding(context.secret, repository, bill_to=context.bill_to)
    is_fixed = asked and asked not in POLICIES
    may_generate = found.on_hf_inference and (not is_fixed or asked == HF_INFERENCE)
    try:
        if asked in found.to_chat or (found.to_chat and not is_fixed):
            return client.hosted_chat(context.secret, row.name, bill_to=context.bill_to)
    except HuggingFaceError as error:
        if error.kind is not Kind.MODEL_NOT_SERVED or not may_generate:
            raise
    return client.hosted_generation(context.secret, repository, bill_to=context.bill_to)


def _deployed(context: Context) -> CallResult:
    row, remote = context.row, context.remote
    if remote is not None and not urls.same_endpoint(remote.url, row.endpoint_url):
        # Made anew under its name while it was being woken: the old address may be anybody's.
        raise failure(Kind.URL_NOT_LISTED, host=host_of(row.endpoint_url))
    # The client sends the token to no other address.
    listed = [remote.url] if remote else []
    if row.url_confirmed:
        listed.append(row.endpoint_url)
    names = _names(context)
    if row.is_embedding:
        return client.endpoint_embedding(context.secret, row.endpoint_url, names, listed=listed)
    return client.endpoint_text(context.secret, row.endpoint_url, names, listed=listed)


def _names(context: Context) -> list[str]:
    """What the engine may call the model: as typed, as it did the last time, as the repository."""
    row = context.row
    model = row.model
    last = model.served_name if model and model.endpoint_url == row.endpoint_url else ""
    repository = context.remote.repository if context.remote else ""
    return list(dict.fromkeys(name for name in (row.name, last, repository) if name))
