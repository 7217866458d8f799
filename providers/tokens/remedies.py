"""What would give a token one ability in one namespace."""

from dataclasses import replace

from django.conf import settings

from providers.huggingface.types import Identity
from providers.tokens import operations
from providers.tokens.findings import LABELS, Finding, findings, form_url
from providers.tokens.models import AccessToken
from providers.tokens.xray import Ability, Cell, NamespaceRights, Verdict


def of(token: AccessToken, namespace: str, ability: Ability) -> Finding | None:
    """None where nothing is known to be missing."""
    rows = [_reduced(row, namespace, ability) for row in operations.rows(token)]
    if not rows:
        return None
    found = findings(rows, Identity.from_json(token.identity), settings.HF_ENDPOINT)
    return next(iter(found), None)


def form_with(own: NamespaceRights, there: NamespaceRights, permission: str) -> str:
    """The address of Hugging Face's form for a token that may what this one may, and has the
    permission there too. `own` are its rights on its owner."""
    here = (there.permissions & LABELS.keys()) | {permission}
    is_own = there.kind == "user"
    return form_url(
        settings.HF_ENDPOINT,
        own=here if is_own else own.permissions & LABELS.keys(),
        organization="" if is_own else there.namespace,
        its=here,
        gated=own.cell(Ability.GATED).verdict is Verdict.YES,
    )


def form_for_gated(token: AccessToken) -> str:
    """The address of Hugging Face's form for a token that reads gated repositories too; "" where
    nothing is missing."""
    if not token.identity:
        return ""
    owner = Identity.from_json(token.identity).name
    found = of(token, owner, Ability.GATED)
    return found.link if found else ""


def _reduced(row: NamespaceRights, namespace: str, ability: Ability) -> NamespaceRights:
    """The same without what is said of anything else."""
    is_meant = row.namespace == namespace
    cells = (
        cell if is_meant and cell.ability is ability else Cell(cell.ability, Verdict.NONE)
        for cell in row.cells
    )
    return replace(row, cells=tuple(cells))
