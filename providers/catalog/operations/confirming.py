"""An administrator's confirmation that a token may go to an address that is not listed for it."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied

from hfadmin.accounts.models import Organization, Role
from hfadmin.audit import operations as audit
from hfadmin.audit.actors import Actor
from providers.catalog import verbs
from providers.catalog.requirements import host_of
from providers.tokens.models import AccessToken

Entries = dict[str, Any]  # the columns of a Setup

# A confirmation speaks of one token and one address.
_SPEAKS_OF = ("url_confirmed", "token_id", "endpoint_url")


def record(
    organization: Organization, entries: Entries, *, after: Iterable[Entries], actor: Actor
) -> None:
    """Record a confirmation that `entries` hold and none of `after` held: whatever is pressed, it
    is recorded once. Raises PermissionDenied where the actor is no administrator. Call it in the
    transaction that stores `entries`, before anything is sent."""
    if not entries["url_confirmed"] or any(_is_same(entries, earlier) for earlier in after):
        return
    if not organization.memberships.filter(user=actor.user, role=Role.ADMIN).exists():
        raise PermissionDenied
    token = AccessToken.objects.get(organization=organization, pk=entries["token_id"])
    host = host_of(entries["endpoint_url"])
    audit.record(organization, verbs.ADDRESS_CONFIRMED, token, actor, host=host)


def _is_same(entries: Entries, earlier: Entries) -> bool:
    return all(entries[name] == earlier[name] for name in _SPEAKS_OF)
