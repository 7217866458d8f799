"""The counts beside the navigation, and how fresh everything is."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from hfadmin.accounts import context as accounts
from hfadmin.accounts.models import Membership
from providers.endpoints import freshness
from providers.overview import summary


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`nav` for the page's frame, asked for only where it is rendered: one query at most pages."""
    membership: Membership | None = getattr(request, "membership", None)
    frame = accounts.navigation(request)
    if membership is None:
        return {"nav": frame}
    organization = membership.organization_id

    def fresh() -> freshness.Freshness:
        return freshness.asked_by(request, organization)

    def counted(name: str) -> Callable[[], int]:
        return lambda: getattr(summary.of(organization, fresh().version), name)

    return {
        "nav": frame
        | {
            "attention": counted("attention"),
            "endpoints": counted("endpoints"),
            "tokens": counted("tokens"),
            "tokens_failing": counted("tokens_failing"),
            "models": counted("models"),
            "models_failing": counted("models_failing"),
            "seen_at": lambda: fresh().seen_at,
        }
    }
