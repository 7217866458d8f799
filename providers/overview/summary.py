"""The counts that the frame and Home show, worked out once for each version."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from hfadmin.live.cache import VersionCache
from providers.catalog.models import ProviderModel
from providers.endpoints.inventory import facets
from providers.tokens.models import AccessToken, Namespace, TokenState

_cache: VersionCache["Summary"] = VersionCache(200)
BAD = (TokenState.INVALID, TokenState.UNREACHABLE, TokenState.EXPIRING)


@dataclass(frozen=True, slots=True)
class Summary:
    endpoints: int
    endpoints_failing: int
    tokens: int
    tokens_failing: int
    tokens_bad: int
    models: int
    models_verified: int
    models_failing: int
    namespaces_unseen: int

    @property
    def attention(self) -> int:
        return (
            self.endpoints_failing + self.tokens_bad + self.models_failing + self.namespaces_unseen
        )


def of(organization_id: int, version: int) -> Summary:
    return _cache.get_or_set((organization_id, version), lambda: _summary(organization_id, version))


def _summary(organization_id: int, version: int) -> Summary:
    endpoints = facets.of(organization_id, version)
    tokens = _by_state(AccessToken.objects.filter(organization=organization_id))
    enabled = ProviderModel.objects.filter(organization=organization_id, enabled=True)
    models = _by_state(enabled)
    return Summary(
        endpoints=endpoints.total,
        endpoints_failing=endpoints.groups["failed"],
        tokens=sum(tokens.values()),
        tokens_failing=tokens.get(TokenState.INVALID, 0),
        tokens_bad=bad_tokens(organization_id).count(),
        models=sum(models.values()),
        models_verified=models.get(ProviderModel.State.VERIFIED, 0),
        models_failing=models.get(ProviderModel.State.FAILING, 0),
        namespaces_unseen=Namespace.objects.filter(organization=organization_id).unseen().count(),
    )


def bad_tokens(organization_id: int) -> QuerySet[AccessToken]:
    """Those that need a person; of limited ones those on which a model hangs."""
    used = ProviderModel.objects.filter(organization=organization_id, enabled=True)
    limited = Q(state=TokenState.LIMITED, pk__in=used.values("token"))
    tokens = AccessToken.objects.filter(organization=organization_id)
    return tokens.defer("identity").filter(Q(state__in=BAD) | limited)


def _by_state(rows: QuerySet[Any]) -> dict[str, int]:
    return dict(rows.order_by().values_list("state").annotate(count=Count("pk")))
