"""The append-only record of who did what, on what, when, and how it ended."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from hfadmin.audit.actors import ActorKind

if TYPE_CHECKING:
    from hfadmin.accounts.models import Organization


class RecordQuerySet(models.QuerySet["Record"]):
    def of(self, organization: "Organization") -> Self:
        return self.filter(organization=organization)

    def by(self, actor_label: str) -> Self:
        return self.filter(actor_label=actor_label) if actor_label else self

    def matching(self, text: str, verbs: Iterable[str]) -> Self:
        """Records that name the text, or whose verb is one of `verbs`. No text: all of them."""
        if not text:
            return self
        named = Q(target_label__icontains=text) | Q(actor_label__icontains=text)
        return self.filter(named | Q(verb__in=verbs))

    def actors(self) -> list[str]:
        labels = self.order_by("actor_label").values_list("actor_label", flat=True)
        return list(labels.distinct())


class Record(models.Model):
    """One change. Labels are kept beside the references: a record outlives what it speaks of."""

    class Outcome(models.TextChoices):
        ASKED = "asked"  # for something of which the outcome is known later
        DONE = "done"
        REFUSED = "refused"
        FAILED = "failed"
        UNCLEAR = "unclear"  # nobody knows

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="audit_records", null=True
    )
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    actor_kind = models.CharField(max_length=10, choices=ActorKind.choices)
    actor_label = models.CharField(max_length=254)
    session = models.CharField(max_length=16, blank=True)
    address = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    verb = models.CharField(max_length=60)
    target_type = models.CharField(max_length=40, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    target_label = models.CharField(max_length=254, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.DONE)
    detail = models.JSONField(default=dict, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organization", "-id"], name="audit_by_organization"),
            models.Index(fields=["organization", "actor_label"], name="audit_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.verb} {self.target_label}"
