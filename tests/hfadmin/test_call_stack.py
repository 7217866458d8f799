"""Calls that go deep map no memory of their own, however deep they begin."""

import resource

from hfadmin.call_stack import with_stack_room

DEPTHS = range(300)
CALLS = 200


def faults_of_a_loop_at(depth: int) -> int:
    """Return how many pages of memory a loop of calls maps, at this depth of the stack."""
    if depth:
        return faults_of_a_loop_at(depth - 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _call in range(CALLS):
        sum_of(1, 2, 3, 4)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def sum_of(*numbers: int) -> int:
    return sum(numbers)


def test_a_loop_maps_no_memory_with_each_call_however_deep_it_is() -> None:
    measured = with_stack_room(faults_of_a_loop_at)
    assert max(measured(depth) for depth in DEPTHS) < CALLS / 2


def test_it_returns_and_raises_what_the_function_does() -> None:
    assert with_stack_room(sum_of)(1, 2) == 3
    assert with_stack_room(sum_of).__name__ == "sum_of"
