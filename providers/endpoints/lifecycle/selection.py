"""Which endpoints were chosen in the inventory."""

from django.http import QueryDict

from hfadmin.accounts.models import Organization
from providers.endpoints.inventory.filters import Filters

MOST = 5_000
_LONGEST_ID = 18  # digits


class TooManyError(Exception):
    """More than `MOST` were chosen."""


def read(sent: QueryDict, organization: Organization) -> set[int]:
    """The ids of `endpoint`, one each, and of `ids`, with commas between them; where `all` is
    sent, of all that the query `matching` of an inventory's address finds. What is no id is the id
    of nothing: 0. Raises TooManyError."""
    if sent.get("all"):
        filters = Filters.read(QueryDict(sent.get("matching", "")))
        rows = filters.rows(organization.endpoints.present()).order_by()
        chosen = set(rows.values_list("pk", flat=True)[: MOST + 1])
    else:
        words = [*sent.getlist("endpoint"), *sent.get("ids", "").split(",")]
        chosen = {_id(word) for word in words if word}
    if len(chosen) > MOST:
        raise TooManyError
    return chosen


def _id(word: str) -> int:
    is_number = word.isascii() and word.isdecimal() and len(word) <= _LONGEST_ID
    return int(word) if is_number else 0
