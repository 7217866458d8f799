"""What a token lacks, in sentences, each with what would change it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from providers.huggingface.errors import Kind
from providers.huggingface.types import Identity
from providers.tokens.xray import (
    ENDPOINTS_CALL,
    ENDPOINTS_WRITE,
    SERVERLESS,
    Ability,
    Cell,
    NamespaceRights,
    Reason,
    Verdict,
    unmet,
)

# Where an ability is missing, the box on Hugging Face's form that gives it, and the box's label.
BOXES: dict[Ability, str] = {
    Ability.LIST: ENDPOINTS_CALL,
    Ability.MANAGE: ENDPOINTS_WRITE,
    Ability.CALL: ENDPOINTS_CALL,
    Ability.HOSTED: SERVERLESS,
}
LABELS: dict[str, str | Promise] = {
    ENDPOINTS_CALL: gettext_lazy("Make calls to Inference Endpoints"),
    ENDPOINTS_WRITE: gettext_lazy("Manage Inference Endpoints"),
    SERVERLESS: gettext_lazy("Make calls to Inference Providers"),
}
DOING: dict[Ability, str | Promise] = {
    Ability.LIST: gettext_lazy("list endpoints"),
    Ability.MANAGE: gettext_lazy("manage endpoints"),
    Ability.CALL: gettext_lazy("call endpoints"),
    Ability.HOSTED: gettext_lazy("use hosted inference"),
    Ability.GATED: gettext_lazy("read gated models"),
}


HERE = "\ue000"  # of no alphabet: nothing that upstream sends holds it


@dataclass(frozen=True, slots=True)
class Finding:
    namespace: str
    state: str  # colours the pill: "invalid" red, "limited" amber, "unchecked" grey
    title: str
    about: str  # what would change it; HERE stands for the namespace
    link: str = ""  # Hugging Face's token form, with the right boxes ticked
    message: str = ""  # to copy and send to those who can change it

    @property
    def text(self) -> str:
        return self.about.replace(HERE, self.namespace)


def findings(
    rows: Sequence[NamespaceRights],
    identity: Identity,
    hub: str,
    needed: Collection[tuple[str, Ability]] = (),
) -> tuple[Finding, ...]:
    """Every "no" of the matrix is spoken of in one of them; what hurts most comes first.

    `hub` is the base address of Hugging Face; `needed` are the abilities that models set up here
    ask for, by namespace or ANYWHERE.
    """
    own = rows[0].permissions if rows else frozenset()
    context = _Context(identity, own, hub, unmet(rows, needed))
    found = [finding for row in rows for finding in _of(row, context)]
    order = ("invalid", "limited", "unchecked")
    return tuple(sorted(found, key=lambda finding: order.index(finding.state)))


def form_url(
    hub: str,
    *,
    own: Iterable[str] = (),
    organization: str = "",
    its: Iterable[str] = (),
    gated: bool = False,
) -> str:
    """Hugging Face's form for a new fine-grained token, with these boxes ticked."""
    query = [("tokenType", "fineGrained")]
    query += [("ownUserPermissions", permission) for permission in sorted(own)]
    if organization:
        query.append(("orgs", organization))
        query += [("orgPermissions", permission) for permission in sorted(its)]
    if gated:
        query.append(("canReadGatedRepos", "true"))
    return f"{hub}/settings/tokens/new?{urlencode(query)}"


def joined(words: Iterable[str | Promise]) -> str:
    """ "a, b and c", in the reader's language."""
    *first, last = [str(word) for word in words]
    if not first:
        return last
    return _("%(first)s and %(last)s") % {"first": _(", ").join(first), "last": last}


@dataclass(frozen=True, slots=True)
class _Context:
    identity: Identity
    own: frozenset[str]  # the permissions on its owner
    hub: str
    unmet: frozenset[tuple[str, Ability]]

    def url(self, row: NamespaceRights, *more: str, gated: bool = False) -> str:
        """The form with what the token has now for its owner and here, and `more`."""
        known = frozenset(LABELS)
        here = (row.permissions & known) | set(more)
        return form_url(
            self.hub,
            own=here if row.kind == "user" else self.own & known,
            organization="" if row.kind == "user" else row.namespace,
            its=here,
            gated=gated or self.identity.token.can_read_gated,
        )


def _of(row: NamespaceRights, context: _Context) -> Iterator[Finding]:
    reasons = {cell.reason for cell in row.cells if cell.verdict is Verdict.NO}
    if Reason.POLICY in reasons:
        yield _policy(row, context)
    if Reason.REFUSED in reasons:
        yield _refused(row)
    yield from _missing(row, context)
    if Reason.READ_ROLE in reasons:
        yield _read_role(row, context)
    if Reason.MEMBER_ROLE in reasons:
        yield _member_role(row, context)
    if Reason.PAYMENT in reasons:
        yield _payment(row)
    if _is_missing(row.cell(Ability.GATED)):
        yield _gated(row, context)


def _policy(row: NamespaceRights, context: _Context) -> Finding:
    names = {
        "organization": row.namespace,
        "token": context.identity.token.display_name or _("without a name"),
        "owner": context.identity.name,
    }
    boxes = [ENDPOINTS_CALL, SERVERLESS]
    if context.identity.token.role != "read":
        boxes.append(ENDPOINTS_WRITE)
    match row.seen.problem and row.seen.problem.kind:
        case Kind.POLICY_PENDING:
            return _pending(row, names)
        case Kind.POLICY_REVOKED:
            return _revoked(row, names, link=context.url(row, *boxes))
    text = _("Make a fine-grained token with rights in %(organization)s and replace this one.")
    return Finding(
        row.namespace,
        "limited",
        _("The organization only admits fine-grained tokens."),
        text % names,
        link=context.url(row, *boxes),
    )


def _pending(row: NamespaceRights, names: dict[str, str]) -> Finding:
    text = _(
        "An administrator of %(organization)s can approve it in the organization's token "
        "settings. Until then, and also when it was denied, nothing works there."
    )
    message = _(
        "Hello, please approve the access token “%(token)s” of %(owner)s in the token settings "
        "of the organization %(organization)s on Hugging Face."
    )
    title = _("The organization has not approved this token.")
    return Finding(row.namespace, "limited", title, text % names, message=message % names)


def _revoked(row: NamespaceRights, names: dict[str, str], link: str) -> Finding:
    text = _("Ask an administrator of %(organization)s why, or make a new token for it.")
    message = _(
        "Hello, the access token “%(token)s” of %(owner)s was revoked in the organization "
        "%(organization)s on Hugging Face. May it come back, or is a new one needed?"
    )
    title = _("The organization has revoked this token.")
    return Finding(row.namespace, "invalid", title, text % names, link, message % names)


def _refused(row: NamespaceRights) -> Finding:
    assert row.seen.problem is not None  # noqa: S101 - that is what the reason says
    told = row.seen.problem.explain(_)
    return Finding(row.namespace, "limited", told.title, f"{told.what} {told.remedy}")


def _missing(row: NamespaceRights, context: _Context) -> Iterator[Finding]:
    abilities = [cell.ability for cell in row.cells if _is_missing(cell) and cell.ability in BOXES]
    if Ability.CALL in abilities and row.cell(Ability.MANAGE).verdict is Verdict.YES:
        abilities.remove(Ability.CALL)
        yield Finding(
            row.namespace,
            "invalid",
            _("It can deploy, but not call what it deploys."),
            _(
                "The meter would start, and every request would be refused. "
                "Add “%(box)s” for %(namespace)s."
            )
            % {"box": LABELS[ENDPOINTS_CALL], "namespace": HERE},
            link=context.url(row, ENDPOINTS_CALL),
        )
    if abilities:
        yield _not_given(row, abilities, context)


def _is_missing(cell: Cell) -> bool:
    return cell.verdict is Verdict.NO and cell.reason is Reason.MISSING


def _not_given(row: NamespaceRights, abilities: list[Ability], context: _Context) -> Finding:
    boxes = list(dict.fromkeys(BOXES[ability] for ability in abilities))
    names = {
        "namespace": HERE,
        "doing": joined(DOING[ability] for ability in abilities),
        "boxes": joined(format_lazy("“{}”", LABELS[box]) for box in boxes),
    }
    needed = any((row.namespace, ability) in context.unmet for ability in abilities)
    title = (
        _("A model set up here needs what it may not do: %(doing)s.")
        if needed
        else _("It may not %(doing)s.")
    )
    return Finding(
        row.namespace,
        "limited" if needed else "unchecked",
        title % names,
        _("Add %(boxes)s for %(namespace)s.") % names,
        link=context.url(row, *boxes),
    )


def _read_role(row: NamespaceRights, context: _Context) -> Finding:
    return Finding(
        row.namespace,
        "unchecked",
        _("It may not manage endpoints."),
        _(
            "A token of the role read only looks and calls. Make a fine-grained token with "
            "“%(box)s” for %(namespace)s."
        )
        % {"box": LABELS[ENDPOINTS_WRITE], "namespace": HERE},
        link=context.url(row, ENDPOINTS_WRITE, ENDPOINTS_CALL, SERVERLESS),
    )


def _member_role(row: NamespaceRights, context: _Context) -> Finding:
    names = {"owner": context.identity.name, "namespace": row.namespace, "role": row.role}
    return Finding(
        row.namespace,
        "unchecked",
        _("Its owner may not manage endpoints here."),
        _(
            "%(owner)s has the role %(role)s in %(namespace)s; managing endpoints needs the role "
            "write. An administrator of %(namespace)s can change it."
        )
        % names,
        message=_(
            "Hello, please give %(owner)s the role write in the organization %(namespace)s on "
            "Hugging Face (now: %(role)s). It is needed to manage Inference Endpoints."
        )
        % names,
    )


def _payment(row: NamespaceRights) -> Finding:
    return Finding(
        row.namespace,
        "unchecked",
        _("It cannot start endpoints: a payment method is missing."),
        _("Add one in the billing settings of %(namespace)s on Hugging Face.")
        % {"namespace": HERE},
    )


def _gated(row: NamespaceRights, context: _Context) -> Finding:
    return Finding(
        row.namespace,
        "unchecked",
        _("It may not read gated models."),
        _("Tick the box for public gated repositories; the authors of each must admit its owner."),
        link=context.url(row, gated=True),
    )
