"""What needs a person: what happened, as a sentence, and where to do something about it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from hfadmin.accounts.models import Membership, Role
from providers.catalog.models import ProviderModel
from providers.endpoints.models import Endpoint
from providers.overview import summary
from providers.tokens.models import Namespace, TokenState

AT_MOST = 10  # of each kind


@dataclass(frozen=True, slots=True)
class Item:
    key: str
    state: str
    label: str  # on the pill; "" takes the state's own word
    name: str
    beside: str
    link: str
    button: str
    sentence: str = ""
    problem: dict[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None


def items(membership: Membership, counts: summary.Summary) -> list[Item]:
    """The most urgent first. Only kinds of which there are any are asked for: mostly none are."""
    kinds = (
        (counts.endpoints_failing, _endpoints),
        (counts.tokens_bad, _tokens),
        (counts.models_failing, _models),
        (counts.namespaces_unseen, _namespaces),
    )
    return [item for count, of_kind in kinds if count for item in of_kind(membership)]


def _endpoints(membership: Membership) -> Iterator[Item]:
    slug = membership.organization.slug
    failed = Endpoint.objects.filter(organization=membership.organization).in_group("failed")
    for row in failed.select_related("namespace").order_by("-state_since", "pk")[:AT_MOST]:
        yield Item(
            key=f"attention-endpoint-{row.pk}",
            state=row.state,
            label="",
            name=row.name,
            beside=row.namespace.name,
            sentence=row.message or _("Hugging Face says that it failed, without a reason."),
            since=row.state_since,
            link=reverse("endpoints:detail", args=(slug, row.namespace.name, row.name)),
            button=_("Open"),
        )


def _tokens(membership: Membership) -> Iterator[Item]:
    slug, may_replace = membership.organization.slug, membership.may(Role.ADMIN)
    bad = summary.bad_tokens(membership.organization.pk)
    for row in bad.order_by("name")[:AT_MOST]:
        replace = may_replace and row.state in {TokenState.INVALID, TokenState.EXPIRING}
        yield Item(
            key=f"attention-token-{row.pk}",
            state=row.state,
            label=_("Token") if row.state == TokenState.INVALID else "",
            name=row.name,
            beside=f"…{row.last_four}" if row.last_four else "",
            sentence=_(
                "It lacks a right that is needed here. Its page says which, and how to add it."
            )
            if row.state == TokenState.LIMITED
            else "",
            problem=row.problem,
            since=row.state_since,
            until=row.expires_at if row.state == TokenState.EXPIRING else None,
            link=reverse("tokens:replace" if replace else "tokens:detail", args=(slug, row.pk)),
            button=_("Replace token") if replace else _("Open"),
        )


def _models(membership: Membership) -> Iterator[Item]:
    slug, may_edit = membership.organization.slug, membership.may(Role.OPERATOR)
    failing = ProviderModel.objects.filter(
        organization=membership.organization, enabled=True, state=ProviderModel.State.FAILING
    )
    for row in failing.select_related("endpoint__namespace").order_by("name", "pk")[:AT_MOST]:
        edit = reverse("catalog:edit", args=(slug, row.pk))
        yield Item(
            key=f"attention-model-{row.pk}",
            state=row.state,
            label="",
            name=row.name,
            beside=row.beside,
            problem=row.problem,
            since=row.state_since,
            link=edit if may_edit else reverse("catalog:list", args=(slug,)),
            button=_("Open"),
        )


def _namespaces(membership: Membership) -> Iterator[Item]:
    slug = membership.organization.slug
    unseen = Namespace.objects.filter(organization=membership.organization).unseen()
    for row in unseen.order_by("name")[:AT_MOST]:
        yield Item(
            key=f"attention-namespace-{row.pk}",
            state="unreachable",
            label=_("Unseen"),
            name=row.name,
            beside=_("namespace"),
            problem=row.problem,
            since=row.problem_since,
            link=reverse("endpoints:namespaces", args=(slug,)),
            button=_("Open"),
        )
