"""How new what we know is: the number that open pages compare, and the age of the oldest look."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.db.models import Case, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import HttpRequest
from django.utils import timezone

from hfadmin.background import health
from hfadmin.live.models import OrganizationVersion
from providers.tokens.models import Namespace

# Longer than any look at a healthy namespace takes to come round.
OVERDUE = timedelta(minutes=11)
_STEP = 10  # seconds by which an open page may be behind with the age of what it shows


@dataclass(frozen=True, slots=True)
class Freshness:
    version: int
    seen_at: datetime | None  # by then, everything that is watched had been looked at

    @property
    def tag(self) -> str:
        """The version of a live page: with it changes all that such a page shows."""
        seen = int(self.seen_at.timestamp()) // _STEP if self.seen_at else 0
        overdue = "o" if self.seen_at and self.seen_at < timezone.now() - OVERDUE else ""
        return f"{self.version}.{seen}{overdue}{health.mark()}"


def of(organization_id: int) -> Freshness:
    """In one query: every poll of every open page asks it."""
    row = next(iter(_all().filter(pk=organization_id)), None)
    return Freshness(*row) if row else Freshness(0, None)


@cache
def _all() -> QuerySet[OrganizationVersion, tuple[int, datetime | None]]:
    """Never asked as it is. Put together once: that took three times as long as to answer it."""
    watched = Namespace.objects.filter(organization=OuterRef("pk"), watched=True)
    oldest = watched.order_by().values("organization").annotate(at=Min("checked_at")).values("at")
    rows = OrganizationVersion.objects.annotate(seen_at=Subquery(oldest))
    return rows.values_list("number", "seen_at")


def asked_by(request: HttpRequest, organization_id: int) -> Freshness:
    """The same for the whole of a request: its view and its frame speak of one moment."""
    known: Freshness | None = getattr(request, "freshness", None)
    if known is None:
        known = of(organization_id)
        request.freshness = known  # type: ignore[attr-defined]
    return known


def is_stale(namespace: Namespace) -> bool:
    """Whether what is shown of it may be out of date."""
    is_overdue = namespace.checked_at and namespace.checked_at < timezone.now() - OVERDUE
    return bool(namespace.problem or not namespace.watched or is_overdue)


@dataclass(frozen=True, slots=True)
class Health:
    """How well a namespace is seen, and the version at which that last changed."""

    stale: bool
    seen_at: datetime | None
    version: int


def healths(organization_id: int, namespaces: Collection[int]) -> dict[int, Health]:
    """Of these namespaces: a page shows a few of perhaps hundreds."""
    unseen = ~Q(problem={}) | Q(watched=False) | Q(checked_at__lt=timezone.now() - OVERDUE)
    rows = Namespace.objects.filter(organization=organization_id, pk__in=namespaces)
    stale = Case(When(unseen, then=Value(True)), default=Value(False))
    found = rows.annotate(stale=stale).values_list("pk", "stale", "checked_at", "version")
    return {pk: Health(*health) for pk, *health in found}
