"""This process as a holder of leases."""

from uuid import UUID, uuid4

_current: UUID | None = None


def become() -> None:
    """Take an id. Leases taken from now on end early where the heartbeat of this process stops."""
    global _current
    _current = uuid4()


def cease() -> None:
    """Leases taken from now on run for their whole time."""
    global _current
    _current = None


def current() -> UUID | None:
    """The id of this process in its leases; None where it writes no heartbeat."""
    return _current
