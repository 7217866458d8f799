from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hfadmin.accounts import access
from hfadmin.accounts.models import Role
from hfadmin.audit.actors import Actor
from providers.endpoints.lifecycle import keeping
from providers.endpoints.lifecycle.configuration import SETTINGS


@require_POST
def keep(request: HttpRequest, organization: str, setting: str, pk: int) -> HttpResponse:
    """Take what Hugging Face has as what is wanted from now on."""
    membership = access.member(request, organization, Role.OPERATOR)
    if setting not in SETTINGS:
        raise Http404
    rows = membership.organization.endpoints.select_related("namespace", "organization")
    endpoint = get_object_or_404(rows, pk=pk)
    try:
        keeping.keep(endpoint, SETTINGS[setting], request.POST.get("seen", ""), Actor.of(request))
    except keeping.ChangedMeanwhileError:
        sentence = _("Hugging Face has something else by now than what you saw. Look once more.")
        messages.warning(request, sentence)
    return redirect("endpoints:detail", organization, endpoint.namespace.name, endpoint.name)
