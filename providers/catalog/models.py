"""Models that an organization uses, and the checks that say whether each one works."""

from datetime import timedelta
from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hfadmin.accounts.models import Organization, User
from hfadmin.background.models import Leased, LeasedQuerySet
from providers import labels
from providers.endpoints.models import ASLEEP, Endpoint
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
    name = models.CharField(_("Model Name"), max_length=250)
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
        _("User Name / Organization Name"), max_length=120, blank=True
    )
    endpoint_url = models.CharField(_("Endpoint URL"), max_length=500, blank=True)
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


class ProviderModelQuerySet(LeasedQuerySet["ProviderModel"]):
    def shown(self) -> Self:
        """With what a row of the list shows: `is_checking` and its token and endpoint."""
        checks = Verification.objects.filter(model=OuterRef("pk"), state__in=Verification.OPEN)
        related = self.select_related("token", "endpoint__namespace", "organization")
        return related.annotate(is_checking=Exists(checks)).order_by("name", "pk")

    def same_as(self, setup: dict[str, Any]) -> Self:
        """The one that already is what these fields describe."""
        keys = ("model_type", "name", "endpoint_type", "endpoint_url")
        return self.filter(**{key: setup[key] for key in keys})


class ProviderModel(Setup, Leased):
    class State(models.TextChoices):
        VERIFIED = "verified", _("verified")
        UNVERIFIED = "unverified", _("not verified")
        FAILING = "failing", _("failing")

    class Reason(models.TextChoices):
        """Why a model is not verified; of one that fails, why it will not be afterwards."""

        ASLEEP = "asleep", _("asleep")
        NOT_ASKED = "not_asked", _("not asked")
        SAVED_ANYWAY = "saved_anyway", _("saved anyway")
        CALL_FAILED = "call_failed", _("a call failed")

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="models")
    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.SET_NULL, null=True, blank=True, related_name="models"
    )
    enabled = models.BooleanField(default=True)

    # These four are written by `operations.transitions` alone.
    state = models.CharField(max_length=12, choices=State.choices, default=State.UNVERIFIED)
    reason = models.CharField(max_length=16, choices=Reason.choices, blank=True)
    state_since = models.DateTimeField(auto_now_add=True)
    problem = models.JSONField(default=dict, blank=True)  # a Diagnosis, {} when all is well
    # Why the last scheduled check found nothing out, where hfadmin itself is to blame.
    obstacle = models.JSONField(default=dict, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)  # the last free check that answered
    called_at = models.DateTimeField(null=True, blank=True)  # the last real call that answered
    latency_ms = models.PositiveIntegerField(null=True, blank=True)
    dimension = models.PositiveIntegerField(null=True, blank=True)
    route = models.CharField(max_length=32, blank=True)  # chat, text-generation, embedding
    served_by = models.JSONField(default=list, blank=True)  # hosted: providers, live for the task

    version = models.PositiveIntegerField(default=0)  # grows with every edit by a person
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ProviderModelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "model_type", "name", "endpoint_type", "endpoint_url"],
                name="model_is_set_up_once",
            ),
            models.CheckConstraint(
                condition=Q(endpoint_type=EndpointType.HOSTED, endpoint_url="")
                | (Q(endpoint_type=EndpointType.ENDPOINT) & ~Q(endpoint_url="") & ~Q(task="")),
                name="endpoint_models_have_url_and_task",
            ),
            models.CheckConstraint(
                condition=~Q(state="verified") | Q(reason="", problem={}),
                name="verified_models_have_no_problem",
            ),
            models.CheckConstraint(
                condition=~Q(state="failing") | ~Q(problem={}),
                name="failing_models_have_a_problem",
            ),
            models.CheckConstraint(
                condition=~Q(reason="call_failed") | Q(state="failing"),
                name="a_failed_call_is_a_failure",
            ),
        ]
        indexes = [models.Index(fields=["next_check_at"], name="model_due")]

    def __str__(self) -> str:
        return f"{self.name} ({self.beside})"

    @property
    def shown_state(self) -> str:
        """The word of the list; needs `shown()`."""
        if not self.enabled:
            return "disabled"
        return "checking" if getattr(self, "is_checking", False) else self.state

    @property
    def is_asleep(self) -> bool:
        return self.endpoint is not None and self.endpoint.state in ASLEEP


class VerificationQuerySet(LeasedQuerySet["Verification"]):
    def open(self) -> Self:
        return self.filter(state__in=Verification.OPEN)

    def outdated(self) -> Self:
        """Checks that ended long ago: what is worth knowing of them is in the record."""
        return self.filter(finished_at__lt=timezone.now() - Verification.KEPT_FOR)

    def unsaved(self, user: User) -> Self:
        """New models that are being checked, and those of this person that failed of late."""
        later = Verification.objects.filter(
            organization=OuterRef("organization"),
            model_type=OuterRef("model_type"),
            name=OuterRef("name"),
            created_at__gt=OuterRef("created_at"),
        )
        saved = ProviderModel.objects.filter(
            organization=OuterRef("organization"),
            model_type=OuterRef("model_type"),
            name=OuterRef("name"),
        )
        failed = Q(
            state=Verification.State.FAILED,
            started_by=user,
            finished_at__gt=timezone.now() - timedelta(days=1),
        )
        rows = self.filter(Q(state__in=Verification.OPEN) | failed, model=None, model_version=None)
        return rows.filter(~Exists(later), ~Exists(saved)).order_by("created_at")


class Verification(Setup, Leased):
    """One press on Save: what was typed, the steps as they tick off, and what became of it."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        PASSED = "passed"
        FAILED = "failed"

    OPEN = (State.WAITING, State.RUNNING)
    KEPT_FOR = timedelta(days=7)

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="verifications"
    )
    # The model that is edited or checked again; set once a new one is made.
    model = models.ForeignKey(
        ProviderModel,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="verifications",
    )
    model_version = models.PositiveIntegerField(null=True, blank=True)  # null: a new model
    wake = models.BooleanField(default=False)  # a person asked to wake the endpoint
    woken_at = models.DateTimeField(null=True, blank=True)
    form_key = models.UUIDField(default=uuid4)  # one per form shown: a double click is one save
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    # [{"step": …, "state": "waiting|running|passed|failed|skipped", "ms": …, "note": …}]
    steps = models.JSONField(default=list, blank=True)
    problem = models.JSONField(default=dict, blank=True)
    field = models.CharField(max_length=40, blank=True)  # where the diagnosis stands
    started_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = VerificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "form_key"], name="one_verification_per_form"
            )
        ]
        indexes = [
            models.Index(fields=["next_check_at"], name="verification_due"),
            models.Index(fields=["finished_at"], name="verification_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN
