"""Values that were worked out for a version, kept in the memory of this process."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from cachetools import LRUCache

_Value = TypeVar("_Value")
_all: "WeakSet[VersionCache[Any]]" = WeakSet()


def clear_all() -> None:
    """Empty every cache of this process: what follows is about another database."""
    for cache in _all:
        cache.clear()


class VersionCache(Generic[_Value]):
    """At most `maxsize` values, the least recently used dropped first. Safe for threads.

    A key holds the version for which its value is true, so that nothing has to be invalidated.
    """

    def __init__(self, maxsize: int) -> None:
        self._values: LRUCache[Hashable, _Value] = LRUCache(maxsize)
        self._lock = Lock()
        _all.add(self)

    def get(self, key: Hashable) -> _Value | None:
        with self._lock:
            return self._values.get(key)

    def put(self, key: Hashable, value: _Value) -> _Value:
        with self._lock:
            self._values[key] = value
        return value

    def get_or_set(self, key: Hashable, compute: Callable[[], _Value]) -> _Value:
        """The value of `key`, computed where there is none yet. Threads may compute it at once."""
        value = self.get(key)
        return self.put(key, compute()) if value is None else value

    def drop(self, key: Hashable) -> None:
        with self._lock:
            self._values.pop(key, None)

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
