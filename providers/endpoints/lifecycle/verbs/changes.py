"""Verbs that change how an endpoint is set up. Each sends nothing but what it changes."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hfadmin.audit.verbs import request
from providers.endpoints.lifecycle import columns
from providers.endpoints.lifecycle.forms import (
    AccessForm,
    HardwareForm,
    ModelForm,
    ScalingForm,
    TagsForm,
)
from providers.endpoints.lifecycle.forms.tags import MOST_TAGS
from providers.endpoints.lifecycle.verbs.verb import ActionVerb, Place, is_as_wanted
from providers.endpoints.models import Endpoint, EndpointState
from providers.huggingface import client, limits
from providers.huggingface.types import RemoteEndpoint

if TYPE_CHECKING:
    from hfadmin.vault import Secret
    from providers.endpoints.lifecycle.models import Action

Wanted = Mapping[str, Any]

_CLOCKS_DIFFER_BY: Final = timedelta(seconds=5)
_ANSWERED_WITHIN: Final = timedelta(seconds=15)  # nobody waits longer for it


def _updating(
    body: Callable[[Wanted], dict[str, Any]],
) -> Callable[["Secret", "Action"], RemoteEndpoint]:
    """The call that changes what `body` makes of the columns that are wanted."""

    def call(token: "Secret", action: "Action") -> RemoteEndpoint:
        changes = body(action.wanted)
        return client.update_endpoint(token, action.namespace.name, action.name, changes)

    return call


def scaling_of(wanted: Wanted) -> dict[str, Any]:
    scaling = {
        "minReplica": wanted["min_replicas"],
        "maxReplica": wanted["max_replicas"],
        "scaleToZeroTimeout": wanted["scale_to_zero_minutes"],
    }
    if "autoscale_by" in wanted:
        scaling["measure"] = {wanted["autoscale_by"]: wanted["autoscale_threshold"]}
    return {"compute": {"scaling": scaling}}


def hardware_of(wanted: Wanted) -> dict[str, Any]:
    compute = {
        "accelerator": wanted["accelerator"],
        "instanceType": wanted["instance_type"],
        "instanceSize": wanted["instance_size"],
    }
    return {"compute": compute}


def _model(wanted: Wanted) -> dict[str, Any]:
    """Without a revision, Hugging Face takes the newest."""
    return {"model": {name: value or None for name, value in wanted.items()}}


def _is_deployed(endpoint: Endpoint, action: "Action") -> bool:
    """The commit that a branch is at is not known before. So where nothing else tells, it counts
    that the endpoint was updated since the action was sent; where no answer came, right then: what
    was updated later may have been by anybody."""
    if not is_as_wanted(endpoint, action):
        return False
    revision = action.wanted.get("revision")
    if "repository" in action.wanted or revision is None or columns.is_commit(revision):
        return True
    updated_at = endpoint.updated_upstream_at
    if action.sent_at is None or updated_at is None:
        return False
    if updated_at < action.sent_at - _CLOCKS_DIFFER_BY:
        return False
    is_answered = action.state == action.State.ACCEPTED
    return is_answered or updated_at <= action.sent_at + _ANSWERED_WITHIN + _CLOCKS_DIFFER_BY


def _tags_not_entered(endpoint: Endpoint) -> str | Promise:
    """Why its tags would not be the same once they were entered."""
    if len(endpoint.tags) > MOST_TAGS or any(len(tag) >= limits.TAG for tag in endpoint.tags):
        return _("It has more or longer tags than hfadmin reads. Edit them at Hugging Face.")
    if any("," in tag or tag != " ".join(tag.split()) for tag in endpoint.tags):
        return _("A comma or unusual spaces stand in one of its tags. Edit them at Hugging Face.")
    return ""


_change: Final = partial(
    ActionVerb,
    consequence=_("A running endpoint goes on answering while it changes."),
    already=_("It is so already."),
    states=frozenset(EndpointState.values),
    is_done=is_as_wanted,
    place=Place.CHANGES,
)

VERBS: Final = (
    _change(
        name="scaling",
        label=_("Change scaling"),
        icon="sliders-horizontal",
        question=_("Change the scaling of %(name)s"),
        record=request("endpoint.scaling", _("Asked to change the scaling of the endpoint")),
        call=_updating(scaling_of),
        form=ScalingForm,
    ),
    _change(
        name="hardware",
        label=_("Change hardware"),
        icon="cpu",
        question=_("Change the hardware of %(name)s"),
        record=request("endpoint.hardware", _("Asked to change the hardware of the endpoint")),
        call=_updating(hardware_of),
        form=HardwareForm,
    ),
    _change(
        name="model",
        label=_("Change model or revision"),
        icon="git-commit-horizontal",
        question=_("Change what %(name)s runs"),
        consequence=_(
            "A running endpoint goes on answering with the old model until the new one is ready. "
            "Its engine, its variables and its secrets stay as they are."
        ),
        record=request("endpoint.model", _("Asked to change the model of the endpoint")),
        call=_updating(_model),
        is_done=_is_deployed,
        form=ModelForm,
    ),
    _change(
        name="tags",
        label=_("Edit tags"),
        icon="tag",
        question=_("Edit the tags of %(name)s"),
        consequence=_("Nothing is rolled out: only the tags change."),
        record=request("endpoint.tags", _("Asked to change the tags of the endpoint")),
        call=_updating(lambda wanted: {"tags": wanted["tags"]}),
        form=TagsForm,
        unfit=_tags_not_entered,
    ),
    _change(
        name="access",
        label=_("Change access"),
        icon="lock-keyhole",
        question=_("Change who may call %(name)s"),
        consequence=_("Whoever may no longer call it is refused from then on."),
        record=request("endpoint.access", _("Asked to change who may call the endpoint")),
        call=_updating(lambda wanted: {"type": wanted["auth_type"]}),
        form=AccessForm,
    ),
)
