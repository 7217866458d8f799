"""What every page needs to know about who is looking, and at which organization."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from hfadmin.accounts.models import Membership


def site(request: HttpRequest) -> dict[str, Any]:
    membership: Membership | None = getattr(request, "membership", None)
    return {
        "membership": membership,
        "organization": membership.organization if membership else None,
        "SANDBOX": settings.SANDBOX,
        "VERSION": settings.VERSION,
    }
