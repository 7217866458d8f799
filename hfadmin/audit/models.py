"""The append-only record of who did what, on what, when, and how it ended."""

from django.db import models

from hfadmin.accounts.models import Organization, User


class Record(models.Model):
    """One change. Labels are kept beside the references: a record outlives what it speaks of."""

    class Outcome(models.TextChoices):
        DONE = "done"
        REFUSED = "refused"
        FAILED = "failed"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="audit_records", null=True
    )
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(max_length=254)
    verb = models.CharField(max_length=60)
    target_type = models.CharField(max_length=40, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    target_label = models.CharField(max_length=254, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.DONE)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["organization", "-id"], name="audit_by_organization")]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.verb} {self.target_label}"
