"""Where what a record speaks of is to be found, if it still exists."""

from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import urlencode

from django.apps import apps
from django.db import models
from django.urls import reverse

from hfadmin.accounts.models import Membership, Organization, Role
from hfadmin.audit.models import Record

# By the kind of thing: the name of its page, and the least role that may open it.
_PAGES = {
    "accesstoken": ("tokens:detail", Role.VIEWER),
    "providermodel": ("catalog:edit", Role.OPERATOR),
}
Target = tuple[str, str]


def links(records: Iterable[Record], membership: Membership) -> dict[Target, str]:
    """The addresses of the targets that still exist in the organization and that the member may
    open, by kind and id. One query for each kind of thing."""
    slug = membership.organization.slug
    found: dict[Target, str] = {}
    by_kind: dict[str, set[str]] = defaultdict(set)
    for record in records:
        target = (record.target_type, record.target_id)
        if record.target_type == "organization":
            found[target] = reverse("accounts:organization", args=[slug])
        elif record.target_type == "user":
            person = urlencode({"person": record.target_label})
            found[target] = f"{reverse('activity:list', args=[slug])}?{person}"
        elif record.target_type == "namespace":
            namespace = urlencode({"namespace": record.target_label})
            found[target] = f"{reverse('endpoints:list', args=[slug])}?{namespace}"
        else:
            by_kind[record.target_type].add(record.target_id)
    for kind, ids in by_kind.items():
        name, role = _PAGES.get(kind, ("", Role.ADMIN))
        if name and membership.may(role):
            for pk in _existing(kind, ids, membership.organization):
                found[kind, str(pk)] = reverse(name, args=[slug, pk])
    return found


def _existing(kind: str, ids: set[str], organization: Organization) -> Iterable[object]:
    model = next(model for model in apps.get_models() if model._meta.model_name == kind)  # noqa: SLF001
    rows: models.QuerySet[models.Model] = model._default_manager.filter(  # noqa: SLF001
        organization=organization, pk__in=ids
    )
    return rows.values_list("pk", flat=True)
