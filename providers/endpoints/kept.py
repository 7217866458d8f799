"""What was worked out, kept in this process for as long as its key stays true."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar
from weakref import WeakSet

_Value = TypeVar("_Value")
_all: "WeakSet[Kept[Any]]" = WeakSet()


def forget() -> None:
    """Everything that is kept: what follows is about another database."""
    for kept in _all:
        kept.clear()


class Kept(Generic[_Value]):
    """At most `most` values; those not asked for the longest go first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, _Value] = OrderedDict()
        self._lock = Lock()
        _all.add(self)

    def get(self, key: Hashable) -> _Value | None:
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: Hashable, value: _Value) -> _Value:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
            return value

    def get_or(self, key: Hashable, make: Callable[[], _Value]) -> _Value:
        value = self.get(key)
        return self.put(key, make()) if value is None else value

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
