"""The verb that leaves nothing."""

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from hfadmin.audit.verbs import request
from providers.endpoints.lifecycle.forms import TypedNameForm
from providers.endpoints.lifecycle.verbs import changes, power
from providers.endpoints.lifecycle.verbs.verb import ActionVerb, Bulk, Effect, Place, is_there
from providers.endpoints.models import EndpointState
from providers.huggingface import client

if TYPE_CHECKING:
    from hfadmin.vault import Secret
    from providers.endpoints.lifecycle.models import Action


def _delete(token: "Secret", action: "Action") -> None:
    client.delete_endpoint(token, action.namespace.name, action.name)


VERBS: Final = (
    ActionVerb(
        name="delete",
        label=_("Delete"),
        icon="trash-2",
        question=_("Delete %(name)s?"),
        consequence=_(
            "It is deleted at Hugging Face, for good, with its address. Nobody can bring it back."
        ),
        already=_("It is gone already."),
        record=request("endpoint.delete", _("Asked to delete the endpoint")),
        states=frozenset(EndpointState.values),
        call=_delete,
        is_done=lambda endpoint, action: not is_there(endpoint, action),
        awaits=_("Deleted"),
        form=TypedNameForm,
        overrides=frozenset(verb.name for verb in (*power.VERBS, *changes.VERBS)),
        effect=Effect.STOPS,
        place=Place.MORE,
        bulk=Bulk(
            button=ngettext_lazy(
                "Delete %(count)d endpoint", "Delete %(count)d endpoints", "count"
            ),
            will=ngettext_lazy("%(count)d will be deleted", "%(count)d will be deleted", "count"),
            consequence=_(
                "They are deleted at Hugging Face, for good, with their addresses. Nobody can "
                "bring them back."
            ),
        ),
        is_danger=True,
    ),
)
