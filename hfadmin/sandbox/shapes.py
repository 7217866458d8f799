"""The shape of JSON answers: the types of their fields, without values."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

# Objects whose keys are data of users or accounts: the keys are replaced by `*`.
MAPS = {"env", "secrets", "parameters", "inferenceProviderMapping", "image", "config", "cardData"}
FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")


class Shape:
    """The types at each path of one or more answers, counted."""

    def __init__(self, *answers: Any) -> None:
        self.types: dict[str, Counter[str]] = {}
        self.parents: dict[str, str] = {}
        for answer in answers:
            self.add(answer)

    def add(self, answer: Any) -> None:
        self._add("", answer)

    def merge(self, other: "Shape") -> None:
        for path, types in other.types.items():
            self.types.setdefault(path, Counter()).update(types)
        self.parents |= other.parents

    def is_required(self, path: str) -> bool:
        """Whether every object at the parent path has the field."""
        parent = self.parents.get(path)
        if parent is None or "*" in path:
            return False
        return self.types[path].total() >= self.types[parent]["object"]

    def has_object(self, path: str) -> bool:
        return self.types.get(path, Counter())["object"] > 0

    def _add(self, path: str, value: Any) -> None:
        self.types.setdefault(path, Counter())[_type(value)] += 1
        if isinstance(value, dict):
            for name, entry in value.items():
                child = f"{path}.{_shown(path, name)}" if path else _shown(path, name)
                self.parents[child] = path
                self._add(child, entry)
        elif isinstance(value, list):
            for entry in value:
                self._add(f"{path}[]", entry)


def differences(seen: Shape, expected: Shape) -> Iterator[str]:
    """Yield a sentence for each difference of `seen` from `expected`, without values."""
    for path, types in sorted(seen.types.items()):
        place = path or "the answer"
        parent = seen.parents.get(path)
        if path not in expected.types:
            if parent is None or expected.has_object(parent):
                yield f"{place}: {_words(types)}, which the sandbox does not have"
        elif surprising := set(types) - set(expected.types[path]):
            yield (
                f"{place}: {_words(surprising)}, where the sandbox has "
                f"{_words(expected.types[path])}"
            )
    for path in sorted(expected.types):
        parent = expected.parents.get(path)
        missing = path not in seen.types and parent is not None and seen.has_object(parent)
        if missing and expected.is_required(path):
            yield f"{path}: missing, where the sandbox has {_words(expected.types[path])}"


def _type(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "boolean", int: "number", float: "number", str: "string", dict: "object"}
    return names.get(type(value), "list")


def _shown(path: str, name: str) -> str:
    last = path.rpartition(".")[2].removesuffix("[]")
    return "*" if last in MAPS or FIELD.fullmatch(name) is None else name


def _words(types: Any) -> str:
    return " or ".join(sorted(types))
