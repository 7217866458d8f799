"""Imports go one way, and the doors to the outside stand where the design puts them."""

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOGETHER = {"settings", "urls", "celery", "cli", "wsgi", "asgi"}
HTTP = {"httpx", "httpx2", "httpcore", "httpcore2", "aiohttp", "requests", "urllib3", "http.client"}


def modules(*folders: str) -> list[Path]:
    return [
        path.relative_to(ROOT)
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    ]


SITE, PROVIDERS = modules("hfadmin"), modules("providers")
ALL = [*SITE, *PROVIDERS]
EDGES = {"views", "forms", "tasks", "models", "urls", "apps", "templatetags"}


def imported(path: Path) -> Iterator[str]:
    """The modules that a file names, also in functions and for type checking only."""
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def names(path: Path, *packages: str) -> list[str]:
    return [
        name
        for name in imported(path)
        if any(name == package or name.startswith(f"{package}.") for package in packages)
    ]


def offenders(paths: Iterable[Path], *packages: str) -> dict[str, list[str]]:
    found = {str(path): names(path, *packages) for path in paths}
    return {path: imports for path, imports in found.items() if imports}


def is_in(path: Path, *parts: str) -> bool:
    return path.parts[: len(parts)] == parts


def test_the_site_does_not_know_its_providers() -> None:
    parts = [p for p in SITE if not (len(p.parts) == 2 and p.stem in TOGETHER)]
    assert offenders(parts, "providers") == {}


def test_only_one_package_talks_to_hugging_face() -> None:
    others = [p for p in ALL if not is_in(p, "providers", "huggingface")]
    assert offenders(others, "huggingface_hub") == {}


def test_only_the_way_out_makes_http_clients() -> None:
    # session.py tells httpx2's exceptions apart; its clients come from the way out.
    others = [
        p
        for p in ALL
        if not is_in(p, "hfadmin", "outbound")
        and not is_in(p, "hfadmin", "sandbox")
        and not is_in(p, "providers", "huggingface", "session.py")
    ]
    assert offenders(others, *HTTP) == {}
    assert offenders(ALL, "httpx") == {}


def test_pages_and_tasks_reach_hugging_face_through_operations() -> None:
    edges = [p for p in PROVIDERS if p.stem in EDGES or EDGES.intersection(p.parts)]
    reached = offenders(edges, "providers.huggingface.client", "providers.huggingface.session")
    assert reached == {}


def test_the_client_of_hugging_face_knows_no_other_part() -> None:
    package = [p for p in PROVIDERS if is_in(p, "providers", "huggingface")]
    assert offenders(package, "django", "celery") == {}
    apps = {f"providers.{p.parts[1]}" for p in PROVIDERS if len(p.parts) > 2}
    assert offenders(package, *(apps - {"providers.huggingface"})) == {}


def test_the_client_of_hugging_face_runs_without_django() -> None:
    script = (
        "import sys\n"
        "from providers.huggingface import client, session, urls\n"
        "session.library()\n"
        "print(sorted(m for m in sys.modules if m.partition('.')[0] == 'django'))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


def test_the_library_is_not_loaded_before_it_is_needed() -> None:
    script = (
        "import sys\n"
        "from providers.huggingface import client, errors, types, urls\n"
        "print('huggingface_hub' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"
