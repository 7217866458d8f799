"""What an action on many endpoints would do now, and what it would leave out."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.db import models
from django.utils import timezone

from hfadmin.accounts.models import Organization
from providers.endpoints.lifecycle import previews
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.previews import Preview
from providers.endpoints.lifecycle.verbs import ActionVerb, Bulk
from providers.endpoints.models import Endpoint
from providers.endpoints.outlook import HOURS_PER_MONTH, times
from providers.tokens.models import NamespaceAccess

SHOWN, UNFOLDED = 10, 200  # endpoints: at first, and on request
# Nothing here depends on them, and they are long.
_UNREAD = ("container", "message", "search_text", "tags")


@dataclass(frozen=True)
class BulkPreview:
    """`will` are those that can be asked for: first those of which the cost is not known, then the
    dearest. `left_out` are all others, with why, and `missing` is how many were chosen that the
    organization does not have."""

    verb: ActionVerb
    bulk: Bulk
    will: list[Preview]
    left_out: list[Preview]
    missing: int
    at: datetime  # when it was computed

    @property
    def button(self) -> str:
        return str(self.bulk.button % {"count": len(self.will)})

    @property
    def heading(self) -> str:
        return str(self.bulk.will % {"count": len(self.will)})

    @property
    def consequence(self) -> str:
        """What is said for one is not said in the plural."""
        return str(self.verb.consequence if len(self.will) == 1 else self.bulk.consequence)

    @property
    def chosen(self) -> int:
        return len(self.will) + len(self.left_out) + self.missing

    @property
    def shown(self) -> list[Preview]:
        return self.will[:SHOWN]

    @property
    def folded(self) -> list[Preview]:
        """Those that are shown on request."""
        return self.will[SHOWN:UNFOLDED]

    @property
    def more(self) -> int:
        """How many of `will` are not shown at first."""
        return max(len(self.will) - SHOWN, 0)

    @property
    def never_shown(self) -> int:
        return max(len(self.will) - UNFOLDED, 0)

    @property
    def left_count(self) -> int:
        return len(self.left_out) + self.missing

    @property
    def reasons(self) -> list[tuple[Preview, list[Preview]]]:
        """One of `left_out` for each obstacle, and the others that have the same; those that a
        person can do something about first."""
        found: dict[str, list[Preview]] = defaultdict(list)
        for each in self.left_out:
            found[str(each.obstacle)].append(each)
        alike = sorted(found.values(), key=lambda same: same[0].problem is None)
        return [(same[0], same[1:]) for same in alike]

    @property
    def ids(self) -> str:
        """Of those that will be asked for, as a form carries them."""
        return ",".join(str(each.endpoint.pk) for each in self.will)

    @property
    def endpoints(self) -> list[Endpoint]:
        """All that were chosen, as far as the organization has them."""
        return [each.endpoint for each in (*self.will, *self.left_out)]

    @cached_property
    def per_hour(self) -> Decimal | None:
        """US dollars that are saved, or will be spent, by those of which it is known; None where it
        is known of none."""
        known = [each.changes_by for each in self.will if each.changes_by is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def per_day(self) -> Decimal | None:
        return times(self.per_hour, 24)

    @property
    def per_month(self) -> Decimal | None:
        return times(self.per_hour, HOURS_PER_MONTH)

    @cached_property
    def unpriced(self) -> int:
        """How many of `will` are not in it."""
        return sum(each.is_unpriced for each in self.will)

    @cached_property
    def models(self) -> list[tuple[models.Model, Endpoint]]:
        """Those that use an endpoint of `will`."""
        used = Endpoint.objects.filter(pk__in=[each.endpoint.pk for each in self.will])
        used = used.filter(models__isnull=False).distinct().only("name").prefetch_related("models")
        return [(model, endpoint) for endpoint in used for model in endpoint.models.all()]


def of(organization: Organization, verb: ActionVerb, ids: Collection[int]) -> BulkPreview:
    """`ids`: the endpoints that were chosen. `verb` is one that has the words for many."""
    assert verb.bulk is not None  # noqa: S101 - the address led to no other
    rows = organization.endpoints.filter(pk__in=ids).defer(*_UNREAD).order_by("name", "pk")
    # Prefetched: one object for each namespace, not for each endpoint.
    found = list(rows.prefetch_related("namespace"))
    known, accesses = _open_of(organization, ids), _accesses_of(organization)
    made = [_preview(each, verb, known.get(each.pk), accesses[each.namespace_id]) for each in found]
    will = [each for each in made if not each.obstacle]
    will.sort(key=lambda each: (each.is_unpriced, each.changes_by or 0), reverse=True)
    left_out = [each for each in made if each.obstacle]
    missing = len(ids) - len(found)
    return BulkPreview(verb, verb.bulk, will, left_out, missing, timezone.now())


def _preview(
    endpoint: Endpoint, verb: ActionVerb, known: Action | None, accesses: Sequence[NamespaceAccess]
) -> Preview:
    """What is under way already is not counted as what will be done."""
    made = previews.preview(endpoint, verb, known, accesses)
    if made.obstacle or known is None or known.verb != verb.name:
        return made
    return replace(made, obstacle=previews.busy(known))


def _open_of(organization: Organization, ids: Collection[int]) -> dict[int | None, Action]:
    rows = organization.endpoint_actions.open().filter(endpoint__in=ids)
    return {action.endpoint_id: action for action in rows.select_related("asked_by")}


def _accesses_of(organization: Organization) -> dict[int, list[NamespaceAccess]]:
    rows = NamespaceAccess.objects.filter(namespace__organization=organization)
    found: dict[int, list[NamespaceAccess]] = defaultdict(list)
    for access in rows.select_related("token").defer("token__identity"):
        found[access.namespace_id].append(access)
    return found
