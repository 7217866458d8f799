"""`hfadmin probe`: compare the answers of the real Hugging Face with the sandbox's.

It makes read-only calls with an operator's own token, and prints the shapes of answers, no values.
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
        "sha",
        "lastModified",
    )
)
SEARCH = "search=llama&pipeline_tag=text-generation&inference_provider=all&sort=trendingScore"
SAME, DIFFERENT, INCOMPLETE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class BaseUrls:
    """The base URLs of a Hugging Face."""

    hub: str
    endpoints: str
    catalog: str
    router: str

    @classmethod
    def configured(cls) -> "BaseUrls":
        """Return those of the settings."""
        return cls(
            settings.HF_ENDPOINT,
            settings.HF_INFERENCE_ENDPOINTS_ENDPOINT,
            settings.HF_INFERENCE_CATALOG_ENDPOINT,
            settings.HF_ROUTER_ENDPOINT,
        )


@dataclass(slots=True)
class Answers:
    """The statuses and the shape of all answers to one kind of question."""

    statuses: set[int]
    shape: Shape

    def add(self, response: httpx2.Response) -> Any:
        """Add an answer, and return its JSON; None where it is none."""
        self.statuses.add(response.status_code)
        try:
            body = response.json()
        except ValueError:
            return None
        self.shape.add(body)
        return body


Results = dict[str, Answers]


def run(options: argparse.Namespace) -> None:
    """Run the command. The token is read from standard input or, at a terminal, without echo.

    Raises SystemExit with the status of `probe`.
    """
    from hfadmin.vault import Secret

    asks = "Access token (it is sent to Hugging Face only, and not stored): "
    value = getpass(asks) if sys.stdin.isatty() else sys.stdin.readline()
    if not value.strip():
        raise SystemExit("hfadmin: give an access token, on standard input or when asked for it.")
    raise SystemExit(probe(Secret(value.strip())))


def probe(token: "Secret", *, bases: BaseUrls | None = None, out: TextIO | None = None) -> int:
    """Compare, print one line for each difference, and return the exit status.

    It is 0 without differences, 1 with some, and 2 where Hugging Face could not be compared.
    """
    out = out or sys.stdout
    bases = bases or BaseUrls.configured()
    out.write(f"Reading from {bases.hub}, {bases.endpoints}, {bases.catalog} and {bases.router}.\n")
    expected = _expected()
    try:
        with outbound.client(follow=[bases.hub]) as client:
            seen = ask(client, bases, token.reveal())
    except httpx2.HTTPError as problem:
        out.write(f"Could not be asked: {type(problem).__name__}. Nothing was compared.\n")
        return INCOMPLETE
    result = SAME
    for question, answers in seen.items():
        found = list(_differences(answers, expected[question]))
        out.write(f"{question}: {f'{len(found)} differences' if found else 'the same'}\n")
        out.writelines(f"  {line}\n" for line in found)
        result = DIFFERENT if found else result
    if seen["whoami"].statuses != {200}:
        out.write("The token was not accepted: the other answers tell little.\n")
        return INCOMPLETE
    return result


def ask(client: httpx2.Client, bases: BaseUrls, token: str) -> Results:
    """Make the calls, and return the shapes of the answers by kind of question."""
    asked: Results = {}
    headers = {"Authorization": f"Bearer {token}"}

    def get(question: str, url: str) -> Any:
        answers = asked.setdefault(question, Answers(set(), Shape()))
        return answers.add(client.get(url, headers=headers))

    identity = get("whoami", f"{bases.hub}/api/whoami-v2")
    get("search of models", f"{bases.hub}/api/models?{SEARCH}&limit=5")
    for model in (CHAT_MODEL, EMBEDDING_MODEL):
        get("model", f"{bases.hub}/api/models/{model}?{EXPAND}")
        get("files of a model", f"{bases.hub}/api/models/{model}/tree/main?recursive=true")
    get("missing model", f"{bases.hub}/api/models/{MISSING}/{MISSING}")
    get("hosted models", f"{bases.router}/v1/models")
    get("catalog", f"{bases.catalog}/list?search={EMBEDDING_MODEL}&limit=5")
    get("billing", f"{bases.hub}/api/settings/billing/usage")
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


def _expected() -> Results:
    """Return the answers of the sandbox, merged over the tokens of the demo."""
    sandbox = Sandbox()
    seed.demo(sandbox)
    base = "https://sandbox.test"
    bases = BaseUrls(base, f"{base}/v2", f"{base}/api/v1/catalog", f"{base}/router")
    merged: Results = {}
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
