"""Errors of outbound calls that were refused or aborted.

They are transport errors of httpx2, so that libraries pass them on, and none is one that a library
retries.
"""

import httpx2


class OutboundError(httpx2.TransportError):
    """Base of the errors of this package."""


class BlockedAddressError(OutboundError):
    """The host is, or resolves to, an address that is not public and not trusted."""


class DeadlineExceededError(OutboundError):
    """The time for the whole call was used up."""


class BodyTooLargeError(OutboundError):
    """The answer was larger, once decompressed, than the call accepts."""


class RedirectRefusedError(OutboundError):
    """The answer was a redirect that is not followed."""
