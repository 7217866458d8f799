"""Requests take turns, and nobody waits for one that is waiting itself."""

from queue import SimpleQueue
from threading import Event, Thread

import pytest

from hfadmin.turns import Turns


def test_a_second_request_has_its_turn_once_the_first_has_ended() -> None:
    turns, seen = Turns(), SimpleQueue[str]()
    has_begun = Event()

    def second() -> None:
        has_begun.set()
        with turns.turn() as has_turn:
            seen.put(f"second, {has_turn}")

    thread = Thread(target=second)
    with turns.turn() as has_turn:
        thread.start()
        has_begun.wait(5)
        seen.put(f"first, {has_turn}")
    thread.join(5)
    assert [seen.get(), seen.get()] == ["first, True", "second, True"]


def test_nobody_waits_for_a_request_that_takes_long() -> None:
    turns = Turns()
    with turns.turn() as first, turns.turn() as second:
        assert first
        assert not second
    with turns.turn() as third:
        assert third
    with turns.turn() as fourth:
        assert fourth


def test_a_request_that_fails_gives_its_turn_back() -> None:
    turns = Turns()
    with pytest.raises(LookupError), turns.turn():
        raise LookupError
    with turns.turn() as has_turn:
        assert has_turn
