"""What the inventory can show and sort by. A new column is an entry here and its cell, a template
in `templates/endpoints/cells/` that is named after its key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from providers.endpoints.models import FAILED, IN_TRANSITION, Endpoint, EndpointState

# Most urgent first.
_URGENCY = Case(
    When(~Q(deleted_at=None), then=Value(9)),
    When(state__in=FAILED, then=Value(0)),
    When(state__in=IN_TRANSITION, then=Value(1)),
    When(state=EndpointState.RUNNING, then=Value(3)),
    When(state=EndpointState.SCALED_TO_ZERO, then=Value(4)),
    When(state=EndpointState.PAUSED, then=Value(5)),
    default=Value(2),
)
_IS_USED = Case(
    When(
        pk__in=Endpoint.objects.filter(models__isnull=False).values("pk"),
        then=Value(0),
    ),
    default=Value(1),
)
_NULLABLE: Mapping[str, Any] = {"largest_first": True, "may_be_null": True}


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str | Promise
    sort: tuple[Any, ...]  # expressions, the most significant first
    css: str = ""
    by_default: bool = True
    largest_first: bool = False  # on the first click
    may_be_null: bool = False
    cell_css: str = ""  # in the cells, besides

    @property
    def template(self) -> str:
        """Of its cells, which are given the `endpoint`."""
        return f"endpoints/cells/{self.key}.html"

    def attributes(self, *, named: bool) -> SafeString:
        """Of its cells; `named`: with its label, which a phone shows in the row itself."""
        css = f"{self.css} {self.cell_css}".strip()
        label = format_html('data-column="{}" ', self.label) if named else ""
        return format_html('{}class="{}"', label, css)


COLUMNS = {
    column.key: column
    for column in (
        Column("name", _("Endpoint"), (F("name"),)),
        Column("state", _("State"), (_URGENCY, F("state"))),
        Column("message", _("Message"), (Lower("message"),), "clip minor", by_default=False),
        Column("repository", _("Repository"), (Lower("repository"),), "clip on-phone"),
        Column("task", _("Task"), (F("task"),), "minor", by_default=False),
        Column("engine", _("Engine"), (Lower("engine"),), "if-wide if-roomy"),
        Column(
            "hardware",
            _("Hardware"),
            (F("instance_type"), F("instance_size")),
            cell_css="soft",
        ),
        Column("price", _("Per hour"), (F("cost_per_hour"),), "num", **_NULLABLE),
        Column(
            "replicas",
            _("Replicas"),
            (F("ready_replicas"), F("max_replicas")),
            "num if-wide",
            **_NULLABLE,
        ),
        Column(
            "unit",
            _("Per replica"),
            (F("price_per_hour"),),
            "num minor",
            by_default=False,
            **_NULLABLE,
        ),
        Column("namespace", _("Namespace"), (F("namespace__name"),), "minor", by_default=False),
        Column("region", _("Region"), (F("vendor"), F("region")), "minor", by_default=False),
        Column("auth", _("Auth"), (F("auth_type"),), "minor", by_default=False),
        Column(
            "url", _("Endpoint URL"), (F("url"),), "minor", by_default=False, cell_css="with-copy"
        ),
        Column("tags", _("Tags"), (F("tags"),), "minor", by_default=False, cell_css="tags"),
        Column("models", _("Used by"), (_IS_USED,), "minor", by_default=False, cell_css="models"),
        Column("used", _("Last used"), (F("last_used_at"),), "muted if-wide", **_NULLABLE),
        Column(
            "updated",
            _("Updated"),
            (F("updated_upstream_at"),),
            "muted minor",
            by_default=False,
            **_NULLABLE,
        ),
    )
}
ALWAYS = ("name", "state")
CHOICES = tuple(key for key in COLUMNS if key not in ALWAYS)
DEFAULT = tuple(key for key in CHOICES if COLUMNS[key].by_default)
