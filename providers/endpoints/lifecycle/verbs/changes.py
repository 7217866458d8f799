"""Verbs that change how an endpoint is set up. Each sends nothing but what it changes."""

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from hfadmin.audit.verbs import request
from providers.endpoints.lifecycle.forms import ScalingForm
from providers.endpoints.lifecycle.verbs.verb import ActionVerb, Place, is_as_wanted
from providers.endpoints.models import EndpointState
from providers.huggingface import client
from providers.huggingface.types import RemoteEndpoint

if TYPE_CHECKING:
    from hfadmin.vault import Secret
    from providers.endpoints.lifecycle.models import Action

_ANY_STATE: Final = frozenset(EndpointState.values)


def _change_scaling(token: "Secret", action: "Action") -> RemoteEndpoint:
    scaling = {
        "minReplica": action.wanted["min_replicas"],
        "maxReplica": action.wanted["max_replicas"],
        "scaleToZeroTimeout": action.wanted["scale_to_zero_minutes"],
    }
    changes = {"compute": {"scaling": scaling}}
    return client.update_endpoint(token, action.namespace.name, action.name, changes)


VERBS: Final = (
    ActionVerb(
        name="scaling",
        label=_("Change scaling"),
        icon="sliders-horizontal",
        question=_("Change the scaling of %(name)s"),
        consequence=_("A running endpoint goes on answering while it changes."),
        already=_("It is so already."),
        record=request("endpoint.scaling", _("Asked to change the scaling of the endpoint")),
        states=_ANY_STATE,
        call=_change_scaling,
        is_done=is_as_wanted,
        form=ScalingForm,
        place=Place.CHANGES,
    ),
)
