"""What would give a token one ability in one namespace."""

from dataclasses import replace

from django.conf import settings

from providers.huggingface.types import Identity
from providers.tokens import operations
from providers.tokens.findings import Finding, findings
from providers.tokens.models import AccessToken
from providers.tokens.xray import Ability, Cell, NamespaceRights, Verdict


def of(token: AccessToken, namespace: str, ability: Ability) -> Finding | None:
    """None where nothing is known to be missing."""
    rows = [_reduced(row, namespace, ability) for row in operations.rows(token)]
    if not rows:
        return None
    found = findings(rows, Identity.from_json(token.identity), settings.HF_ENDPOINT)
    return next(iter(found), None)


def _reduced(row: NamespaceRights, namespace: str, ability: Ability) -> NamespaceRights:
    """The same without what is said of anything else."""
    is_meant = row.namespace == namespace
    cells = (
        cell if is_meant and cell.ability is ability else Cell(cell.ability, Verdict.NONE)
        for cell in row.cells
    )
    return replace(row, cells=tuple(cells))
