"""What the demo's organization holds: tokens of different rights, models of both kinds."""

from collections.abc import Callable
from uuid import uuid4

from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.audit.actors import Actor
from hfadmin.vault import Secret
from providers.catalog import operations as catalog
from providers.catalog.setups import EndpointType, ModelType, Task
from providers.overview import demo_past
from providers.tokens import operations as tokens

# Model type, model, namespace and endpoint (none: hosted), the token's name.
MODELS = [
    (ModelType.LLM, "meta-llama/Llama-3.1-8B-Instruct", "", "", "ada-admin"),
    (ModelType.LLM, "meta-llama/Llama-3.1-8B-Instruct", "acme", "llama-3-8b-prod", "ada-admin"),
    (ModelType.LLM, "Qwen/Qwen2.5-72B-Instruct", "acme-labs", "qwen-72b-eval", "deploy-bot"),
    (ModelType.TEXT_EMBEDDING, "BAAI/bge-m3", "", "", "ci-reader"),
    (ModelType.TEXT_EMBEDDING, "BAAI/bge-large-en-v1.5", "acme", "bge-large-search", "ada-admin"),
    (
        ModelType.TEXT_EMBEDDING,
        "intfloat/multilingual-e5-large",
        "acme",
        "e5-multilingual",
        "ada-admin",
    ),
]


def fill(
    organization: Organization,
    *,
    actor: Actor,
    secrets: list[tuple[str, str]],
    url_of: Callable[[str, str], str],
) -> None:
    """Add what people would have added; workers check all of it as soon as they run."""
    demo_past.fill(organization, timezone.now())
    stored = {
        name: tokens.add(organization, tokens.NewToken(name, Secret(value)), actor)
        for name, value in secrets
    }
    for model_type, name, namespace, endpoint, through in MODELS:
        is_embedding = model_type == ModelType.TEXT_EMBEDDING
        task = Task.FEATURE_EXTRACTION if is_embedding else Task.TEXT_GENERATION
        setup = {
            "model_type": model_type,
            "name": name,
            "endpoint_type": EndpointType.ENDPOINT if endpoint else EndpointType.HOSTED,
            "token_id": stored[through].pk,
            "namespace_name": namespace if is_embedding else "",
            "endpoint_url": url_of(namespace, endpoint) if endpoint else "",
            "task": task if endpoint else "",
            "real_call": True,
            "url_confirmed": False,
        }
        if through == "deploy-bot":  # its right is still to be approved: saved anyway, and failing
            catalog.save_anyway(organization, setup, actor=actor)
        else:
            catalog.save(organization, setup, form_key=uuid4(), actor=actor)
