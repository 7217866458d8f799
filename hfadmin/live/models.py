"""The version of what an organization's pages show."""

from django.db import models


class OrganizationVersion(models.Model):
    """A number that grows with every visible change in an organization: open pages compare it."""

    organization = models.OneToOneField(
        "accounts.Organization",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="live_version",
    )
    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.organization}: {self.number}"
