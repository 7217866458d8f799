"""What a token can do in each namespace: a pure reading of whoami and of the last list calls.

A "yes" or "no" is said only where the real call would answer so. What may still be decided by
something that nobody has asked yet, or by a permission or role that hfadmin does not know, is
unknown: an organization's token policy shows only in the answers to real calls.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy

from providers.huggingface.errors import Diagnosis
from providers.huggingface.types import Identity, Membership

SERVERLESS = "inference.serverless.write"
ENDPOINTS_READ = "inference.endpoints.read"
ENDPOINTS_WRITE = "inference.endpoints.write"
ENDPOINTS_CALL = "inference.endpoints.infer.write"


class Ability(TextChoices):
    LIST = "list", gettext_lazy("List endpoints")
    MANAGE = "manage", gettext_lazy("Manage endpoints")
    CALL = "call", gettext_lazy("Call endpoints")
    HOSTED = "hosted", gettext_lazy("Hosted inference")
    GATED = "gated", gettext_lazy("Gated models")


class Verdict(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    NONE = "none"  # the question does not arise here


class Reason(StrEnum):
    """Why not, or why not known."""

    MISSING = "missing"  # a box that is not ticked on a fine-grained token
    READ_ROLE = "read_role"  # a token of the role read
    MEMBER_ROLE = "member_role"  # the owner's role in the organization
    PAYMENT = "payment"  # nothing can be started without a payment method
    POLICY = "policy"  # the organization's token policy, as a real call told
    REFUSED = "refused"  # a real list call was refused
    REJECTED = "rejected"  # Hugging Face no longer accepts the token
    NOT_ASKED = "not_asked"  # an organization that no call has gone to yet
    UNFAMILIAR = "unfamiliar"  # a permission or role that hfadmin does not know


@dataclass(frozen=True, slots=True)
class Cell:
    ability: Ability
    verdict: Verdict
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """How the last list call in a namespace through the token ended."""

    admitted: bool = False  # a good answer, at least once, and no refusal since
    problem: Diagnosis | None = None

    @property
    def refused(self) -> bool:
        return self.problem is not None and self.problem.is_refusal

    @property
    def by_policy(self) -> bool:
        return self.problem is not None and self.problem.is_policy


@dataclass(frozen=True, slots=True)
class NamespaceRights:
    namespace: str
    kind: str  # "user" or "org"
    role: str  # the owner's role in the organization, "" for a user
    can_pay: bool  # whether a payment method is on file there
    permissions: frozenset[str]
    cells: tuple[Cell, ...]
    seen: Seen = field(default_factory=Seen)

    def cell(self, ability: Ability) -> Cell:
        return next(cell for cell in self.cells if cell.ability is ability)

    def may(self, ability: Ability) -> bool:
        """Whether it is not known to be refused."""
        return self.cell(ability).verdict in {Verdict.YES, Verdict.UNKNOWN}

    @property
    def abilities(self) -> dict[str, str]:
        return {cell.ability.value: cell.verdict.value for cell in self.cells}


GRANTED_BY: dict[Ability, frozenset[str]] = {
    Ability.LIST: frozenset({ENDPOINTS_READ, ENDPOINTS_WRITE, ENDPOINTS_CALL}),
    Ability.MANAGE: frozenset({ENDPOINTS_WRITE}),
    Ability.CALL: frozenset({ENDPOINTS_CALL}),
    Ability.HOSTED: frozenset({SERVERLESS}),
}
ANYWHERE = ""  # in the place of a namespace: which one does not matter
CLASSIC = frozenset({"read", "write"})
FINE_GRAINED = "fineGrained"
_MANAGING_ROLES = frozenset({"admin", "write"})
_MEMBER_ROLES = _MANAGING_ROLES | {"contributor", "read"}
_FAMILIAR = frozenset({SERVERLESS, ENDPOINTS_READ, ENDPOINTS_WRITE, ENDPOINTS_CALL})
# Words that make an unfamiliar permission bear on inference.
_OF_INFERENCE = ("infer", "endpoint", "provider", "serverless", "hosted", "deploy", "router")
# In the place of what is not said: every right, or a name that was not read to its end.
_LEFT_OPEN = frozenset("*…")


def xray(
    identity: Identity, seen: Mapping[str, Seen] | None = None, *, rejected: bool = False
) -> tuple[NamespaceRights, ...]:
    """One row for each namespace of the token's owner: the owner first, then the organizations.

    `seen` holds what the last list calls told, by namespace. `rejected`: whoami now says 401.
    """
    seen = seen or {}
    own = Membership(identity.name, identity.fullname, "", identity.can_pay, is_enterprise=False)
    kinds = [(own, identity.kind), *((member, "org") for member in identity.organizations)]
    held = _permissions(identity)
    return tuple(
        _row(
            identity,
            member,
            kind,
            held[kind, member.name],
            seen.get(member.name, Seen()),
            rejected=rejected,
        )
        for member, kind in kinds
    )


def _permissions(identity: Identity) -> Mapping[tuple[str, str], frozenset[str]]:
    """What a fine-grained token holds, by entity. Rights are per entity, but for global ones."""
    everywhere = identity.token.global_permissions
    held: defaultdict[tuple[str, str], frozenset[str]] = defaultdict(lambda: everywhere)
    for scope in identity.token.scopes:
        held[scope.entity_kind, scope.entity_name] |= scope.permissions
    return held


def _row(
    identity: Identity,
    member: Membership,
    kind: str,
    held: frozenset[str],
    seen: Seen,
    *,
    rejected: bool,
) -> NamespaceRights:
    cells = []
    for ability in Ability:
        if rejected:
            cell = Cell(ability, Verdict.NO, Reason.REJECTED)
        elif ability is Ability.GATED:
            cell = _gated(identity) if kind == "user" else Cell(ability, Verdict.NONE)
        else:
            cell = _granted(identity, member, kind, held, ability)
            cell = _in_practice(cell, kind, seen)
        cells.append(cell)
    return NamespaceRights(member.name, kind, member.role, member.can_pay, held, tuple(cells), seen)


def _granted(
    identity: Identity, member: Membership, kind: str, held: frozenset[str], ability: Ability
) -> Cell:
    """By role and scopes alone."""
    if identity.token.role in CLASSIC:
        if ability is Ability.MANAGE and identity.token.role == "read":
            return Cell(ability, Verdict.NO, Reason.READ_ROLE)
    elif not held & GRANTED_BY[ability]:
        if identity.token.role == FINE_GRAINED and all(map(_is_familiar, held)):
            return Cell(ability, Verdict.NO, Reason.MISSING)
        return Cell(ability, Verdict.UNKNOWN, Reason.UNFAMILIAR)
    return _by_membership(member, kind, ability)


def _by_membership(member: Membership, kind: str, ability: Ability) -> Cell:
    if kind == "org" and member.role not in _MEMBER_ROLES:
        return Cell(ability, Verdict.UNKNOWN, Reason.UNFAMILIAR)
    if ability is Ability.MANAGE:
        if kind == "org" and member.role not in _MANAGING_ROLES:
            return Cell(ability, Verdict.NO, Reason.MEMBER_ROLE)
        if not member.can_pay:
            return Cell(ability, Verdict.NO, Reason.PAYMENT)
    return Cell(ability, Verdict.YES)


def _in_practice(cell: Cell, kind: str, seen: Seen) -> Cell:
    """What real list calls add. Only they tell an organization's token policy."""
    if cell.verdict is Verdict.NO:
        return cell
    hosted = cell.ability is Ability.HOSTED
    if seen.by_policy:
        verdict = Verdict.UNKNOWN if hosted else Verdict.NO
        return Cell(cell.ability, verdict, Reason.POLICY)
    if seen.refused and not (hosted and kind == "user"):
        verdict = Verdict.NO if cell.ability is Ability.LIST else Verdict.UNKNOWN
        return Cell(cell.ability, verdict, Reason.REFUSED)
    if kind == "user" or seen.admitted or cell.verdict is Verdict.UNKNOWN:
        return cell
    return Cell(cell.ability, Verdict.UNKNOWN, Reason.NOT_ASKED)


def _gated(identity: Identity) -> Cell:
    """Gated models that the token's owner has been admitted to."""
    if identity.token.role in CLASSIC or identity.token.can_read_gated:
        return Cell(Ability.GATED, Verdict.YES)
    if identity.token.role == FINE_GRAINED:
        return Cell(Ability.GATED, Verdict.NO, Reason.MISSING)
    return Cell(Ability.GATED, Verdict.UNKNOWN, Reason.UNFAMILIAR)


@lru_cache(maxsize=4_096)  # the same few names, for each ability in each namespace
def _is_familiar(permission: str) -> bool:
    """Whether it is known what the permission means for inference: what it gives, or nothing.

    A name means nothing for it where it says what it is about, as `family.right`, and no part of
    it speaks of inference. Any other may be an ability under a new name.
    """
    if permission in _FAMILIAR:
        return True
    family, _, right = permission.lower().partition(".")
    speaks_of_it = any(word in f"{family}.{right}" for word in _OF_INFERENCE)
    return bool(family and right) and not speaks_of_it and _LEFT_OPEN.isdisjoint(permission)


def is_limited(rows: Sequence[NamespaceRights], needed: Collection[tuple[str, Ability]]) -> bool:
    """Whether something needed is missing, which is any of these:

    - it is not known to be good for anything: no list, no call, no hosted inference anywhere;
    - somewhere it can deploy but not call: the meter would start, and nothing could be used;
    - a model set up here needs what it may not do (`needed`, by namespace or ANYWHERE);
    - it was given rights in an organization whose token policy refuses it.

    What was simply never given, such as managing endpoints, is not needed.
    """
    useful = (Ability.LIST, Ability.CALL, Ability.HOSTED)
    if unmet(rows, needed) or not any(row.may(ability) for row in rows for ability in useful):
        return True
    return any(
        (row.cell(Ability.MANAGE).verdict is Verdict.YES and not row.may(Ability.CALL))
        or (row.seen.by_policy and row.permissions & _FAMILIAR)
        for row in rows
    )


def unmet(
    rows: Sequence[NamespaceRights], needed: Collection[tuple[str, Ability]]
) -> frozenset[tuple[str, Ability]]:
    """What is needed and not possible, by the namespace in which to change it: for what may be
    anywhere, and is possible nowhere, that is the owner's."""
    there = {
        name: [row for row in rows if name.lower() in (ANYWHERE, row.namespace.lower())]
        for name, _ability in needed
    }
    return frozenset(
        (there[name][0].namespace, ability)
        for name, ability in needed
        if there[name] and not any(row.may(ability) for row in there[name])
    )
