"""Several questions to Hugging Face at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

_One = TypeVar("_One")
_Other = TypeVar("_Other")


def ask(questions: Sequence[Callable[[], _One]]) -> list[_One]:
    """The answers in the order of the questions, of which none may use the database: it runs in a
    thread of its own, within the deadlines that hold here."""
    with ThreadPoolExecutor(max_workers=len(questions)) as threads:
        asked = [threads.submit(copy_context().run, question) for question in questions]
        return [each.result() for each in asked]


def ask_both(one: Callable[[], _One], other: Callable[[], _Other]) -> tuple[_One, _Other]:
    """The same of two kinds."""
    with ThreadPoolExecutor(max_workers=1) as threads:
        asked = threads.submit(copy_context().run, other)
        return one(), asked.result()
