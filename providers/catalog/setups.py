"""The settings screen's fields, which a model and a check of it share."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from providers import labels
from providers.endpoints.models import Endpoint
from providers.huggingface import limits
from providers.tokens.models import AccessToken


class ModelType(models.TextChoices):
    LLM = "llm", _("LLM")
    TEXT_EMBEDDING = "text-embedding", _("Text Embedding")


class EndpointType(models.TextChoices):
    HOSTED = "hosted", _("Hosted Inference API")
    ENDPOINT = "endpoint", _("Inference Endpoints")


class Task(models.TextChoices):
    TEXT2TEXT = "text2text-generation", labels.TASKS["text2text-generation"]
    TEXT_GENERATION = "text-generation", labels.TASKS["text-generation"]
    FEATURE_EXTRACTION = "feature-extraction", labels.TASKS["feature-extraction"]


class Setup(models.Model):
    """The settings screen's fields: what a model is, and where and with what it is reached."""

    model_type = models.CharField(_("Model Type"), max_length=16, choices=ModelType.choices)
    name = models.CharField(_("Model Name"), max_length=limits.MODEL)
    endpoint_type = models.CharField(
        _("Endpoint Type"), max_length=10, choices=EndpointType.choices
    )
    token = models.ForeignKey(
        AccessToken,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("API Token"),
    )
    namespace_name = models.CharField(
        _("User Name / Organization Name"), max_length=limits.NAME, blank=True
    )
    endpoint_url = models.CharField(_("Endpoint URL"), max_length=limits.URL, blank=True)
    task = models.CharField(_("Task"), max_length=32, choices=Task.choices, blank=True)
    real_call = models.BooleanField(_("Make one tiny real call"), default=True)
    # An administrator's word that the token may go to an address that Hugging Face did not list.
    url_confirmed = models.BooleanField(default=False)

    class Meta:
        abstract = True

    SETUP = (
        "model_type",
        "name",
        "endpoint_type",
        "token_id",
        "namespace_name",
        "endpoint_url",
        "task",
        "real_call",
        "url_confirmed",
    )

    def setup(self) -> dict[str, Any]:
        """The fields of the screen by column, to compare or to copy to another row."""
        return {name: getattr(self, name) for name in self.SETUP}

    def is_set_up_as(self, other: "Setup") -> bool:
        """Whether both say the same, however it is spelled."""
        return self.comparable() == other.comparable()

    def comparable(self) -> dict[str, Any]:
        """The fields with names as Hugging Face tells them apart, which is not by upper case."""
        name = self.name.lower() if self.is_hosted or self.is_embedding else self.name
        return self.setup() | {"name": name, "namespace_name": self.namespace_name.lower()}

    @property
    def where(self) -> str:
        """Where it runs: hosted, the endpoint's namespace and name, or its address."""
        if self.is_hosted:
            return str(_("hosted"))
        endpoint: Endpoint | None = getattr(self, "endpoint", None)
        if endpoint is None:
            return self.endpoint_url.rpartition("://")[2]
        return f"{endpoint.namespace.name}/{endpoint.name}"

    @property
    def beside(self) -> str:
        """What tells it from another of its name; stands beside the name wherever it is shown."""
        return f"{self.get_model_type_display()} · {self.where}"

    @property
    def is_hosted(self) -> bool:
        return self.endpoint_type == EndpointType.HOSTED

    @property
    def is_embedding(self) -> bool:
        return self.model_type == ModelType.TEXT_EMBEDDING
