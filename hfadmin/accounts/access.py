"""The first line of every view: which organization, and may this person do that here."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from hfadmin.accounts.models import Membership, Role, User


def member(request: HttpRequest, organization: str, role: Role = Role.VIEWER) -> Membership:
    """The person's membership in the organization with this slug.

    Not a member is 404, as if it did not exist; a member whose role is too low is 403. The
    membership is kept on the request for the templates, with the others for the switcher: few,
    and so one query for both.
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
