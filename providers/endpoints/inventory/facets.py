"""Counts over the whole inventory: the chips, the filters' choices, the cost of what runs."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from hfadmin.live.cache import VersionCache
from providers import labels
from providers.endpoints.cost import Total
from providers.endpoints.models import DELETED, GROUPS, OTHER, Endpoint, EndpointQuerySet

_GROUP_OF = {state.value: group for group, states in GROUPS.items() for state in states}
_MOST_TAGS = 200  # of a choice; the search beside it finds any tag
_PRESENT = Count("pk", filter=Q(deleted_at=None))
_GONE = Count("pk", filter=~Q(deleted_at=None))
_cache: VersionCache["Facets"] = VersionCache(200)


@dataclass(frozen=True)
class Facets:
    states: dict[str, int]  # by state as Hugging Face names it, without those that are gone
    deleted: int
    namespaces: tuple[str, ...]
    tasks: tuple[str, ...]
    vendors: tuple[str, ...]
    tags: tuple[str, ...]
    cost: Total
    _options: dict[str | None, dict[str, SafeString]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def options(self) -> dict[str, SafeString]:
        """The choices of each filter as HTML, kept by language: there may be hundreds, on every
        page."""
        language = get_language()
        if language not in self._options:
            self._options[language] = self._as_options()
        return self._options[language]

    def _as_options(self) -> dict[str, SafeString]:
        choices = {
            "namespace": self.namespaces,
            "task": self.tasks,
            "vendor": self.vendors,
            "tag": self.tags,
        }
        label = labels.BY_FACT.get
        return {name: _options(values, label(name)) for name, values in choices.items()}

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def groups(self) -> dict[str, int]:
        return grouped(self.states, self.deleted)

    def count(self, state: str) -> int:
        return count_of(self.groups, self.states, state)


def of(organization_id: int, version: int) -> Facets:
    """As of this version; worked out once for all that ask."""
    return _cache.get_or_set((organization_id, version), lambda: _facets(organization_id))


def counted(rows: EndpointQuerySet) -> tuple[dict[str, int], int]:
    """How many there are in each state, and how many are gone."""
    states: dict[str, int] = {}
    deleted = 0
    groups = rows.order_by().values_list("state").annotate(present=_PRESENT, gone=_GONE)
    for state, present, gone in groups:
        deleted += gone
        if present:
            states[state] = present
    return states, deleted


def grouped(states: dict[str, int], deleted: int) -> dict[str, int]:
    """The same by chip."""
    groups = Counter(dict.fromkeys([*GROUPS, OTHER, DELETED], 0))
    for state, count in states.items():
        groups[_GROUP_OF.get(state, OTHER)] += count
    groups[DELETED] = deleted
    return dict(groups)


def count_of(groups: dict[str, int], states: dict[str, int], state: str) -> int:
    """Of a chip, of a state by its name, or ("") of all that are there."""
    if not state:
        return sum(states.values())
    return groups[state] if state in groups else states.get(state, 0)


def _facets(organization_id: int) -> Facets:
    rows = Endpoint.objects.filter(organization=organization_id)
    states, deleted = counted(rows)
    present = rows.present().order_by()
    kinds = set(present.values_list("task", "vendor").distinct())
    tags = {tag for tags in present.values_list("tags", flat=True).distinct() for tag in tags}
    return Facets(
        states=states,
        deleted=deleted,
        namespaces=_choices(present.values_list("namespace__name", flat=True).distinct()),
        tasks=_choices(task for task, _ in kinds),
        vendors=_choices(vendor for _, vendor in kinds),
        tags=_choices(tags)[:_MOST_TAGS],
        cost=rows.cost(),
    )


def _options(values: Iterable[str], label: Callable[[str], str] | None) -> SafeString:
    if label is None:
        return format_html_join("", "<option>{}</option>", ((value,) for value in values))
    shown = ((value, label(value)) for value in values)
    return format_html_join("", '<option value="{}">{}</option>', shown)


def _choices(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}, key=str.lower))
