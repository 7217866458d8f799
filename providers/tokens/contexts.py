"""What the pages show of tokens, made ready for the templates."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hfadmin.accounts.models import Organization
from hfadmin.live import polls
from providers.huggingface.types import Identity
from providers.tokens import operations
from providers.tokens.findings import HERE, Finding, findings, form_url, joined
from providers.tokens.models import AccessToken, Namespace, NamespaceAccess
from providers.tokens.xray import (
    ENDPOINTS_CALL,
    ENDPOINTS_WRITE,
    SERVERLESS,
    Ability,
    NamespaceRights,
    Reason,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class ReachedNamespace:
    namespace: Namespace
    access: NamespaceAccess
    others: tuple[AccessToken, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing, in one namespace or alike in several."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def label(self) -> str:
        count = len(self.findings)
        if count == 1:
            return self.first.namespace
        return ngettext("%(count)s namespace", "%(count)s namespaces", count) % {"count": count}

    @property
    def text(self) -> str:
        names = joined(finding.namespace for finding in self.findings)
        return self.first.about.replace(HERE, names)


def listed(organization: Organization) -> dict[str, Any]:
    tokens = list(organization.tokens.with_counts())
    template, common = get_template("tokens/list.html#row"), {"organization": organization}
    rows = [
        polls.Row(f"t-{token.pk}", SafeString(template.render({**common, "token": token})))
        for token in tokens
    ]
    return {"tokens": tokens, "live_rows": rows, "form_url": new_token_url()}


def detail(token: AccessToken) -> dict[str, Any]:
    rows = operations.rows(token)
    known = namespaces(token, NamespaceAccess.objects.beside(token))
    return {
        "token": token,
        "rows": rows,
        "abilities": Ability,
        "notes": _notes(rows),
        "gaps": _gaps(token, rows),
        "models": token.providermodels.listed(),
        "namespaces": known,
        "reached": sum(item.access.sees for item in known),
        "left_out": token.identity.get("organizations_left_out", 0),
        "display_name": token.identity.get("token", {}).get("display_name", ""),
    }


def namespaces(token: AccessToken, beside: Iterable[NamespaceAccess]) -> list[ReachedNamespace]:
    """Those that hang on the token, each with the other tokens that see it."""
    others: dict[int, list[AccessToken]] = {}
    for access in beside:
        others.setdefault(access.namespace_id, []).append(access.token)
    accesses = token.accesses.select_related("namespace").order_by("namespace__name")
    return [
        ReachedNamespace(access.namespace, access, tuple(others.get(access.namespace_id, ())))
        for access in accesses
    ]


def new_token_url() -> str:
    """Hugging Face's form with the boxes for all that hfadmin does, for its owner's namespace."""
    everything = (SERVERLESS, ENDPOINTS_CALL, ENDPOINTS_WRITE)
    return form_url(settings.HF_ENDPOINT, own=everything, gated=True)


def _gaps(token: AccessToken, rows: tuple[NamespaceRights, ...]) -> list[Gap]:
    if not rows:
        return []
    identity = Identity.from_json(token.identity)
    alike: dict[tuple[str, ...], list[Finding]] = {}
    for found in findings(rows, identity, settings.HF_ENDPOINT, operations.needed(token)):
        alike.setdefault((found.state, found.title, found.about), []).append(found)
    return [Gap(tuple(group)) for group in alike.values()]


def _notes(rows: Iterable[NamespaceRights]) -> list[tuple[str, str]]:
    """Namespaces, and why something is not known there."""
    sentences = {
        Reason.NOT_ASKED: _(
            "It may have a policy for tokens. The first look at its endpoints will tell."
        ),
        Reason.UNFAMILIAR: _("The token has rights or a role that hfadmin does not know."),
        Reason.POLICY: _("Whether it may be billed shows only once its policy admits the token."),
        Reason.REFUSED: _("The list of endpoints was refused, so the rest is not known."),
    }
    found: dict[str, list[str]] = {}
    for row in rows:
        reasons = {cell.reason for cell in row.cells if cell.verdict is Verdict.UNKNOWN}
        for text in (text for reason, text in sentences.items() if reason in reasons):
            found.setdefault(text, []).append(row.namespace)
    return [(joined(names), text) for text, names in found.items()]
