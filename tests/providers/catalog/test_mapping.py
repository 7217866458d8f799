"""What providers map a model to decides what it is, and its pipeline tag where they say nothing."""

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Sandbox
from providers.endpoints.models import Endpoint
from providers.tokens.models import AccessToken, Namespace, NamespaceAccess
from tests.providers.catalog.conftest import Work, entries, path, saved, verified

CHATS = {"status": "live", "task": "conversational"}
EMBEDS = {"status": "live", "task": "feature-extraction"}
VISION = "Qwen/Qwen2.5-VL-7B-Instruct"


@pytest.mark.parametrize("tag", ["image-text-to-text", "any-to-any", "translation", None])
def test_what_a_provider_chats_with_is_an_llm_whatever_its_tag(
    tag: str | None, as_operator: Client, token: AccessToken, hub: Sandbox, work: Work
) -> None:
    hub.add_model(VISION, pipeline_tag=tag, providers={"nebius": CHATS})
    entered = entries(token, model_type="llm", name=VISION, endpoint_type="hosted")
    assert saved(as_operator, work, entered).route == "chat"
    asked = {"name": "vl", "model_type": "llm", "endpoint_type": "hosted"}
    assert (
        f'data-value="{VISION}"' in as_operator.get(path("suggest_models"), asked).content.decode()
    )


@pytest.mark.parametrize("tag", ["text-generation", "sentence-similarity", "fill-mask"])
def test_what_hf_inference_embeds_with_is_an_embedding_whatever_its_tag(
    tag: str, as_operator: Client, token: AccessToken, hub: Sandbox, work: Work
) -> None:
    hub.add_model("acme/vectors", pipeline_tag=tag, providers={"hf-inference": EMBEDS})
    entered = entries(
        token, model_type="text-embedding", name="acme/vectors", endpoint_type="hosted"
    )
    assert saved(as_operator, work, entered).dimension
    asked = {"name": "vectors", "model_type": "text-embedding", "endpoint_type": "hosted"}
    assert (
        'data-value="acme/vectors"'
        in as_operator.get(path("suggest_models"), asked).content.decode()
    )


@pytest.mark.parametrize(
    ("model_type", "tag", "mapping", "kind"),
    [
        ("llm", "feature-extraction", EMBEDS, "model_wrong_type"),
        (
            "llm",
            "text-to-image",
            {"status": "live", "task": "text-to-image"},
            "model_wrong_type",
        ),
        ("text-embedding", "image-text-to-text", CHATS, "model_wrong_type"),
        ("llm", "image-text-to-text", CHATS | {"status": "error"}, "model_not_served"),
        ("llm", "any-to-any", CHATS | {"status": "staging"}, "model_not_served"),
    ],
)
def test_what_nobody_serves_for_the_type_is_refused_and_not_suggested(
    model_type: str,
    tag: str,
    mapping: dict[str, str],
    kind: str,
    as_operator: Client,
    token: AccessToken,
    hub: Sandbox,
    work: Work,
) -> None:
    hub.add_model("acme/other", pipeline_tag=tag, providers={"nebius": mapping})
    entered = entries(token, model_type=model_type, name="acme/other", endpoint_type="hosted")
    assert verified(as_operator, work, entered).problem["kind"] == kind
    asked = {"name": "other", "model_type": model_type, "endpoint_type": "hosted"}
    page = as_operator.get(path("suggest_models"), asked).content.decode()
    assert "acme/other" not in page


def test_suggestions_for_hosted_use_take_one_call(as_operator: Client, hub: Sandbox) -> None:
    for model_type in ("llm", "text-embedding"):
        asked = {"name": "llama:gr", "model_type": model_type, "endpoint_type": "hosted"}
        as_operator.get(path("suggest_models"), asked)
    assert [r.path for r in hub.requests] == ["/api/models", "/api/models"]


def test_a_deployed_vision_language_model_is_offered_as_an_llm_that_generates_text(
    as_operator: Client, token: AccessToken, organization: Organization
) -> None:
    namespace = Namespace.objects.create(organization=organization, name="acme", kind="org")
    NamespaceAccess.objects.create(token=token, namespace=namespace, abilities={"list": "yes"})
    Endpoint.objects.create(
        organization=organization,
        namespace=namespace,
        name="vision",
        state="running",
        repository=VISION,
        task="image-text-to-text",
        url="https://vision.us-east-1.aws.endpoints.huggingface.cloud",
    )
    for model_type, is_offered in (("llm", True), ("text-embedding", False)):
        asked = {"api_token": str(token.pk), "model_type": model_type}
        page = as_operator.get(path("suggest_endpoints"), asked).content.decode()
        assert (VISION in page) is is_offered
        assert ("&quot;task&quot;: &quot;text-generation&quot;" in page) is is_offered
