"""What is loaded by an import: the contracts in pyproject.toml say which imports there may be."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


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
