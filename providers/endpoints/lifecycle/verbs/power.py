"""Verbs that start and stop an endpoint's replicas."""

from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from hfadmin.audit.verbs import request
from providers.endpoints.lifecycle.verbs.verb import ActionVerb, Bulk, Effect, is_in, is_there
from providers.endpoints.models import (
    ASLEEP,
    FAILED,
    IN_TRANSITION,
    UNKNOWN,
    Endpoint,
    EndpointState,
)
from providers.huggingface import client
from providers.tokens.xray import Ability

if TYPE_CHECKING:
    from hfadmin.vault import Secret
    from providers.endpoints.lifecycle.models import Action

_AWAKE: Final = frozenset({EndpointState.RUNNING, *IN_TRANSITION, *FAILED})


def _is_started(endpoint: Endpoint, action: "Action") -> bool:
    # What says no state may be asleep still.
    return endpoint.state not in {*ASLEEP, UNKNOWN} and is_there(endpoint, action)


def _wake(token: "Secret", action: "Action") -> None:
    """The address is that of the look just before, which was made with this very token."""
    url = action.endpoint.url if action.endpoint else ""
    client.wake_endpoint(token, url, listed=[url])


def _not_paused(endpoint: Endpoint) -> str | Promise:
    if endpoint.state == EndpointState.SCALED_TO_ZERO:
        return _("It is not paused but scaled to zero. Wake it.")
    return ""


def _not_scaled_to_zero(endpoint: Endpoint) -> str | Promise:
    if endpoint.state == EndpointState.PAUSED:
        return _("It is paused, and no request wakes it. Resume it.")
    return "" if endpoint.url else _("Hugging Face lists no address to which a request could go.")


def _keeps_replicas(endpoint: Endpoint) -> str | Promise:
    return (
        _("Its scaling keeps replicas running. Change that first.") if endpoint.min_replicas else ""
    )


VERBS: Final = (
    ActionVerb(
        name="pause",
        label=_("Pause"),
        icon="pause",
        question=_("Pause %(name)s?"),
        consequence=_(
            "Its replicas stop and it answers nobody until somebody resumes it. From then on it "
            "costs nothing and holds no quota."
        ),
        already=_("It is paused already."),
        record=request("endpoint.pause", _("Asked to pause the endpoint")),
        states=_AWAKE | {EndpointState.SCALED_TO_ZERO},
        call=lambda token, action: client.pause_endpoint(token, action.namespace.name, action.name),
        is_done=is_in(EndpointState.PAUSED),
        awaits=_("Paused"),
        overrides=frozenset({"resume", "wake"}),
        effect=Effect.STOPS,
        bulk=Bulk(
            button=ngettext_lazy("Pause %(count)d endpoint", "Pause %(count)d endpoints", "count"),
            will=ngettext_lazy("%(count)d will pause", "%(count)d will pause", "count"),
            consequence=_(
                "Paused, they cost nothing, hold no quota and answer nobody until a person "
                "resumes them."
            ),
        ),
    ),
    ActionVerb(
        name="resume",
        label=_("Resume"),
        icon="play",
        question=_("Resume %(name)s?"),
        consequence=_("Its replicas start. While they do, and from then on, they cost money."),
        already=_("It is not paused."),
        record=request("endpoint.resume", _("Asked to resume the endpoint")),
        states=frozenset({EndpointState.PAUSED}),
        call=lambda token, action: client.resume_endpoint(
            token, action.namespace.name, action.name
        ),
        is_done=_is_started,
        awaits=_("Started"),
        unfit=_not_paused,
        overrides=frozenset({"pause"}),
        effect=Effect.STARTS,
        bulk=Bulk(
            button=ngettext_lazy(
                "Resume %(count)d endpoint", "Resume %(count)d endpoints", "count"
            ),
            will=ngettext_lazy("%(count)d will be resumed", "%(count)d will be resumed", "count"),
            consequence=_(
                "Their replicas start. While they do, and from then on, they cost money."
            ),
        ),
    ),
    ActionVerb(
        name="wake",
        label=_("Wake"),
        icon="power",
        question=_("Wake %(name)s?"),
        consequence=_(
            "One small request is sent to it, upon which its replicas start. While they do, and "
            "until it scales to zero again, they cost money."
        ),
        already=_("It is not asleep."),
        record=request("endpoint.wake", _("Asked to wake the endpoint")),
        states=frozenset({EndpointState.SCALED_TO_ZERO}),
        call=_wake,
        is_done=_is_started,
        awaits=_("Started"),
        unfit=_not_scaled_to_zero,
        overrides=frozenset({"scale-to-zero"}),
        ability=Ability.CALL,
        effect=Effect.STARTS,
        bulk=Bulk(
            button=ngettext_lazy("Wake %(count)d endpoint", "Wake %(count)d endpoints", "count"),
            will=ngettext_lazy("%(count)d will wake", "%(count)d will wake", "count"),
            consequence=_(
                "One small request is sent to each, upon which its replicas start. While they do, "
                "and until they scale to zero again, they cost money."
            ),
        ),
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
        is_done=is_in(EndpointState.SCALED_TO_ZERO),
        awaits=_("Scaled to zero"),
        unfit=_keeps_replicas,
        overrides=frozenset({"wake"}),
        effect=Effect.STOPS,
        bulk=Bulk(
            button=ngettext_lazy(
                "Scale %(count)d endpoint to zero", "Scale %(count)d endpoints to zero", "count"
            ),
            will=ngettext_lazy(
                "%(count)d will scale to zero", "%(count)d will scale to zero", "count"
            ),
            consequence=_(
                "Their replicas stop, and the next request to each starts it again. Until then "
                "they cost nothing, but they still hold their quota."
            ),
        ),
    ),
)
