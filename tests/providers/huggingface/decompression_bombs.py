"""The memory that decompression bombs leave behind, measured in a process of its own.

`python -m tests.providers.huggingface.decompression_bombs` prints by how many megabytes it has
grown. A hundred of the bombs exceed the limits; the others stay within them, and are parsed.
"""

import contextlib
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

import httpx2

from hfadmin import outbound
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.huggingface import client, config
from providers.huggingface.errors import HuggingFaceError
from tests.providers.huggingface.endpoint_calls import deployed_calls

BOMBS = 100
HUB = "https://sandbox.test"


def main() -> None:
    sandbox = Sandbox(base_url=HUB)
    sandbox.add_user("ada")
    token = Secret(sandbox.add_token("ada", role="write"))
    outbound.use_transport(lambda: httpx2.WSGITransport(app=sandbox))
    places = config.Configuration(HUB, f"{HUB}/v2", f"{HUB}/api/v1/catalog", f"{HUB}/router")
    config.configure(places)
    calls = _calls(token)
    for call in calls:  # imports and fills caches before the measurement
        _refused(call)
    before = _megabytes()
    sandbox.fault("value_bomb", times=BOMBS // 2)
    for call in islice(cycle(calls), BOMBS // 2):
        _refused(call)
    sandbox.fault("value_bomb", status=403, times=BOMBS // 2)
    for call in islice(cycle(calls), BOMBS // 2):
        _refused(call)
    for bomb in [*_within(19, 500_000), *_within(1, 50_000)]:
        outbound.use_transport(lambda bomb=bomb: _answering(bomb))  # type: ignore[misc]
        for call in calls:
            _refused(call)
    sys.stdout.write(f"{_megabytes() - before:.1f}\n")


def _within(megabytes: int, values: int) -> Iterator[bytes]:
    """Yield compressed answers of this size, or with this number of values."""
    size = megabytes * 2**20
    yield _gzip(b"[" + b"[]," * (values - 9) + b"1]")
    yield _gzip(b'{"items": [' + b'{"name":"e"},' * (values // 2) + b"1]}")
    named = b",".join(b'{"name":"n%d"}' % number for number in range(values // 2))
    yield _gzip(b'{"name":"ada","orgs":[' + named + b'],"items":[' + named + b"]}")
    words = b",".join('"é€%d"'.encode() % number for number in range(values))
    yield _gzip(b"[" + words[:size] + b'"]')
    yield _gzip(b'["' + b"a" * (size - 9) + "\U0001f600".encode() + b'"]')  # four bytes a letter
    yield _gzip(b"[" * values)
    yield _gzip(b"data: " + b"x" * (size - 9))
    chunk = b'data: {"choices":[{"delta":{"content":"x"}}]}\n\n'
    yield _gzip(chunk * min(size // len(chunk), values // 4))
    yield _gzip(b"data: " + b"[]," * (values - 9) + b"\n\n")


def _gzip(body: bytes) -> bytes:
    compressor = zlib.compressobj(1, wbits=16 + zlib.MAX_WBITS)
    return compressor.compress(body) + compressor.flush()


def _answering(body: bytes) -> httpx2.BaseTransport:
    headers = {"content-type": "text/event-stream", "content-encoding": "gzip"}
    return httpx2.MockTransport(
        lambda _: httpx2.Response(200, headers=headers, stream=httpx2.ByteStream(body))
    )


def _calls(token: Secret) -> list[Callable[[], object]]:
    deployed = f"{HUB}/deployed/abc"
    return [
        lambda: client.whoami(token),
        lambda: client.model("acme/llama", token=token),
        lambda: client.search_models("llama", token=token),
        lambda: client.list_endpoints(token, "ada"),
        lambda: client.list_hardware(token, "ada"),
        lambda: client.get_endpoint(token, "ada", "llama"),
        lambda: client.hosted_chat(token, "acme/llama"),
        lambda: client.hosted_embedding(token, "acme/llama"),
        *deployed_calls(token, deployed, [deployed]),
    ]


def _refused(call: Callable[[], object]) -> None:
    with contextlib.suppress(HuggingFaceError):
        call()


def _megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
