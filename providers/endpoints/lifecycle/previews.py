"""What an action would do now, or why it cannot be asked for."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from hfadmin.accounts.models import Membership
from hfadmin.ui.states import state_style
from providers.endpoints import outlook
from providers.endpoints.lifecycle import rights
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import OFFERED, VERBS, ActionVerb, Effect, Place
from providers.endpoints.models import Endpoint
from providers.huggingface.errors import Diagnosis
from providers.tokens.models import NamespaceAccess


@dataclass(frozen=True, slots=True)
class Preview:
    """Of one verb and one endpoint. `obstacle`: the sentence that says why it cannot be asked for,
    "" where it can; `problem`: what says so in full, where it is a diagnosis."""

    verb: ActionVerb
    endpoint: Endpoint
    obstacle: str | Promise = ""
    problem: Diagnosis | None = None

    @property
    def question(self) -> str:
        return str(self.verb.question) % {"name": self.endpoint.name}

    @property
    def is_so(self) -> bool:
        """Whether the endpoint is as the action would make it."""
        return self.obstacle == self.verb.already

    @property
    def changes_by(self) -> Decimal | None:
        """US dollars per hour that it saves or costs; None where that is not known, or it changes
        nothing."""
        return self.saves_per_hour if self.costs_per_hour is None else self.costs_per_hour

    @property
    def saves_per_hour(self) -> Decimal | None:
        """US dollars that it costs now, where it will cost nothing afterwards."""
        stops = self.verb.effect is Effect.STOPS
        return self.endpoint.cost_per_hour if stops else None

    @property
    def costs_per_hour(self) -> Decimal | None:
        """US dollars for the replicas that start."""
        return outlook.of(self.endpoint).awake if self.verb.effect is Effect.STARTS else None

    @property
    def is_unpriced(self) -> bool:
        """Whether it changes what the endpoint costs, and nobody knows by how much."""
        return self.verb.effect is not Effect.NONE and self.changes_by is None


def of(endpoint: Endpoint, verb: ActionVerb) -> Preview:
    """What it would do to the endpoint as it was last seen."""
    accesses = rights.accesses_of(endpoint.namespace)
    return preview(endpoint, verb, Action.objects.open_about(endpoint), accesses)


def offered(
    endpoint: Endpoint,
    membership: Membership,
    known: Action | None,
    accesses: Sequence[NamespaceAccess],
) -> list[Preview]:
    """The verbs that the endpoint's page offers, while the action `known` is open; `accesses` are
    those of its namespace. In the bar are those that fit its state."""
    if endpoint.deleted_at:
        return []
    verbs = [verb for verb in OFFERED.values() if _is_shown(verb, endpoint)]
    if membership.may(verbs[0].role if verbs else VERBS["pause"].role):
        return [preview(endpoint, verb, known, accesses) for verb in verbs]
    sentence = _("Operators and administrators of this organization can do this.")
    return [Preview(verb, endpoint, sentence) for verb in verbs]


def by_place(offers: list[Preview]) -> dict[str, list[Preview]]:
    return {place.value: [each for each in offers if each.verb.place is place] for place in Place}


def kept_back(offers: Sequence[Preview]) -> dict[str, str]:
    """Why buttons of the bar cannot be used, with their labels: "" where it is why for all of them.
    What a diagnosis says is left to `lacks`."""
    bar = [each for each in offers if each.verb.place is Place.BAR]
    labels: dict[str, list[str]] = defaultdict(list)
    for each in bar:
        if each.obstacle and each.problem is None:
            labels[str(each.obstacle)].append(str(each.verb.label))
    return {
        why: "" if len(those) == len(bar) else ", ".join(those) for why, those in labels.items()
    }


def preview(
    endpoint: Endpoint,
    verb: ActionVerb,
    known: Action | None,
    accesses: Sequence[NamespaceAccess],
) -> Preview:
    """`known` is its open action, `accesses` are those of its namespace."""
    action = Action(verb=verb.name, endpoint=endpoint, namespace=endpoint.namespace)
    if verb.is_done(endpoint, action):
        return Preview(verb, endpoint, verb.already)
    if endpoint.deleted_at:
        return Preview(verb, endpoint, _("It was deleted at Hugging Face."))
    if known is not None and not _gives_way(known, verb):
        return Preview(verb, endpoint, busy(known))
    if unfit := verb.unfit(endpoint):
        return Preview(verb, endpoint, unfit)
    if not verb.fits(endpoint.state):
        state = state_style(endpoint.state).label
        return Preview(verb, endpoint, _("Its state is: %(state)s.") % {"state": state})
    ability = rights.needed(verb, endpoint)
    usable, waits_until = rights.usable(endpoint.namespace, accesses, ability)
    if not usable and waits_until is None:
        why = rights.why_none(endpoint.namespace, accesses, ability)
        return Preview(verb, endpoint, why.explain(_).title, why)
    return Preview(verb, endpoint)


def busy(known: Action | None) -> str:
    """Who is at the endpoint."""
    if known is None:
        return _("Somebody else is at it.")
    names = {"who": known.by.label, "action": VERBS[known.verb].label}
    return _("%(who)s is at it: %(action)s.") % names


def _is_shown(verb: ActionVerb, endpoint: Endpoint) -> bool:
    return verb.place is not Place.BAR or verb.fits(endpoint.state)


def _gives_way(known: Action, verb: ActionVerb) -> bool:
    is_the_same = known.verb == verb.name and known.withdrawn_by is None
    return is_the_same or (known.state == Action.State.ASKED and known.verb in verb.overrides)
