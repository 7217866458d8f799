"""Authorization: the first call in every view of an organization."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from hfadmin.accounts.models import Membership, Role, User


def member(request: HttpRequest, organization: str, role: Role = Role.VIEWER) -> Membership:
    """Return the person's membership in the organization with this slug.

    Raises Http404 for somebody who is no member, and PermissionDenied for a role below `role`. Sets
    `request.membership` and `request.memberships` for the templates.
    """
    assert isinstance(request.user, User)  # noqa: S101 - SignInRequired let nobody else through
    memberships = list(Membership.objects.of(request.user))
    request.memberships = memberships  # type: ignore[attr-defined]
    here = (each for each in memberships if each.organization.slug == organization)
    membership = next(here, None)
    if membership is None:
        raise Http404
    if not membership.may(role):
        raise PermissionDenied(Role(role).label)
    request.membership = membership  # type: ignore[attr-defined]
    return membership
