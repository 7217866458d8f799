"""`hfadmin probe`: does the real Hugging Face still answer as the sandbox does?

Only reads, with an operator's own token, and prints shapes: no value of any answer.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from getpass import getpass
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import quote

import httpx2
from django.conf import settings

from hfadmin import outbound
from hfadmin.sandbox import Sandbox, seed
from hfadmin.sandbox.shapes import Shape, differences

if TYPE_CHECKING:
    from hfadmin.vault import Secret

CHAT_MODEL = "HuggingFaceTB/SmolLM3-3B"
EMBEDDING_MODEL = "BAAI/bge-small-en-v1.5"
MISSING = "hfadmin-probe-0"
EXPAND = "&".join(
    f"expand={name}"
    for name in (
        "inference",
        "inferenceProviderMapping",
        "pipeline_tag",
        "library_name",
        "gated",
        "private",
        "tags",
        "safetensors",
        "gguf",
    )
)
SEARCH = "search=llama&pipeline_tag=text-generation&inference_provider=all&sort=trendingScore"
SAME, DIFFERENT, NOT_ASKED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Bases:
    """Where a Hugging Face is."""

    hub: str
    endpoints: str
    router: str

    @classmethod
    def configured(cls) -> "Bases":
        """Where the site goes."""
        return cls(
            settings.HF_ENDPOINT,
            settings.HF_INFERENCE_ENDPOINTS_ENDPOINT,
            settings.HF_ROUTER_ENDPOINT,
        )


@dataclass(slots=True)
class Answers:
    """What came back to one kind of question: statuses and shape, over all namespaces."""

    statuses: set[int]
    shape: Shape

    def add(self, response: httpx2.Response) -> Any:
        """Keep the shape; the body goes back to the caller, None where it is not JSON."""
        self.statuses.add(response.status_code)
        try:
            body = response.json()
        except ValueError:
            return None
        self.shape.add(body)
        return body


Asked = dict[str, Answers]


def run(options: argparse.Namespace) -> None:
    """The command: takes the token from standard input or, at a terminal, without echo."""
    from hfadmin.vault import Secret

    asks = "Access token (it is sent to Hugging Face only, and not stored): "
    value = getpass(asks) if sys.stdin.isatty() else sys.stdin.readline()
    if not value.strip():
        raise SystemExit("hfadmin: give an access token, on standard input or when asked for it.")
    raise SystemExit(probe(Secret(value.strip())))


def probe(token: "Secret", *, bases: Bases | None = None, out: TextIO | None = None) -> int:
    """Compare, print one line for each difference, and say by the result whether all is the same.

    0: the same. 1: something differs. 2: something could not be asked.
    """
    out = out or sys.stdout
    bases = bases or Bases.configured()
    out.write(f"Reading from {bases.hub}, {bases.endpoints} and {bases.router}.\n")
    expected = _expected()
    try:
        with outbound.client(follow=[bases.hub]) as client:
            seen = ask(client, bases, token.reveal())
    except httpx2.HTTPError as problem:
        out.write(f"Could not be asked: {type(problem).__name__}. Nothing was compared.\n")
        return NOT_ASKED
    result = SAME
    for question, answers in seen.items():
        found = list(_differences(answers, expected[question]))
        out.write(f"{question}: {f'{len(found)} differences' if found else 'the same'}\n")
        out.writelines(f"  {line}\n" for line in found)
        result = DIFFERENT if found else result
    if seen["whoami"].statuses != {200}:
        out.write("The token was not accepted: the other answers tell little.\n")
        return NOT_ASKED
    return result


def ask(client: httpx2.Client, bases: Bases, token: str) -> Asked:
    """Make the calls, each kind once or once for each namespace, and keep their shapes."""
    asked: Asked = {}
    headers = {"Authorization": f"Bearer {token}"}

    def get(question: str, url: str) -> Any:
        answers = asked.setdefault(question, Answers(set(), Shape()))
        return answers.add(client.get(url, headers=headers))

    identity = get("whoami", f"{bases.hub}/api/whoami-v2")
    get("search of models", f"{bases.hub}/api/models?{SEARCH}&limit=5")
    for model in (CHAT_MODEL, EMBEDDING_MODEL):
        get("model", f"{bases.hub}/api/models/{model}?{EXPAND}")
    get("missing model", f"{bases.hub}/api/models/{MISSING}/{MISSING}")
    get("hosted models", f"{bases.router}/v1/models")
    for namespace in _namespaces(identity):
        _ask_about_endpoints(get, bases.endpoints, namespace)
    return asked


def _ask_about_endpoints(get: Callable[[str, str], Any], base: str, namespace: str) -> None:
    namespace = quote(namespace, safe="")
    listed = get("endpoints", f"{base}/endpoint/{namespace}")
    items = listed.get("items") if isinstance(listed, dict) else None
    if not isinstance(items, list):
        return
    get("hardware", f"{base}/provider/{namespace}")
    get("missing endpoint", f"{base}/endpoint/{namespace}/{MISSING}")
    if items and isinstance(items[0], dict):
        name = quote(str(items[0].get("name")), safe="")
        get("endpoint", f"{base}/endpoint/{namespace}/{name}")


def _namespaces(identity: Any) -> list[str]:
    if not isinstance(identity, dict) or "name" not in identity:
        return []
    organizations = identity.get("orgs") or []
    return [str(identity["name"]), *(str(each.get("name")) for each in organizations)]


def _expected() -> Asked:
    """What the sandbox answers to the same questions, of every demo token."""
    sandbox = Sandbox()
    seed.demo(sandbox)
    base = "https://sandbox.test"
    bases = Bases(base, f"{base}/v2", f"{base}/router")
    merged: Asked = {}
    with httpx2.Client(transport=httpx2.WSGITransport(app=sandbox)) as client:
        for _, token in seed.DEMO_TOKENS:
            for question, answers in ask(client, bases, token).items():
                known = merged.setdefault(question, answers)
                if known is not answers:
                    known.statuses |= answers.statuses
                    known.shape.merge(answers.shape)
    return merged


def _differences(seen: Answers, expected: Answers) -> Iterator[str]:
    for status in sorted(seen.statuses - expected.statuses):
        others = ", ".join(map(str, sorted(expected.statuses)))
        yield f"status {status}, where the sandbox answers {others}"
    yield from differences(seen.shape, expected.shape)
