"""What people want of endpoints, and what became of it."""

from datetime import datetime
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from hfadmin.accounts.models import Organization
from hfadmin.audit.actors import Actor
from hfadmin.background.models import Leased, LeasedQuerySet
from hfadmin.vault import Sealed, SealedField
from providers.endpoints.models import Endpoint
from providers.huggingface import limits
from providers.tokens.models import AccessToken, Namespace

MOST_REASON = 200  # characters


class Batch(models.Model):
    """The same wanted of many endpoints at once: an `Action` for each."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="endpoint_batches"
    )
    verb = models.CharField(max_length=32)
    actor = models.JSONField(default=dict)  # see Actor.to_json
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=MOST_REASON, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.CharField(max_length=254, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.verb} {self.pk}"

    @property
    def by(self) -> Actor:
        return Actor.from_json(self.actor, self.asked_by)


class ActionQuerySet(LeasedQuerySet["Action"]):
    def falls_due(self, now: datetime) -> Q:
        """By the clock, or as soon as its endpoint was seen otherwise than when it was last
        looked at."""
        endpoint = Endpoint.objects.filter(pk=OuterRef("endpoint"))
        is_seen_anew = Exists(endpoint.filter(version__gt=OuterRef("looked_version")))
        waits_for_a_look = [Action.State.ACCEPTED, Action.State.UNCLEAR]
        is_overtaken = Q(is_seen_anew, ended_at=None, state__in=waits_for_a_look)
        return super().falls_due(now) | is_overtaken

    def open(self) -> Self:
        return self.filter(ended_at=None)

    def open_about(self, endpoint: Endpoint) -> "Action | None":
        """The one open action on the endpoint, or on what stands under its name."""
        return self.open_under(endpoint.namespace, endpoint.name)

    def open_under(self, namespace: Namespace, name: str) -> "Action | None":
        """The one open action on what stands under this name, or is to stand there."""
        rows = self.open().filter(namespace=namespace, name=name)
        return rows.select_related("asked_by").first()

    def deletion_of(self, endpoint: Endpoint) -> "Action | None":
        """The deletion from here that was under way as the endpoint went. It may be open still."""
        state = Action.State
        sent = [state.SENT, state.ACCEPTED, state.UNCLEAR, state.DONE]
        went = endpoint.deleted_at
        not_before = Q(ended_at=None) | Q(ended_at__gte=went)
        mine = self.filter(endpoint=endpoint, verb="delete", state__in=sent)
        return mine.filter(not_before, sent_at__lte=went).select_related("asked_by").first()


class Action(Leased):
    """Something that somebody wants of an endpoint. It is sent to Hugging Face once at most."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked")  # not sent yet
        SENT = "sent", _("sent")  # on its way; marked before it goes
        ACCEPTED = "accepted", _("accepted")  # and not seen to be done yet
        DONE = "done", _("done")  # a look shows what was wanted
        REFUSED = "refused", _("refused")
        UNCLEAR = "unclear", _("unclear")  # no answer came, or nothing came of it
        SUPERSEDED = "superseded", _("superseded")
        CANCELLED = "cancelled", _("cancelled")

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="endpoint_actions"
    )
    namespace = models.ForeignKey(Namespace, on_delete=models.CASCADE, related_name="actions")
    name = models.CharField(max_length=limits.NAME)  # the endpoint's
    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.CASCADE, null=True, related_name="actions"
    )
    # When Hugging Face made the one that is meant: another may come to stand under its name.
    endpoint_created_at = models.DateTimeField(null=True, blank=True)
    verb = models.CharField(max_length=32)
    # Columns of the endpoint as they are to be afterwards, or are to stay.
    wanted = models.JSONField(default=dict, blank=True)

    actor = models.JSONField(default=dict)  # see Actor.to_json
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=MOST_REASON, blank=True)  # in the words of who asked
    batch = models.ForeignKey(
        Batch, on_delete=models.SET_NULL, null=True, blank=True, related_name="actions"
    )

    state = models.CharField(max_length=12, choices=State.choices, default=State.ASKED)
    token = models.ForeignKey(
        AccessToken, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    problem = models.JSONField(default=dict, blank=True)  # a Diagnosis
    # Who took it back, see Actor.to_json. What is sent already may be done all the same.
    withdrawn_by = models.JSONField(null=True, blank=True)
    # The endpoint's version when this was last compared with it.
    looked_version = models.PositiveBigIntegerField(default=0)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["namespace", "name"],
                condition=Q(ended_at=None),
                name="one_open_action_per_endpoint",
            ),
            models.CheckConstraint(
                condition=~Q(state="asked") | Q(withdrawn_by__isnull=True),
                name="nothing_withdrawn_is_to_be_sent",
            ),
        ]
        indexes = [
            models.Index(fields=["next_check_at"], name="action_due"),
            models.Index(fields=["endpoint", "-id"], name="action_by_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    def means(self, endpoint: Endpoint) -> bool:
        """Whether it is the one that was meant, as far as is known: not one that was made under its
        name since."""
        seen = endpoint.created_upstream_at
        return None in (seen, self.endpoint_created_at) or seen == self.endpoint_created_at

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether somebody may still take it back, should Hugging Face not have it."""
        return self.withdrawn_by is None and self.state in (self.State.ASKED, self.State.SENT)

    @property
    def again(self) -> str:
        """The query of the page that asks for the same once more."""
        return f"as={self.pk}"

    @property
    def by(self) -> Actor:
        return Actor.from_json(self.actor, self.asked_by)


class Deployment(models.Model):
    """What the action that creates an endpoint sends, and what was entered for it."""

    action = models.OneToOneField(
        Action, on_delete=models.CASCADE, primary_key=True, related_name="deployment"
    )
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    form_key = models.UUIDField()  # of the form that was sent: the same one is the same deployment
    # The only one that it is sent with.
    token = models.ForeignKey(AccessToken, on_delete=models.SET_NULL, null=True, related_name="+")
    recipe = models.CharField(max_length=limits.NAME, blank=True)  # of the catalog; "": `body`
    body = models.JSONField(default=dict)  # of the request, without the values below
    entered = models.JSONField(default=dict)  # the fields of the form, without the values below

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "form_key"], name="a_form_deploys_once")
        ]

    def __str__(self) -> str:
        return str(self.action)


class Values(models.Model):
    """Values that an endpoint is created with, by name, and that stand nowhere else. They are
    deleted once they are not needed any more."""

    class Kind(models.TextChoices):
        VARIABLES = "variables"  # until the endpoint has them: they may be entered again
        SECRETS = "secrets"  # until they were sent
        CREDENTIALS = "credentials"  # of a registry, likewise

    # Known before the first save: what is sealed is bound to it.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="values")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    content = SealedField()  # JSON
    content_sealed: Sealed

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deployment", "kind"], name="values_of_a_kind_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.deployment_id}"
