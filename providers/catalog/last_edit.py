"""Who edited a model last, and what: for the one who was editing it at the same time."""

from dataclasses import dataclass

from hfadmin.audit.models import Record
from providers.catalog.models import ProviderModel


@dataclass(frozen=True, slots=True)
class Edit:
    who: str
    fields: tuple[str, ...]  # columns; empty where the change was of another kind


def last_edit(model: ProviderModel) -> Edit:
    """As the record has it. Nobody, where it has nothing."""
    records = Record.objects.filter(
        organization=model.organization,
        target_type="providermodel",
        target_id=str(model.pk),
        actor__isnull=False,
    )
    record = records.order_by("-id").first()
    if record is None:
        return Edit("", ())
    return Edit(record.actor_label, tuple(record.detail.get("changed", ())))
