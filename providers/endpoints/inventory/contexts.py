"""What the inventory's template is given."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.utils.translation import gettext as _

from hfadmin.accounts.models import Organization
from hfadmin.live.polls import Row
from providers import labels
from providers.endpoints.inventory import facets, rows
from providers.endpoints.inventory.columns import ALWAYS, CHOICES, COLUMNS
from providers.endpoints.inventory.facets import Facets
from providers.endpoints.inventory.filters import Filters
from providers.endpoints.models import DELETED, OTHER


@dataclass(frozen=True, slots=True)
class Inventory:
    """One turn of the inventory's pages."""

    facets: Facets
    groups: dict[str, int]
    total: int
    page: Page[tuple[int, int, int]]
    rows: list[Row]


def inventory(
    organization: Organization,
    filters: Filters,
    version: int,
    *,
    may_act: bool,
    under_way: rows.UnderWay,
) -> Inventory:
    whole = facets.of(organization.pk, version)
    endpoints = organization.endpoints.all()
    states, deleted = whole.states, whole.deleted
    if filters.narrow:
        states, deleted = facets.counted(filters.without_state(endpoints))
    groups = facets.grouped(states, deleted)
    count = facets.count_of(groups, states, filters.state)
    page = filters.turn(endpoints, count)
    shown = rows.render(
        organization, page.object_list, filters.columns, may_act=may_act, under_way=under_way
    )
    return Inventory(whole, groups, sum(states.values()), page, shown)


def context(found: Inventory, filters: Filters) -> dict[str, Any]:
    return {
        "facets": found.facets,
        "filters": filters,
        "chips": list(_chips(found, filters)),
        "heads": list(_heads(filters)),
        "chosen": list(_chosen(filters)),
        "selects": list(_selects(found.facets, filters)),
        "choices": [COLUMNS[key] for key in CHOICES],
        "hidden_in_search": filters.hidden("q", "namespace", "task", "vendor", "tag", "column"),
        "page": found.page,
        "live_rows": found.rows,
    }


def _chips(found: Inventory, filters: Filters) -> Iterator[dict[str, Any]]:
    words = {
        "": _("All"),
        "running": _("Running"),
        "transition": _("In transition"),
        "asleep": _("Asleep"),
        "paused": _("Paused"),
        "failed": _("Failed"),
        OTHER: _("Other"),
        DELETED: _("Deleted upstream"),
    }
    for key, label in words.items():
        count = found.groups[key] if key else found.total
        current = key == filters.state
        if count or current or key not in {OTHER, DELETED}:
            yield {"key": key or None, "label": label, "count": count, "current": current}


def _heads(filters: Filters) -> Iterator[dict[str, Any]]:
    for key, column in COLUMNS.items():
        if key in filters.columns or key in ALWAYS:
            falls = filters.sort == f"-{key}"
            yield {
                "label": column.label,
                "css": f"col-{key} {column.css}",
                "next": filters.next_sort(key),
                "direction": "descending" if falls else "ascending" if filters.sort == key else "",
            }


def _chosen(filters: Filters) -> Iterator[dict[str, str]]:
    """The menu's filters that are set, each with the address without it."""
    for name, label in _menu().items():
        if value := getattr(filters, name):
            rest = urlencode(list(filters.hidden(name)))
            yield {"label": label, "value": _shown(name, value), "without": f"?{rest}"}


def _menu() -> dict[str, str]:
    return {
        "namespace": _("Namespace"),
        "task": _("Task"),
        "vendor": _("Vendor"),
        "tag": _("Tag"),
    }


def _selects(found: Facets, filters: Filters) -> Iterator[dict[str, str]]:
    for name, label in _menu().items():
        chosen = getattr(filters, name)
        yield {
            "name": name,
            "label": label,
            "chosen": chosen,
            "shown": _shown(name, chosen),
            "options": found.options[name],
        }


def _shown(name: str, value: str) -> str:
    return labels.BY_FACT[name](value) if name in labels.BY_FACT else value
