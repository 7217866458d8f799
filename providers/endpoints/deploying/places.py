"""Where an endpoint may be deployed: the namespaces that a stored token may manage, and those
tokens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter

from django.utils.translation import gettext as _

from hfadmin.accounts.models import Organization
from providers.tokens import operations as tokens
from providers.tokens.models import AccessToken, Namespace, TokenState
from providers.tokens.xray import Ability, Cell, NamespaceRights, Reason, Verdict

_MAY = {Verdict.YES, Verdict.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Holder:
    """A token that may manage endpoints of a namespace, as far as is known, or could if there were
    a card on file there. `own` are its rights on its owner."""

    token: AccessToken
    own: NamespaceRights
    rights: NamespaceRights

    @property
    def manages(self) -> Cell:
        return self.rights.cell(Ability.MANAGE)

    @property
    def calls(self) -> Cell:
        return self.rights.cell(Ability.CALL)

    @property
    def may_both(self) -> bool:
        """Whether it is known that it may manage and call, if only somebody pays."""
        cell = self.manages
        manages = cell.verdict is Verdict.YES or cell.reason is Reason.PAYMENT
        return manages and self.calls.verdict is Verdict.YES

    @property
    def label(self) -> str:
        """The token, and what it may do with the endpoint afterwards."""
        words = {"name": self.token.name, "last": self.token.last_four}
        if self.calls.verdict is Verdict.YES:
            return _("%(name)s · …%(last)s · may manage and call") % words
        if self.calls.verdict is Verdict.NO:
            return _("%(name)s · …%(last)s · may manage, and not call") % words
        return _("%(name)s · …%(last)s · may manage; whether it may call is not known") % words


@dataclass(frozen=True, slots=True)
class Place:
    namespace: Namespace
    holders: list[Holder] = field(default_factory=list)

    def holder(self, pk: str) -> Holder | None:
        return next((each for each in self.holders if str(each.token.pk) == pk), None)

    @property
    def can_pay(self) -> bool:
        """Whether a payment method is on file, as Hugging Face told one of the tokens last."""
        latest = self._told_last()
        return latest is not None and latest.rights.can_pay

    @property
    def told_at(self) -> datetime | None:
        latest = self._told_last()
        return latest.token.checked_at if latest else None

    def _told_last(self) -> Holder | None:
        told = [
            (holder.token.checked_at, holder)
            for holder in self.holders
            if holder.token.checked_at is not None
        ]
        return max(told, key=itemgetter(0))[1] if told else None


def of(organization: Organization) -> dict[str, Place]:
    """By namespace, in the order of their names; in each the tokens that may both manage and call
    come first."""
    places: dict[str, Place] = {}
    good = organization.tokens.exclude(state=TokenState.INVALID).order_by("name")
    for token, rows, namespaces in tokens.rows_of_each(list(good.exclude(identity={}))):
        seen = {namespace.name: namespace for namespace in namespaces}
        for holder in _holders(token, rows):
            name = holder.rights.namespace
            if name in seen:
                places.setdefault(name, Place(seen[name])).holders.append(holder)
    for place in places.values():
        place.holders.sort(key=_rank)
    return dict(sorted(places.items()))


def _holders(token: AccessToken, rows: Sequence[NamespaceRights]) -> Iterator[Holder]:
    for rights in rows:
        cell = rights.cell(Ability.MANAGE)
        if cell.verdict in _MAY or cell.reason is Reason.PAYMENT:
            yield Holder(token, rows[0], rights)


def _rank(holder: Holder) -> tuple[int, int, str]:
    order = (Verdict.YES, Verdict.UNKNOWN, Verdict.NO, Verdict.NONE)
    return order.index(holder.calls.verdict), order.index(holder.manages.verdict), holder.token.name
