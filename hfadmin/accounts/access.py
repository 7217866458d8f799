"""The first line of every view: which organization, and may this person do that here."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from hfadmin.accounts.models import Membership, Role, User


def member(request: HttpRequest, organization: str, role: Role = Role.VIEWER) -> Membership:
    """The person's membership in the organization with this slug.

    Not a member is 404, as if it did not exist; a member whose role is too low is 403. The
    membership is kept on the request for the templates.
    """
    assert isinstance(request.user, User)  # noqa: S101 - SignInRequired let nobody else through
    membership = Membership.objects.of(request.user).filter(organization__slug=organization).first()
    if membership is None:
        raise Http404
    if not membership.may(role):
        raise PermissionDenied(Role(role).label)
    request.membership = membership  # type: ignore[attr-defined]
    return membership
