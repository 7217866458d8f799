"""What an entry of the table of verbs says."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hfadmin.accounts.models import Role
from hfadmin.audit.verbs import Verb
from providers.endpoints.lifecycle import columns
from providers.endpoints.lifecycle.forms import ActionForm
from providers.endpoints.models import Endpoint, EndpointState
from providers.huggingface.types import RemoteEndpoint
from providers.tokens.xray import Ability

if TYPE_CHECKING:
    from hfadmin.vault import Secret
    from providers.endpoints.lifecycle.models import Action


_AS_WANTED: Final = _("As wanted")


class Effect(Enum):
    """On what the endpoint costs."""

    NONE = "none"
    STOPS = "stops"
    STARTS = "starts"


class Place(Enum):
    """Where it is offered: as a button, in the menu of changes, or in the menu of all else."""

    BAR = "bar"
    CHANGES = "changes"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Bulk:
    """The words for many endpoints at once; the first two are plural forms with %(count)d."""

    button: str | Promise
    will: str | Promise
    consequence: str | Promise


@dataclass(frozen=True, slots=True)
class ActionVerb:
    """`call` makes the one request that changes something, and returns the endpoint as it is then,
    None where the answer does not tell. `is_done` says of an endpoint, as it was last seen, whether
    it is as the action wants it. `states` are those in which it is offered; Hugging Face has the
    last word. `form` is what has to be entered, `unfit` says why this endpoint is not offered it,
    and `overrides` are the verbs that it takes the place of, as long as they are not sent.
    `ability` is what the token needs, `awaits` names what a look is to show. Without `bulk` it is
    for one endpoint at a time. What `creates` is about a name under which nothing stands yet.
    """

    name: str
    label: str | Promise
    icon: str
    question: str | Promise  # with %(name)s
    consequence: str | Promise
    already: str | Promise  # what is said of an endpoint that is so
    record: Verb
    states: frozenset[str]
    call: Callable[["Secret", "Action"], RemoteEndpoint | None]
    is_done: Callable[[Endpoint, "Action"], bool]
    form: type[ActionForm] = ActionForm
    unfit: Callable[[Endpoint], str | Promise] = lambda _endpoint: ""
    overrides: frozenset[str] = frozenset()
    ability: Ability = Ability.MANAGE
    role: Role = Role.OPERATOR
    effect: Effect = Effect.NONE
    place: Place = Place.BAR
    bulk: Bulk | None = None
    is_danger: bool = False
    creates: bool = False
    awaits: str | Promise = _AS_WANTED

    def fits(self, state: str) -> bool:
        """Whether it is offered in this state. In one that nobody knows, everything is."""
        return state in self.states or state not in EndpointState.values

    @property
    def asks(self) -> bool:
        """Whether more is entered than why. (A template would call the form itself.)"""
        return self.form is not ActionForm


def is_there(endpoint: Endpoint, action: "Action") -> bool:
    """Whether the one that was meant still is: another may have been made under its name."""
    return not endpoint.deleted_at and action.means(endpoint)


def is_in(*states: str) -> Callable[[Endpoint, "Action"], bool]:
    return lambda endpoint, action: endpoint.state in states and is_there(endpoint, action)


def is_as_wanted(endpoint: Endpoint, action: "Action") -> bool:
    """Without anything wanted yet, nothing is."""
    if not action.wanted or not is_there(endpoint, action):
        return False
    return not columns.differing(endpoint, action.wanted)
