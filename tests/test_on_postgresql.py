import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack.databases import PostgreSQL, missing_programs
from tests.stack.processes import ROOT, clean_environment

WITH_A_DATABASE = "database and not (page or browser or stack or postgres)"


@pytest.mark.postgres
def test_all_that_needs_a_database_holds_on_postgresql_too(tmp_path: Path) -> None:
    if (missing := missing_programs()) and "CI" not in os.environ:
        pytest.skip(f"{', '.join(missing)} is not installed here")
    database = PostgreSQL(tmp_path)
    try:
        result = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", WITH_A_DATABASE],
            cwd=ROOT,
            env=clean_environment(DATABASE_URL=database.url),
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        database.end()

    assert result.returncode == 0, result.stdout[-8000:]
