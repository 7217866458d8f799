"""Single values and lists out of parsed JSON, whatever stands in their place.

Each function returns "", None or something empty for what is not of its kind or out of any
sensible range; only `name_of`, for what identifies, raises TypeError.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from providers.huggingface import limits
from providers.huggingface.text import clean

_PRICE_STEP = Decimal(1).scaleb(-limits.PRICE_PLACES)
# What reading one odd item raises. Whatever else goes wrong is a fault of ours.
ODD = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError)

_Item = TypeVar("_Item")


def each(items: Iterable[Any], read: Callable[[Any], _Item]) -> Iterator[_Item]:
    """Those that can be read."""
    for item in items:
        try:
            entry = read(item)
        except ODD:
            continue
        yield entry


def tags(raw: Any, most: int = 50) -> tuple[str, ...]:
    if not isinstance(raw, list):
        return ()
    return tuple(filter(None, [clean(item, limits.TAG) for item in raw[:most]]))


def web_address(raw: Any) -> str:
    """An address that may be linked and called, or "": a part of one leads somewhere else."""
    text = clean(raw, limits.URL + 1)
    is_whole = len(text) <= limits.URL
    return text if is_whole and text.startswith(("https://", "http://")) else ""


def moment_of(raw: Any) -> datetime | None:
    """Times have up to nine digits of fraction; what is beyond microseconds is dropped. One that
    lies where no token or endpoint can have been made, or can expire, is not known."""
    if not isinstance(raw, str):
        return None
    try:
        moment = datetime.fromisoformat(raw[:60])
        if moment.tzinfo is not UTC:
            moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if limits.FIRST_YEAR <= moment.year <= limits.LAST_YEAR else None


def count(raw: Any, most: int = limits.COUNT) -> int | None:
    # Of type int and no other: bool is a kind of it.
    return raw if type(raw) is int and 0 <= raw <= most else None


def amount(raw: Any) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw < limits.COUNT:
        return None
    return float(raw)


def price(raw: Any) -> Decimal | None:
    """USD, rounded as it is stored."""
    value = amount(raw)
    if value is None or value >= limits.PRICE:
        return None
    return Decimal(str(value)).quantize(_PRICE_STEP)


def name_of(raw: Any, limit: int = limits.NAME) -> str:
    name = clean(raw, limit)
    if not isinstance(raw, str) or not name:
        raise TypeError("A name was expected")
    return name


def text_of(raw: Any, limit: int) -> str:
    """As `clean`, but "" for a number."""
    return clean(raw, limit) if isinstance(raw, str) else ""


def list_of(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []


def object_of(raw: Any) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {}
