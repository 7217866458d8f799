"""What the inventory's template is given."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hfadmin.accounts.models import Organization
from hfadmin.ui import states
from providers import labels
from providers.endpoints import facets, freshness, history, rows, words
from providers.endpoints.columns import ALWAYS, CHOICES, COLUMNS
from providers.endpoints.facets import Facets
from providers.endpoints.filters import PER_PAGE, Filters
from providers.endpoints.models import DELETED, OTHER, Endpoint
from providers.endpoints.rows import Row
from providers.tokens.models import Namespace, NamespaceAccess

MOST_PERIODS = 50


@dataclass(frozen=True, slots=True)
class Inventory:
    """One turn of the inventory's pages."""

    facets: Facets
    groups: dict[str, int]
    total: int
    page: Page[tuple[int, int, int]]
    rows: list[Row]


def inventory(organization: Organization, filters: Filters, version: int) -> Inventory:
    whole = facets.of(organization.pk, version)
    endpoints = organization.endpoints.all()
    states, deleted = whole.states, whole.deleted
    if filters.narrow:
        states, deleted = facets.counted(filters.without_state(endpoints))
    groups = facets.grouped(states, deleted)
    count = facets.count_of(groups, states, filters.state)
    page = filters.turn(endpoints, count)
    shown = rows.render(organization, page.object_list, filters.columns)
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
        "hidden_in_search": filters.hidden("q", "namespace", "task", "vendor", "tag"),
        "hidden_in_columns": filters.hidden("column"),
        "page": found.page,
        "rows": found.rows,
        "rows_html": SafeString("".join(row.html for row in found.rows)),
    }


def endpoint(shown: Endpoint) -> dict[str, Any]:
    """What the page of one endpoint is given."""
    now = timezone.now()
    past = history.of(shown, now)
    listed = past.stretches[:MOST_PERIODS]
    offer = {
        "vendor": shown.vendor,
        "region": shown.region,
        "instance_type": shown.instance_type,
        "instance_size": shown.instance_size,
    }
    health = freshness.healths(shown.organization_id, [shown.namespace_id])
    return {
        "endpoint": shown,
        "namespace": shown.namespace,
        "models": shown.models.listed(),
        "compute": shown.namespace.hardware.filter(**offer).first(),
        "is_stale": health[shown.namespace_id].stale,
        "history": past,
        "bars": [(state, _bar_title(start, state)) for start, state in past.bars()],
        "periods": [(stretch, words.duration(stretch.length)) for stretch in listed],
        "more_periods": len(past.stretches) - len(listed),
        "days": [past.since + timedelta(days=day) for day in range(history.WINDOW.days)],
        "ready_in": words.duration(past.ready_in) if past.ready_in else "",
    }


def namespaces(organization: Organization, number: str) -> Page[Namespace]:
    """Fifty of them, with how each is seen and how many endpoints there are."""
    accesses = NamespaceAccess.objects.select_related("token").defer("token__identity")
    rows = organization.namespaces.order_by("name").select_related("seen_through")
    rows = rows.defer("seen_through__identity")
    page: Page[Namespace] = Paginator(
        rows.prefetch_related(Prefetch("accesses", accesses.order_by("token__name"))), PER_PAGE
    ).get_page(number)
    shown = organization.endpoints.present().filter(namespace__in=[row.pk for row in page])
    counts = dict(shown.order_by().values_list("namespace").annotate(count=Count("pk")))
    missed = set(organization.namespaces.unseen().values_list("pk", flat=True))
    for row in page:
        row.count = counts.get(row.pk, 0)  # type: ignore[attr-defined]
        row.is_missed = row.pk in missed  # type: ignore[attr-defined]
    return page


def _bar_title(start: datetime, state: str) -> str:
    word = states.state_style(state).label if state else _("not known")
    return f"{start:%Y-%m-%d %H:%M} UTC: {word}"


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
