"""The inventory's rows as HTML, kept by what they are made of."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from hfadmin.accounts.models import Organization
from hfadmin.live.cache import VersionCache
from providers.catalog.models import ProviderModel
from providers.catalog.setups import ModelType
from providers.endpoints import freshness
from providers.endpoints.columns import COLUMNS, DEFAULT
from providers.endpoints.models import Endpoint

TEMPLATE = "endpoints/list.html#row"
_cache: VersionCache[SafeString] = VersionCache(5_000)
_Used = dict[int, list[tuple[int, str, str]]]


@dataclass(frozen=True, slots=True)
class Row:
    pk: int
    version: int
    html: SafeString

    @property
    def id(self) -> str:
        return f"e-{self.pk}"


def render(
    organization: Organization, found: Iterable[tuple[int, int, int]], columns: Sequence[str]
) -> list[Row]:
    """A row for each (id, version, namespace's id); only those not yet seen like this are made."""
    found = list(found)
    used = _used_by([pk for pk, _, _ in found]) if "models" in columns else {}
    health = freshness.healths(organization.pk, {namespace for _, _, namespace in found})
    stale = {pk: each.seen_at for pk, each in health.items() if each.stale}
    common = (organization.slug, tuple(columns), get_language())
    keys = {
        # A namespace's problem makes new versions; that a look is overdue does not.
        pk: (
            pk,
            max(version, health[namespace].version),
            tuple(used.get(pk, ())),
            stale.get(namespace, ""),
            common,
        )
        for pk, version, namespace in found
    }
    html = {pk: _cache.get(key) for pk, key in keys.items()}
    for pk, endpoint in _by_id([pk for pk in html if html[pk] is None]).items():
        made = _html(organization, endpoint, columns, used.get(pk, ()), stale)
        html[pk] = _cache.put(keys[pk], made)
    return [Row(pk, keys[pk][1], shown) for pk, shown in html.items() if shown is not None]


def _by_id(ids: Sequence[int]) -> dict[int, Endpoint]:
    return Endpoint.objects.select_related("namespace").in_bulk(ids) if ids else {}


def _used_by(ids: Sequence[int]) -> _Used:
    used: _Used = defaultdict(list)
    models = ProviderModel.objects.filter(endpoint__in=ids).order_by("name")
    kinds = dict(ModelType.choices)
    for endpoint, pk, name, kind in models.values_list("endpoint", "pk", "name", "model_type"):
        used[endpoint].append((pk, name, str(kinds[ModelType(kind)])))
    return used


def _html(
    organization: Organization,
    endpoint: Endpoint,
    columns: Sequence[str],
    models: Sequence[tuple[int, str, str]],
    stale: dict[int, Any],
) -> SafeString:
    html = get_template(TEMPLATE).render(
        {
            "organization": organization,
            "endpoint": endpoint,
            "columns": columns,
            # Only what somebody chose is named in the row itself, on a phone.
            "titles": {key: COLUMNS[key].label for key in columns if columns != DEFAULT},
            "models": models,
            "stale": endpoint.namespace_id in stale and not endpoint.deleted_at,
            "seen_at": stale.get(endpoint.namespace_id),
        }
    )
    return SafeString(html)
