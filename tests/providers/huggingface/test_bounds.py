"""Work on upstream's text is bounded by its size, since no deadline stops it half-way."""

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from huggingface_hub.utils import _http

import hfadmin
import providers
from hfadmin import outbound
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.huggingface import client, parse
from providers.huggingface.errors import HuggingFaceError, Kind
from tests.providers.huggingface.conftest import LLAMA
from tests.stack.processes import ROOT, clean_environment

LONGEST = 4_000  # characters of an unsuccessful answer that are looked at
BUDGET = (
    0.25  # seconds of processor time for one pattern or one answer; all but the worst take 1 ms
)
NOT_AT_RUN_TIME = ("migrations", "sandbox", "__main__")


def test_a_quarter_of_a_megabyte_of_refusal_costs_no_time(hub: Sandbox, token: Secret) -> None:
    calls: list[Callable[[], object]] = [
        lambda: client.whoami(token),
        lambda: client.model("acme/llama", token=token),
        lambda: client.list_endpoints(token, "acme"),
        lambda: client.get_endpoint(token, "acme", "llama"),
        lambda: client.hosted_chat(token, "acme/llama"),
    ]
    for text in ("token " * 40_000, "expired " * 30_000, "model " * 40_000, "<script" * 35_000):
        hub.fault("403", text=text, times=len(calls))
        for call in calls:
            began = time.thread_time()
            with pytest.raises(HuggingFaceError) as refused:
                call()
            assert time.thread_time() - began < BUDGET
            evidence = refused.value.diagnosis.evidence
            assert evidence is not None
            assert evidence.status == 403
            assert len(evidence.text) <= 600


@pytest.mark.parametrize("charset", ["punycode", "hex", "no-such-charset"])
def test_an_answer_in_a_strange_charset_is_read_as_utf_8(
    hub: Sandbox, token: Secret, charset: str
) -> None:
    hub.fault("charset", charset=charset)
    assert client.whoami(token).name == "ada"
    assert client.model(LLAMA, token=token).repository == LLAMA


@pytest.mark.parametrize("status", [200, 403])
def test_what_would_fill_the_memory_is_not_parsed(hub: Sandbox, token: Secret, status: int) -> None:
    hub.fault("value_bomb", status=status)
    with pytest.raises(HuggingFaceError) as refused:
        client.list_endpoints(token, "acme")
    expected = Kind.TOO_LARGE if status == 200 else Kind.FORBIDDEN
    assert refused.value.kind is expected


@pytest.mark.stack
def test_bombs_that_break_the_limits_and_bombs_that_keep_within_leave_no_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.providers.huggingface.decompression_bombs"],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(done.stdout) < 30


def test_endpoints_without_number_take_no_time_and_no_memory_without_number() -> None:
    raw = {"items": [{"name": f"e-{number}"} for number in range(3 * parse.MOST_ENDPOINTS)]}
    found = parse.endpoints(raw, "acme")
    assert len(found.items) == parse.MOST_ENDPOINTS
    assert found.left_out == 2 * parse.MOST_ENDPOINTS
    assert not found.is_complete


def test_no_warning_of_an_answer_is_logged_as_it_came_or_kept_for_ever(
    hub: Sandbox, token: Secret, caplog: pytest.LogCaptureFixture
) -> None:
    warnings = [("x-hf-warning", f"topic-{number}; hf_secret") for number in range(50)]
    outbound.use_transport(
        lambda: httpx2.MockTransport(
            lambda _: httpx2.Response(
                200, headers=warnings, stream=httpx2.ByteStream(b'{"name": "ada"}')
            )
        )
    )
    assert client.whoami(token).name == "ada"
    assert "hf_secret" not in caplog.text
    assert not any(topic.startswith("topic-") for topic in _http._WARNED_TOPICS)


def test_every_pattern_is_quick_with_the_worst_text_of_the_greatest_length() -> None:
    patterns = {pattern.pattern: pattern for pattern in _patterns()}
    assert len(patterns) > 20
    slow = {
        pattern.pattern: text[:20]
        for pattern in patterns.values()
        for text in _worst_texts(pattern)
        if _seconds(pattern, text) > BUDGET
    }
    assert not slow


def test_no_pattern_takes_sixteen_times_as_long_for_four_times_the_text() -> None:
    """A budget alone lets a pattern pass that is quadratic and was lucky in its length."""
    worse = {
        pattern.pattern: text[:20]
        for pattern in {pattern.pattern: pattern for pattern in _patterns()}.values()
        for text in _worst_texts(pattern)
        if _is_superlinear(pattern, text)
    }
    assert not worse


def test_every_pattern_is_written_where_that_test_finds_it() -> None:
    """Either as a literal in the call, or kept by a module."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in _sources()
        for call in _regex_calls(path)
        if not isinstance(call.args[0], ast.Constant) and not _is_kept_by_a_module(path)
    ]
    assert not hidden


def _patterns() -> Iterator[re.Pattern[str]]:
    for module in _modules():
        yield from _in(list(vars(module).values()), depth=0)
    for path in _sources():
        for call in _regex_calls(path):
            if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
                yield re.compile(call.args[0].value)


def _in(values: object, depth: int) -> Iterator[re.Pattern[str]]:
    """Patterns, also those within tables of them."""
    if isinstance(values, re.Pattern) and isinstance(values.pattern, str):
        yield values
    elif isinstance(values, dict) and depth < 4:
        yield from _in(list(values.values()), depth + 1)
    elif isinstance(values, list | tuple) and depth < 4:
        for value in values:
            yield from _in(value, depth + 1)


def _worst_texts(pattern: re.Pattern[str]) -> Iterator[str]:
    """What the pattern begins to match again and again, in vain."""
    joined = re.sub(r"\\b|[()?]|\s", "", pattern.pattern)  # "<(script|style)\b" begins by "<script"
    pieces = {
        *re.findall(r"[A-Za-z0-9_<>/:.\"'=-]{1,20}", f"{pattern.pattern} {joined}"),
        *"a0 .-_<\"'=:/",
        "hf_",
    }
    for piece in pieces:
        yield (piece + " ") * (LONGEST // (len(piece) + 1)) + "!"
        yield piece * (LONGEST // len(piece)) + "!"
        yield f"{piece}-" * (LONGEST // (len(piece) + 1)) + "!"


def _seconds(pattern: re.Pattern[str], text: str) -> float:
    began = time.thread_time()
    pattern.search(text)
    pattern.fullmatch(text)
    return time.thread_time() - began


def _is_superlinear(pattern: re.Pattern[str], text: str) -> bool:
    """Measured where it takes long enough to be measured, and again before it counts."""
    for _ in range(3):
        short = _seconds(pattern, text)
        if short < 0.002 or _seconds(pattern, text * 4) < 9 * short:
            return False
    return True


def _modules() -> Iterator[object]:
    for package in (hfadmin, providers):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not any(part in found.name.split(".") for part in NOT_AT_RUN_TIME):
                yield importlib.import_module(found.name)


def _sources() -> Iterator[Path]:
    for folder in ("hfadmin", "providers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not any(part in NOT_AT_RUN_TIME for part in path.parts):
                yield path


def _regex_calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr != "escape"
        ):
            yield node


def _is_kept_by_a_module(path: Path) -> bool:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return any(_in(list(vars(importlib.import_module(name)).values()), depth=0))
