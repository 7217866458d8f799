"""Lets the memory of large answers go back to the system once they are read."""

import ctypes

_M_MMAP_THRESHOLD = -3  # of mallopt(3)
_LARGE = 1024 * 1024  # bytes


def return_large_blocks() -> None:
    """Keeps glibc from what it otherwise learns of the first answer of ten megabytes: to take such
    blocks from its heap, where they leave gaps that stay with the process. For all of its threads.
    Other C libraries have no such habit."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(_M_MMAP_THRESHOLD, _LARGE)
