from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from hfadmin.accounts import access
from hfadmin.accounts.models import Role
from hfadmin.audit.actors import Actor
from providers.endpoints.lifecycle import environment
from providers.huggingface.errors import HuggingFaceError


@never_cache
@require_POST
def reveal(request: HttpRequest, organization: str, pk: int) -> HttpResponse:
    """Show the values of the variables, this once."""
    membership = access.member(request, organization, Role.OPERATOR)
    rows = membership.organization.endpoints.select_related("namespace", "organization")
    endpoint = get_object_or_404(rows, pk=pk)
    context: dict[str, Any] = {"endpoint": endpoint, "may_act": True}
    try:
        context["values"] = environment.reveal(endpoint, Actor.of(request))
    except HuggingFaceError as error:
        context["problem"] = error.diagnosis
    return render(request, "lifecycle/environment.html", context)
