"""Context processor: the person's organization, and what the navigation shows."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from hfadmin.accounts.models import Membership, Organization, User
from hfadmin.background import health


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the variables that every template has."""
    membership: Membership | None = getattr(request, "membership", None)
    return {
        "membership": membership,
        "organization": membership.organization if membership else None,
        "SANDBOX": settings.SANDBOX,
        "VERSION": settings.VERSION,
        "nav": navigation(request),
    }


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return callables for the navigation, so that queries run only where it is rendered."""

    @cache
    def organizations() -> list[Organization]:
        if not isinstance(request.user, User):
            return []
        memberships: Iterable[Membership] | None = getattr(request, "memberships", None)
        if memberships is None:
            memberships = Membership.objects.of(request.user)
        return [membership.organization for membership in memberships]

    return {"organizations": organizations, "worker_missing": health.background_is_missing}
