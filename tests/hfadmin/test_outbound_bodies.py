"""What an answer may be: so many bytes, so many values, and text in UTF-8."""

import gzip
from collections.abc import Callable, Iterator

import httpx2
import pytest

from hfadmin import outbound
from hfadmin.outbound.body import LONGEST_NUMBER, PIECE_BYTES

MANY = outbound.Limits(max_bytes=1_000_000, max_values=1_000)


@pytest.fixture
def answer() -> Iterator[Callable[..., None]]:
    """Lets every call be answered with these bytes and headers."""

    def give(body: bytes, **headers: str) -> None:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        transport = httpx2.MockTransport(
            lambda _: httpx2.Response(200, headers=sent, stream=httpx2.ByteStream(body))
        )
        outbound.use_transport(lambda: transport)

    yield give
    outbound.reset()


def get(limits: outbound.Limits = MANY) -> httpx2.Response:
    return outbound.client(limits=limits).get("https://hub.test/")


@pytest.mark.parametrize("values", [b"[],", b"{},", b"0,", b'{"a":'])
def test_values_are_counted_before_anything_parses_them(
    answer: Callable[..., None], values: bytes
) -> None:
    answer(values * 1_001)
    with pytest.raises(outbound.BodyTooLargeError, match="values"):
        get()


def test_values_are_counted_in_what_is_decompressed_too(answer: Callable[..., None]) -> None:
    answer(gzip.compress(b" " * 10_000 + b"[]," * 1_001), content_encoding="gzip")
    with pytest.raises(outbound.BodyTooLargeError, match="values"):
        get()


def test_what_surrounds_a_call_narrows_the_limits_of_its_client_and_never_widens_them(
    answer: Callable[..., None],
) -> None:
    answer(b" " * 5_000)
    with outbound.limited(outbound.Limits(4_999, 10)), pytest.raises(outbound.BodyTooLargeError):
        get()
    answer(b"[" * 1_001)
    with outbound.limited(outbound.Limits(10**9, 10**9)), pytest.raises(outbound.BodyTooLargeError):
        get()


def test_a_compressed_body_comes_in_pieces_however_small_it_was(
    answer: Callable[..., None],
) -> None:
    whole = b" " * 900_000
    answer(gzip.compress(whole), content_encoding="gzip")
    with outbound.client(limits=MANY).stream("GET", "https://hub.test/") as response:
        pieces = list(response.iter_bytes())
    assert b"".join(pieces) == whole
    assert max(map(len, pieces)) <= PIECE_BYTES


@pytest.mark.parametrize("charset", ["punycode", "hex", "utf-7", "no-such-charset", "cp037"])
def test_text_is_utf_8_whatever_charset_it_names(answer: Callable[..., None], charset: str) -> None:
    answer('{"name": "Zoë"}'.encode(), content_type=f"application/json; charset={charset}")
    response = get()
    assert response.text == '{"name": "Zoë"}'
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize("value", ["zuviele Anfragen für heute".encode(), b"caf\xe9", b"\xff\xfe"])
def test_a_header_that_is_not_ascii_does_not_cost_the_answer(value: bytes) -> None:
    headers = [(b"X-Error-Message", value), (b"Retry-After", b"7")]
    outbound.use_transport(
        lambda: httpx2.MockTransport(lambda _: httpx2.Response(429, headers=headers))
    )
    try:
        response = get()
    finally:
        outbound.reset()
    assert (response.status_code, response.headers["retry-after"]) == (429, "7")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_wide_text_in_which_nothing_could_be_counted_is_refused(
    answer: Callable[..., None], encoding: str
) -> None:
    answer('{"a": []}'.encode(encoding))
    with pytest.raises(httpx2.DecodingError):
        get()


@pytest.mark.parametrize("offset", [0, PIECE_BYTES - 2_000, PIECE_BYTES - 1])
def test_a_number_of_thousands_of_digits_is_refused_wherever_it_stands(
    answer: Callable[..., None], offset: int
) -> None:
    number = b"7" * (LONGEST_NUMBER + 1)
    answer(gzip.compress(b" " * offset + number), content_encoding="gzip")
    with pytest.raises(httpx2.DecodingError, match="digits"):
        get()
    answer(b" " * offset + number[1:])
    assert get().content.strip() == number[1:]
