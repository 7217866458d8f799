"""What the templates of one endpoint and of the namespaces are given."""

from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from hfadmin.accounts.models import Membership, Organization, Role
from hfadmin.ui import states
from providers.endpoints import freshness, messages, model_tasks, outlook, snippets, usage
from providers.endpoints.history import timeline
from providers.endpoints.history.starts import Start
from providers.endpoints.inventory import contexts as inventory_contexts
from providers.endpoints.inventory.filters import PER_PAGE, Filters
from providers.endpoints.lifecycle import (
    lacks,
    latest,
    previews,
    progress,
    rights,
    starting,
    toolbar,
    wanted,
)
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace, NamespaceAccess

MOST_PERIODS = 50


def inventory(membership: Membership, filters: Filters, version: int) -> dict[str, Any]:
    """What the list is given: one turn of its pages, with what is being done to endpoints."""
    may_act = membership.may(Role.OPERATOR)
    organization = membership.organization
    is_any_open = progress.is_any_open(organization, version)
    under_way = progress.under_way if is_any_open else progress.nothing_under_way
    found = inventory_contexts.inventory(
        organization, filters, version, may_act=may_act, under_way=under_way
    )
    return inventory_contexts.context(found, filters) | {
        "may_act": may_act,
        "may_deploy": lambda: may_act and organization.namespaces.exists(),
        "bulk_buttons": toolbar.buttons(organization),
        "batches": progress.open_batches(organization) if is_any_open else [],
    }


def endpoint(shown: Endpoint, membership: Membership, start: Start | None) -> dict[str, Any]:
    """What the page of one endpoint is given; `start`: the one that it is in."""
    now = timezone.now()
    past = timeline.of(shown, now)
    listed = past.stretches[:MOST_PERIODS]
    lines = wanted.compared(shown)
    actions = latest.of(shown)
    known = latest.open_among(actions)
    accesses = rights.accesses_of(shown.namespace)
    offers = previews.offered(shown, membership, known, accesses)
    may_act = membership.may(Role.OPERATOR)
    return {
        "endpoint": shown,
        "starting": starting.of(shown, start, actions, now),
        "deletion": Action.objects.deletion_of(shown) if shown.deleted_at else None,
        "offered": previews.by_place(offers),
        "lack": lacks.of(offers),
        # What is under way is in sight, and soon over.
        "kept_back": {} if known else previews.kept_back(offers),
        "wanted": lines,
        "compared": wanted.summary(lines),
        "may_act": may_act,
        "may_use": may_act and model_tasks.may_be_a_model(shown.task),
        "settings_query": usage.settings_query(shown, accesses, actions),
        "snippets": snippets.of(shown),
        "actions": actions,
        "outlook": outlook.of(shown),
        "namespace": shown.namespace,
        "models": shown.models.listed(),
        "is_stale": freshness.is_stale(shown.namespace),
        "history": past,
        "bars": [(state, _bar_title(start, state)) for start, state in past.bars()],
        "periods": [(stretch, messages.duration(stretch.length)) for stretch in listed],
        "more_periods": len(past.stretches) - len(listed),
        "days": [past.since + timedelta(days=day) for day in range(timeline.WINDOW.days)],
        "ready_in": messages.duration(past.ready_in) if past.ready_in else "",
    }


def namespaces(organization: Organization, number: str) -> Page[Namespace]:
    """Fifty of them, with how each is seen and how many endpoints there are."""
    accesses = NamespaceAccess.objects.select_related("token").defer("token__identity")
    rows = organization.namespaces.order_by("name").select_related("seen_through")
    rows = rows.defer("seen_through__identity")
    page: Page[Namespace] = Paginator(
        rows.prefetch_related(Prefetch("accesses", accesses.order_by("token__name"))), PER_PAGE
    ).get_page(number)
    shown = organization.endpoints.present().filter(namespace__in=[row.pk for row in page])
    counts = dict(shown.order_by().values_list("namespace").annotate(count=Count("pk")))
    missed = set(organization.namespaces.unseen().values_list("pk", flat=True))
    for row in page:
        row.count = counts.get(row.pk, 0)  # type: ignore[attr-defined]
        row.is_missed = row.pk in missed  # type: ignore[attr-defined]
    return page


def _bar_title(start: datetime, state: str) -> str:
    word = states.state_style(state).label if state else _("not known")
    return f"{start:%Y-%m-%d %H:%M} UTC: {word}"
