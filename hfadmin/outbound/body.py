"""The body of an answer, decompressed piece by piece, up to a moment and a size.

Python's JSON parser cannot be stopped half-way, and what it makes of a few megabytes can take a
hundred times their size. So the values are counted in the bytes, before anything parses them.
"""

import zlib
from collections.abc import Iterator

import httpx2

from hfadmin.outbound import clock
from hfadmin.outbound.errors import BodyTooLargeError
from hfadmin.outbound.limits import Limits

PIECE = 64 * 1024  # bytes that are decompressed at once
LONGEST_NUMBER = 4_000  # digits; Python refuses to parse much longer ones, without saying where
_ALL_DIGITS_ALIKE = bytes.maketrans(b"123456789", b"000000000")
_TOO_MANY_DIGITS = b"0" * (LONGEST_NUMBER + 1)


class Body(httpx2.SyncByteStream):
    """Compressed bodies come in pieces of at most 64 KiB. Raises DeadlineExceededError,
    BodyTooLargeError, and DecodingError for what is neither gzip where it should be nor text in
    UTF-8."""

    def __init__(
        self, response: httpx2.Response, end: float, limits: Limits, *, is_gzip: bool
    ) -> None:
        self._response = response
        self._end = end
        self._limits = limits
        self._is_gzip = is_gzip

    def __iter__(self) -> Iterator[bytes]:
        size = values = 0
        before = b""
        for piece in self._pieces():
            size += len(piece)
            values += piece.count(b"[") + piece.count(b"{") + piece.count(b",")
            if size > self._limits.max_bytes:
                raise BodyTooLargeError(f"The answer is larger than {self._limits.max_bytes} bytes")
            if values > self._limits.max_values:
                raise BodyTooLargeError(
                    f"The answer holds more than {self._limits.max_values} values"
                )
            _require_text(before + piece)
            before = piece[-LONGEST_NUMBER:]
            yield piece

    def close(self) -> None:
        self._response.close()

    def _pieces(self) -> Iterator[bytes]:
        inflate = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS) if self._is_gzip else None
        for chunk in self._chunks():
            if inflate is None:
                yield chunk
                continue
            while chunk:
                self._check_moment()
                piece = _inflated(inflate, chunk)
                if piece:
                    yield piece
                chunk = inflate.unconsumed_tail

    def _chunks(self) -> Iterator[bytes]:
        """As they come from the network."""
        assert isinstance(self._response.stream, httpx2.SyncByteStream)  # noqa: S101 - no asyncio
        chunks, size = iter(self._response.stream), 0
        while True:
            with clock.until(self._end):
                clock.check()
                chunk = next(chunks, None)
            if chunk is None:
                return
            size += len(chunk)
            if size > self._limits.max_bytes:
                raise BodyTooLargeError(f"The answer is larger than {self._limits.max_bytes} bytes")
            yield chunk

    def _check_moment(self) -> None:
        with clock.until(self._end):
            clock.check()


def _inflated(inflate: "zlib._Decompress", chunk: bytes) -> bytes:
    try:
        return inflate.decompress(chunk, PIECE)
    except zlib.error as error:
        raise httpx2.DecodingError("The answer is not compressed as it says") from error


def _require_text(piece: bytes) -> None:
    """JSON and event streams hold no NUL; one means UTF-16 or UTF-32, in which nothing above could
    be counted, or no text at all."""
    if b"\0" in piece:
        raise httpx2.DecodingError("The answer is not text in UTF-8")
    if _TOO_MANY_DIGITS in piece.translate(_ALL_DIGITS_ALIKE):
        raise httpx2.DecodingError(f"A number has more than {LONGEST_NUMBER} digits")
