"""Returns the memory of large answers to the system."""

import ctypes

_M_MMAP_THRESHOLD = -3  # of mallopt(3)
_LARGE = 1024 * 1024  # bytes


def return_large_blocks() -> None:
    """Fix glibc's mmap threshold at 1 MiB for this process; other C libraries are left alone.

    By default glibc raises it with the first large block that is freed, and then takes such blocks
    from its heap, which fragments and does not shrink.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(_M_MMAP_THRESHOLD, _LARGE)
