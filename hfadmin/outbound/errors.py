"""Why a call was not made, or was broken off.

They are transport errors of httpx2, so that libraries in between let them pass; none is one of
those that a library tries again.
"""

import httpx2


class OutboundError(httpx2.TransportError):
    """Base of what the guard refuses."""


class BlockedAddress(OutboundError):  # noqa: N818  # said as what it is
    """The host is, or resolves to, an address that is not public and not trusted."""


class DeadlineExceeded(OutboundError):  # noqa: N818
    """The time for the whole call was used up."""


class BodyTooLarge(OutboundError):  # noqa: N818
    """The answer was larger, once decompressed, than the call accepts."""


class RedirectRefused(OutboundError):  # noqa: N818
    """The answer was a redirect that is not followed."""
