"""Home: what needs attention first."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
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
    known = polls.known_version(request)
    if known == fresh.tag:
        return polls.nothing_new()
    context = _context(membership, fresh)
    if known is None:
        return render(request, "overview/home.html", context)
    html = render_to_string("overview/home.html#live", context, request)
    return polls.update(html, fresh.tag)


def _context(membership: Membership, fresh: freshness.Freshness) -> dict[str, Any]:
    whole = facets.of(membership.organization_id, fresh.version)
    counts = summary.of(membership.organization_id, fresh.version)
    items = attention.items(membership, counts)
    groups = [(group, state, whole.groups[group]) for group, state in BAR]
    return {
        "version": fresh.tag,
        "facets": whole,
        "summary": counts,
        "attention": items,
        "more_attention": counts.attention - len(items),
        "segments": [(state, count) for _, state, count in groups],
        "legend": [(group, state, count) for group, state, count in groups if count],
    }
