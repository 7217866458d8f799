from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from hfadmin.accounts import access
from hfadmin.accounts.models import Role
from providers.endpoints.lifecycle import previews, rights
from providers.endpoints.lifecycle.models import Action


@require_safe
def menu(request: HttpRequest, organization: str, pk: int) -> HttpResponse:
    """What can be done to an endpoint, for the menu of its row; a page without JavaScript."""
    membership = access.member(request, organization)
    rows = membership.organization.endpoints.select_related("namespace", "organization")
    endpoint = get_object_or_404(rows, pk=pk)
    known = Action.objects.open_about(endpoint)
    accesses = rights.accesses_of(endpoint.namespace)
    offered = previews.offered(endpoint, membership, known, accesses)
    may_act = membership.may(Role.OPERATOR)
    context = {"endpoint": endpoint, "offered": offered, "may_act": may_act}
    return render(request, "lifecycle/menu.html", context)
