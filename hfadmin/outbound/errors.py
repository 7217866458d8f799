"""Why a call was not made, or was broken off.

They are transport errors of httpx2, so that libraries in between let them pass; none is one of
those that a library tries again.
"""

import httpx2


class OutboundError(httpx2.TransportError):
    """Base of what the guard refuses."""


class BlockedAddressError(OutboundError):
    """The host is, or resolves to, an address that is not public and not trusted."""


class DeadlineExceededError(OutboundError):
    """The time for the whole call was used up."""


class BodyTooLargeError(OutboundError):
    """The answer was larger, once decompressed, than the call accepts."""


class RedirectRefusedError(OutboundError):
    """The answer was a redirect that is not followed."""
