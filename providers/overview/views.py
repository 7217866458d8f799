"""Home: what needs attention first."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from hfadmin.accounts import access
from hfadmin.accounts.models import Membership
from hfadmin.live import polls
from providers.endpoints import freshness
from providers.endpoints.inventory import facets
from providers.overview import attention, summary

# The parts of the bar, in the order in which they stand, each with a state of its colour.
BAR = (
    ("running", "running"),
    ("transition", "transition"),
    ("asleep", "scaledToZero"),
    ("paused", "paused"),
    ("failed", "failed"),
    ("other", "unknown"),
)


@require_safe
def home(request: HttpRequest, organization: str) -> HttpResponse:
    membership = access.member(request, organization)
    fresh = freshness.asked_by(request, membership.organization_id)
    return polls.page(request, "overview/home.html", fresh.tag, lambda: _context(membership, fresh))


def _context(membership: Membership, fresh: freshness.Freshness) -> dict[str, Any]:
    whole = facets.of(membership.organization_id, fresh.version)
    counts = summary.of(membership.organization_id, fresh.version)
    items = attention.items(membership, counts)
    groups = [(group, state, whole.groups[group]) for group, state in BAR]
    return {
        "facets": whole,
        "summary": counts,
        "attention": items,
        "more_attention": counts.attention - len(items),
        "segments": [(state, count) for _, state, count in groups],
        "legend": [(group, state, count) for group, state, count in groups if count],
    }
