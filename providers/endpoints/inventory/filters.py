"""Everything that the inventory's address says: what is shown, in which order, which page."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import F
from django.db.models.expressions import OrderBy
from django.http import QueryDict

from providers.endpoints.inventory.columns import CHOICES, COLUMNS, DEFAULT
from providers.endpoints.models import EndpointQuerySet

PER_PAGE = 50
_LONGEST = 200
_SORT = "name"


@dataclass(frozen=True, slots=True)
class Filters:
    text: str = ""
    state: str = ""  # a chip, or a state by its name
    namespace: str = ""
    task: str = ""
    vendor: str = ""
    tag: str = ""
    sort: str = _SORT  # a column; with - before it the other way round
    columns: tuple[str, ...] = DEFAULT
    page: str = "1"

    @classmethod
    def read(cls, query: QueryDict) -> "Filters":
        """Whatever an address holds: what makes no sense is as if it were not there."""
        sort = query.get("sort", "")
        chosen = query.getlist("column")
        names = ("state", "namespace", "task", "vendor", "tag")
        return cls(
            text=_clean(query.get("q", "")),
            sort=sort if sort.removeprefix("-") in COLUMNS else _SORT,
            columns=tuple(key for key in CHOICES if key in chosen) if chosen else DEFAULT,
            page=query.get("page", "1"),
            **{name: _clean(query.get(name, "")) for name in names},
        )

    @property
    def narrow(self) -> bool:
        """Whether anything but the state's chip leaves rows out."""
        return any((self.text, self.namespace, self.task, self.vendor, self.tag))

    @property
    def is_wide(self) -> bool:
        """Whether somebody chose the columns: then all of them show, on a screen of any width."""
        return self.columns != DEFAULT

    def without_state(self, rows: EndpointQuerySet) -> EndpointQuerySet:
        """The rows that fit, of every state, gone ones too."""
        rows = rows.matching(self.text)
        if self.namespace:
            rows = rows.filter(namespace__name=self.namespace)
        if self.task:
            rows = rows.filter(task=self.task)
        if self.vendor:
            rows = rows.filter(vendor=self.vendor)
        return rows.tagged(self.tag) if self.tag else rows

    def rows(self, rows: EndpointQuerySet) -> EndpointQuerySet:
        rows = self.without_state(rows)
        rows = rows.in_group(self.state) if self.state else rows.present()
        return rows.order_by(*self._order())

    def turn(self, rows: EndpointQuerySet, count: int) -> "Page[tuple[int, int, int]]":
        """The page, as (id, version, namespace's id), of `count` rows in all."""
        found = self.rows(rows).values_list("pk", "version", "namespace")
        paginator = Paginator(found, PER_PAGE)
        paginator.count = count  # known already: no second count over the same rows
        page: Page[tuple[int, int, int]] = paginator.get_page(self.page)
        return page

    def hidden(self, *but: str) -> Iterator[tuple[str, str]]:
        """What a form must carry along so that its sending keeps the rest of the address."""
        own = {
            "q": self.text,
            "state": self.state,
            "namespace": self.namespace,
            "task": self.task,
            "vendor": self.vendor,
            "tag": self.tag,
            "sort": self.sort if self.sort != _SORT else "",
        }
        yield from ((name, value) for name, value in own.items() if value and name not in but)
        if "column" not in but and self.columns != DEFAULT:
            yield from (("column", key) for key in self.columns or ("",))

    def query(self) -> str:
        """The address's own part, without what says nothing."""
        return urlencode(list(self.hidden()))

    def next_sort(self, key: str) -> str:
        """What a click on the column's head asks for."""
        first, second = key, f"-{key}"
        if COLUMNS[key].largest_first:
            first, second = second, first
        return second if self.sort == first else first

    def _order(self) -> Iterator[OrderBy]:
        """All of it turns round when the column does: an index can be read backwards."""
        column = COLUMNS[self.sort.removeprefix("-")]
        falling = self.sort.startswith("-")
        last = {"nulls_last": True} if column.may_be_null else {}
        for expression in column.sort:
            yield expression.desc(**last) if falling else expression.asc(**last)
        for tie_breaker in (F("name"), F("pk")):
            yield tie_breaker.desc() if falling else tie_breaker.asc()


def _clean(value: str) -> str:
    return "".join(filter(str.isprintable, value)).strip()[:_LONGEST]
