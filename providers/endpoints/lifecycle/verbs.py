"""What can be done to an endpoint. A new verb is an entry of VERBS."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hfadmin.accounts.models import Role
from hfadmin.audit.verbs import Verb, request
from providers.endpoints.lifecycle.forms import ActionForm, ScalingForm, TypedNameForm
from providers.endpoints.models import ASLEEP, FAILED, IN_TRANSITION, Endpoint, EndpointState
from providers.huggingface import client
from providers.huggingface.types import RemoteEndpoint

if TYPE_CHECKING:
    from hfadmin.vault import Secret
    from providers.endpoints.lifecycle.models import Action

_AWAKE: Final = frozenset({EndpointState.RUNNING, *IN_TRANSITION, *FAILED})


@dataclass(frozen=True, slots=True)
class ActionVerb:
    """`call` makes the one request that changes something, and returns the endpoint as it is then,
    None where there is none any more. `is_done` says of an endpoint, as it was last seen, whether
    it is as the action wants it. `states` are those in which it is offered; Hugging Face has the
    last word. `form` is what has to be entered, `unfit` says why this endpoint is not offered it,
    and `overrides` are the verbs that it takes the place of, as long as they are not sent.
    """

    name: str
    label: str | Promise
    icon: str
    question: str | Promise
    consequence: str | Promise
    already: str | Promise  # what is said of an endpoint that is so
    record: Verb
    states: frozenset[str]
    call: Callable[["Secret", "Action"], RemoteEndpoint | None]
    is_done: Callable[[Endpoint, "Action"], bool]
    form: type[ActionForm] | None = None
    unfit: Callable[[Endpoint], str | Promise] = lambda _endpoint: ""
    overrides: frozenset[str] = frozenset()
    role: Role = Role.OPERATOR
    is_danger: bool = False

    @property
    def asks(self) -> bool:
        """Whether something is entered. (A template would call the form itself.)"""
        return self.form is not None


def _is_in(*states: str) -> Callable[[Endpoint, "Action"], bool]:
    return lambda endpoint, _action: endpoint.state in states and not endpoint.deleted_at


def _is_resumed(endpoint: Endpoint, _action: "Action") -> bool:
    return endpoint.state not in ASLEEP and not endpoint.deleted_at


def _delete(token: "Secret", action: "Action") -> None:
    client.delete_endpoint(token, action.namespace.name, action.name)


def _change_scaling(token: "Secret", action: "Action") -> RemoteEndpoint:
    scaling = {
        "minReplica": action.wanted["min_replicas"],
        "maxReplica": action.wanted["max_replicas"],
        "scaleToZeroTimeout": action.wanted["scale_to_zero_minutes"],
    }
    changes = {"compute": {"scaling": scaling}}
    return client.update_endpoint(token, action.namespace.name, action.name, changes)


def _is_as_wanted(endpoint: Endpoint, action: "Action") -> bool:
    """Without anything wanted yet, nothing is."""
    if endpoint.deleted_at or not action.wanted:
        return False
    return all(getattr(endpoint, name) == value for name, value in action.wanted.items())


def _keeps_replicas(endpoint: Endpoint) -> str | Promise:
    return (
        _("Its scaling keeps replicas running. Change that first.") if endpoint.min_replicas else ""
    )


VERBS: Final = {
    verb.name: verb
    for verb in (
        ActionVerb(
            name="pause",
            label=_("Pause"),
            icon="pause",
            question=_("Pause %(name)s?"),
            consequence=_(
                "Its replicas stop and it answers nobody until somebody resumes it. From then on "
                "it costs nothing and holds no quota."
            ),
            already=_("It is paused already."),
            record=request("endpoint.pause", _("Asked to pause the endpoint")),
            states=_AWAKE | {EndpointState.SCALED_TO_ZERO},
            call=lambda token, action: client.pause_endpoint(
                token, action.namespace.name, action.name
            ),
            is_done=_is_in(EndpointState.PAUSED),
            overrides=frozenset({"resume"}),
        ),
        ActionVerb(
            name="resume",
            label=_("Resume"),
            icon="play",
            question=_("Resume %(name)s?"),
            consequence=_(
                "Its replicas start. While they do, and from then on, they cost what is shown."
            ),
            already=_("It is not paused."),
            record=request("endpoint.resume", _("Asked to resume the endpoint")),
            states=frozenset({EndpointState.PAUSED}),
            call=lambda token, action: client.resume_endpoint(
                token, action.namespace.name, action.name
            ),
            is_done=_is_resumed,
            overrides=frozenset({"pause"}),
        ),
        ActionVerb(
            name="scale-to-zero",
            label=_("Scale to zero"),
            icon="moon",
            question=_("Scale %(name)s to zero?"),
            consequence=_(
                "Its replicas stop, and the next request starts them again. Until then it costs "
                "nothing, but it still holds its quota."
            ),
            already=_("It is scaled to zero already."),
            record=request("endpoint.scale_to_zero", _("Asked to scale the endpoint to zero")),
            states=frozenset({EndpointState.RUNNING}),
            call=lambda token, action: client.scale_endpoint_to_zero(
                token, action.namespace.name, action.name
            ),
            is_done=_is_in(EndpointState.SCALED_TO_ZERO),
            unfit=_keeps_replicas,
        ),
        ActionVerb(
            name="scaling",
            label=_("Change scaling"),
            icon="sliders-horizontal",
            question=_("Change the scaling of %(name)s"),
            consequence=_("A running endpoint goes on answering while it changes."),
            already=_("It is so already."),
            record=request("endpoint.scaling", _("Asked to change the scaling of the endpoint")),
            states=frozenset(EndpointState.values),
            call=_change_scaling,
            is_done=_is_as_wanted,
            form=ScalingForm,
        ),
        ActionVerb(
            name="delete",
            label=_("Delete"),
            icon="trash-2",
            question=_("Delete %(name)s?"),
            consequence=_(
                "It is deleted at Hugging Face, for good, with its address. Nobody can bring it "
                "back."
            ),
            already=_("It is gone already."),
            record=request("endpoint.delete", _("Asked to delete the endpoint")),
            states=frozenset(EndpointState.values),
            call=_delete,
            is_done=lambda endpoint, _action: endpoint.deleted_at is not None,
            form=TypedNameForm,
            overrides=frozenset({"pause", "resume", "scale-to-zero", "scaling"}),
            is_danger=True,
        ),
    )
}
