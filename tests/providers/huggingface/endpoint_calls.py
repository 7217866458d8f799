"""All calls that hfadmin makes to a deployed endpoint."""

from collections.abc import Callable, Collection

from hfadmin.vault import Secret
from providers.huggingface import client, inference

MODEL = "acme/llama"


def deployed_calls(
    token: Secret, url: str, listed: Collection[str] = ()
) -> list[Callable[[], object]]:
    """Return each call, ready to be made; `listed` are the URLs that may receive the token."""
    return [
        lambda: client.endpoint_text(token, url, [MODEL, "other"], listed=listed),
        lambda: client.endpoint_embedding(token, url, [MODEL, "other"], listed=listed),
        lambda: inference.endpoint_chat(token, url, MODEL, listed=listed),
        lambda: inference.endpoint_generation(token, url, listed=listed),
        lambda: inference.endpoint_completion(token, url, MODEL, listed=listed),
        lambda: inference.endpoint_native_embedding(token, url, listed=listed),
        lambda: inference.endpoint_openai_embedding(token, url, MODEL, listed=listed),
        lambda: inference.endpoint_openai_embedding(token, url, MODEL, prefix="", listed=listed),
        lambda: inference.endpoint_models(token, url, listed=listed),
        lambda: inference.endpoint_models(token, url, prefix="", listed=listed),
    ]


def url_of(token: Secret, name: str) -> str:
    """Return the URL of an endpoint of acme."""
    return client.get_endpoint(token, "acme", name).url
