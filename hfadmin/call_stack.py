"""Room on the interpreter's stack for calls that go deep.

CPython keeps the frames of Python functions in chunks of 16 KiB. A call that does not fit into the
last chunk maps another one, and unmaps it when it returns. A loop at such a depth does so with each
of its calls: rendering the same page took from 1.1 to 1.6 times as long, depending on how deep it
was called (docs/benchmarks.md).
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import ParamSpec, TypeVar

# More than half of a chunk of 1 MiB. It is the smallest that this fits into, and the rest of it is
# enough for all the calls that the recursion limit allows.
_SLOTS = 2**16

_Parameters = ParamSpec("_Parameters")
_Returned = TypeVar("_Returned")


def with_stack_room(
    function: Callable[_Parameters, _Returned],
) -> Callable[_Parameters, _Returned]:
    """Have all calls within `function` share one chunk of the interpreter's stack."""

    def call(*arguments: _Parameters.args, **options: _Parameters.kwargs) -> _Returned:
        return function(*arguments, **options)

    call.__code__ = call.__code__.replace(co_stacksize=_SLOTS)
    update_wrapper(call, function)
    return call
