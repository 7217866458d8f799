"""Announcing that a namespace has come into sight, or out of it."""

from hfadmin.live import versions
from providers.tokens.models import Namespace


def show_health(namespace: Namespace) -> None:
    """Mark the namespace as changed for open pages. It shows on every row of it, however many there
    are, so it is written once."""
    version = versions.advance(namespace.organization_id)
    Namespace.objects.filter(pk=namespace.pk).update(version=version)
