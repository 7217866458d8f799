"""The body of an answer, decompressed in pieces within a deadline and limits.

Python's JSON parser cannot be interrupted, and what it makes of a few megabytes can take a hundred
times as much memory. So the values are counted in the bytes, before they are parsed.
"""

import zlib
from collections.abc import Iterator

import httpx2

from hfadmin.outbound import deadlines
from hfadmin.outbound.errors import BodyTooLargeError
from hfadmin.outbound.limits import Limits

PIECE_BYTES = 64 * 1024  # decompressed at a time
LONGEST_NUMBER = 4_000  # digits; Python's parser raises ValueError for longer ones
_ALL_DIGITS_ALIKE = bytes.maketrans(b"123456789", b"000000000")
_TOO_MANY_DIGITS = b"0" * (LONGEST_NUMBER + 1)


class LimitedBody(httpx2.SyncByteStream):
    """Iterates over the decompressed body, in pieces of at most 64 KiB if it is gzip.

    Raises DeadlineExceededError, BodyTooLargeError, and DecodingError for invalid gzip and for what
    is not text in UTF-8. `end` is a moment of the monotonic clock.
    """

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
            _check_text(before + piece)
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
                self._check_deadline()
                piece = _inflated(inflate, chunk)
                if piece:
                    yield piece
                chunk = inflate.unconsumed_tail

    def _chunks(self) -> Iterator[bytes]:
        """Iterate over the chunks as received."""
        assert isinstance(self._response.stream, httpx2.SyncByteStream)  # noqa: S101 - no asyncio
        chunks, size = iter(self._response.stream), 0
        while True:
            with deadlines.deadline_at(self._end):
                deadlines.check()
                chunk = next(chunks, None)
            if chunk is None:
                return
            size += len(chunk)
            if size > self._limits.max_bytes:
                raise BodyTooLargeError(f"The answer is larger than {self._limits.max_bytes} bytes")
            yield chunk

    def _check_deadline(self) -> None:
        with deadlines.deadline_at(self._end):
            deadlines.check()


def _inflated(inflate: "zlib._Decompress", chunk: bytes) -> bytes:
    try:
        return inflate.decompress(chunk, PIECE_BYTES)
    except zlib.error as error:
        raise httpx2.DecodingError("The answer is not compressed as it says") from error


def _check_text(piece: bytes) -> None:
    """Raise DecodingError for a NUL or a number too long to parse.

    JSON and event streams contain no NUL: it means UTF-16 or UTF-32, in which values cannot be
    counted, or no text.
    """
    if b"\0" in piece:
        raise httpx2.DecodingError("The answer is not text in UTF-8")
    if _TOO_MANY_DIGITS in piece.translate(_ALL_DIGITS_ALIKE):
        raise httpx2.DecodingError(f"A number has more than {LONGEST_NUMBER} digits")
