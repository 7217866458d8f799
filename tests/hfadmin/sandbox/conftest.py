"""Fixtures: a plain HTTP client of the sandbox, and a user."""

from collections.abc import Iterator

import httpx2
import pytest

from hfadmin.sandbox import Sandbox


@pytest.fixture
def web(sandbox: Sandbox) -> Iterator[httpx2.Client]:
    """A client without hfadmin.outbound, in process."""
    transport = httpx2.WSGITransport(app=sandbox)
    with httpx2.Client(transport=transport, base_url="https://sandbox.test") as client:
        yield client


@pytest.fixture
def ada(sandbox: Sandbox) -> dict[str, str]:
    """The headers of a token of ada, who is administrator of acme."""
    sandbox.add_user("ada")
    sandbox.add_organization("acme", members={"ada": "admin"})
    return {"Authorization": f"Bearer {sandbox.add_token('ada', role='write')}"}
