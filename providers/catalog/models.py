"""Models that an organization uses, and the checks that say whether each one works."""

from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hfadmin.accounts.models import Organization, User
from hfadmin.background.models import Leased, LeasedQuerySet
from providers.catalog.setups import EndpointType, Setup
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import ASLEEP, Endpoint
from providers.huggingface import limits
from providers.huggingface.types import ROUTES_OF_GENERATION
from providers.tokens.models import AccessToken


class ProviderModelQuerySet(LeasedQuerySet["ProviderModel"]):
    def falls_due(self, now: datetime) -> Q:
        """By the clock, or as soon as its token or its endpoint has changed since its last look."""
        looked = OuterRef("looked_version")
        token = AccessToken.objects.filter(pk=OuterRef("token"), live_version__gt=looked)
        endpoint = Endpoint.objects.filter(pk=OuterRef("endpoint"), version__gt=looked)
        has_lost_its_token = Q(token=None, had_token=True)
        is_overtaken = Q(Exists(token)) | Q(Exists(endpoint)) | has_lost_its_token
        return super().falls_due(now) | is_overtaken

    def shown(self) -> Self:
        """With what a row of the list shows: `is_checking` and its token and endpoint."""
        checks = Verification.objects.filter(model=OuterRef("pk"), state__in=Verification.OPEN)
        related = self.select_related("token", "endpoint__namespace", "organization")
        return (
            related.defer("token__identity")
            .annotate(is_checking=Exists(checks))
            .order_by("name", "pk")
        )

    def listed(self) -> Self:
        """As `shown`, with no more of tokens and endpoints than a list has room for: to read their
        other columns took most of the time of a list."""
        own = (field.name for field in self.model._meta.concrete_fields)  # noqa: SLF001 - its public way
        related = ("token__name", "endpoint__name", "endpoint__state", "endpoint__namespace__name")
        return self.shown().only(*own, *related)

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
    # The organization's version as the last look began, and whether there was a token then: what
    # changed later has not been seen yet.
    looked_version = models.PositiveBigIntegerField(default=0)
    had_token = models.BooleanField(default=False)

    # These four are written by `catalog.transitions` alone.
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
    # By which route it answered: a CallResult's, "" where no call was made.
    route = models.CharField(max_length=32, blank=True)
    # What its endpoint's engine calls it, sent as `model`; "" where that is not known or not asked.
    served_name = models.CharField(max_length=limits.MODEL, blank=True)
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

    @property
    def only_continues(self) -> bool:
        """Whether the last call found that it generates texts, and cannot chat."""
        return not self.is_embedding and self.route in ROUTES_OF_GENERATION

    @property
    def called_otherwise(self) -> bool:
        """Whether calls have to name it otherwise than people do."""
        return self.served_name not in {"", self.name}


class VerificationQuerySet(LeasedQuerySet["Verification"]):
    def open(self) -> Self:
        return self.filter(state__in=Verification.OPEN)

    def outdated(self) -> Self:
        """Checks that ended long ago: what is worth knowing of them is in the record."""
        return self.filter(finished_at__lt=timezone.now() - Verification.KEPT_FOR)

    def discardable(self) -> Self:
        """Those of new models that failed; see `Verification.is_discardable`."""
        return self.filter(state=Verification.State.FAILED, model=None, model_version=None)

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
    # What was asked for to wake it, which this waits for.
    waking = models.ForeignKey(
        Action, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
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

    @property
    def is_discardable(self) -> bool:
        is_new = self.model_id is None and self.model_version is None
        return is_new and self.state == self.State.FAILED
