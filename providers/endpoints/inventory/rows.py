"""The inventory's rows as HTML, kept by what they are made of."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from django.template import Engine, Template
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from hfadmin.accounts.models import Organization
from hfadmin.live.cache import VersionCache
from hfadmin.live.polls import Row
from providers.endpoints import freshness
from providers.endpoints.inventory.columns import COLUMNS, DEFAULT
from providers.endpoints.models import Endpoint

TEMPLATE = "endpoints/list.html#row"
_cache: VersionCache[Row] = VersionCache(5_000)
UnderWay = Callable[[Sequence[int]], dict[int, str]]
_Used = dict[int, list[tuple[int, str, str]]]  # an endpoint's models: id, name and type


def render(
    organization: Organization,
    found: Iterable[tuple[int, int, int]],
    columns: Sequence[str],
    *,
    may_act: bool,
    under_way: UnderWay,
) -> list[Row]:
    """A row for each (id, version, namespace's id); only those not yet seen like this are made.
    `under_way` tells what is being done to endpoints, by their ids."""
    found = list(found)
    ids = [pk for pk, _, _ in found]
    used = _used_by(ids) if "models" in columns else {}
    acting = under_way(ids)
    health = freshness.healths(organization.pk, {namespace for _, _, namespace in found})
    stale = {pk: each.seen_at for pk, each in health.items() if each.stale}
    common = (organization.slug, tuple(columns), may_act, get_language())
    keys = {
        # A namespace's problem makes new versions; that a look is overdue does not.
        pk: (
            pk,
            max(version, health[namespace].version),
            tuple(used.get(pk, ())),
            stale.get(namespace, ""),
            acting.get(pk, ""),
            common,
        )
        for pk, version, namespace in found
    }
    shown = {pk: _cache.get(key) for pk, key in keys.items()}
    if missing := [pk for pk in shown if shown[pk] is None]:
        endpoints = Endpoint.objects.select_related("namespace").filter(pk__in=missing)
        values = _values(organization, columns, may_act=may_act)
        for pk, html in _html(endpoints, values, used, stale, acting).items():
            shown[pk] = _cache.put(keys[pk], Row(f"e-{pk}", html))
    return [row for row in shown.values() if row is not None]


def _used_by(ids: Sequence[int]) -> _Used:
    used = Endpoint.objects.filter(pk__in=ids, models__isnull=False).distinct().only("pk")
    return {
        endpoint.pk: sorted(
            (
                (model.pk, model.name, model.get_model_type_display())
                for model in endpoint.models.all()
            ),
            key=itemgetter(1),
        )
        for endpoint in used.prefetch_related("models")
    }


def _values(organization: Organization, columns: Sequence[str], *, may_act: bool) -> dict[str, Any]:
    """What all rows are given."""
    return {
        "organization": organization,
        "cells": list(_cells(columns)),
        "shows_message": "message" in columns,
        "may_act": may_act,
    }


def _html(
    endpoints: Iterable[Endpoint],
    values: dict[str, Any],
    used: _Used,
    stale: dict[int, Any],
    acting: dict[int, str],
) -> dict[int, SafeString]:
    """The rows of the endpoints, by their ids."""
    row = get_template(TEMPLATE)
    return {
        endpoint.pk: SafeString(
            row.render(
                values
                | {
                    "endpoint": endpoint,
                    "under_way": acting.get(endpoint.pk, ""),
                    "models": used.get(endpoint.pk, ()),
                    "stale": endpoint.namespace_id in stale and not endpoint.deleted_at,
                    "seen_at": stale.get(endpoint.namespace_id),
                }
            )
        )
        for endpoint in endpoints
    }


def _cells(columns: Sequence[str]) -> Iterator[tuple[SafeString, Template]]:
    """Of each column, its cells' attributes and template."""
    for key in columns:
        column = COLUMNS[key]
        # Only what somebody chose is named in the row itself, on a phone.
        named = columns != DEFAULT
        yield column.attributes(named=named), Engine.get_default().get_template(column.template)
