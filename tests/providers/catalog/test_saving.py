"""From the form to a saved model, without JavaScript: what a browser posts and is answered."""

from typing import Any

import pytest
from django.test import Client

from providers.catalog.models import ProviderModel
from tests.providers.catalog.conftest import Work, path, save


@pytest.mark.parametrize(
    ("combination", "steps", "route"),
    [
        ("hosted_llm", "token rights model providers call", "chat"),
        ("hosted_embedding", "token rights model providers call", "embedding"),
        ("endpoint_llm", "token rights endpoint repository state call", "chat"),
        ("endpoint_embedding", "token rights endpoint repository state call", "embedding"),
    ],
)
def test_each_combination_is_checked_and_saved(
    combination: str,
    steps: str,
    route: str,
    as_operator: Client,
    work: Work,
    request: pytest.FixtureRequest,
) -> None:
    entries = request.getfixturevalue(combination)
    row = save(as_operator, entries)
    assert "Token accepted" in as_operator.get(path("verification", row.pk)).content.decode()
    assert not ProviderModel.objects.exists()
    work()
    row.refresh_from_db()
    assert [(s["step"], s["state"]) for s in row.steps] == [(s, "passed") for s in steps.split()]
    model = ProviderModel.objects.get()
    assert (model.state, model.reason, model.name) == ("verified", "", entries["name"])
    assert model.route == route
    assert model.latency_ms is not None
    assert bool(model.dimension) == (entries["model_type"] == "text-embedding")
    page = as_operator.get(path("verification", row.pk)).content.decode()
    assert "Every check has passed" in page
    assert model.name in as_operator.get(path("list")).content.decode()


def test_a_check_with_a_step_that_an_upgrade_removed_is_shown_by_its_key(
    as_operator: Client, work: Work, hosted_llm: dict[str, Any]
) -> None:
    row = save(as_operator, hosted_llm)
    work()
    row.refresh_from_db()
    row.steps = [*row.steps, {"step": "fingerprint", "state": "passed", "note": {"owner": "ada"}}]
    row.save(update_fields=["steps"])
    page = as_operator.get(path("verification", row.pk)).content.decode()
    assert "fingerprint" in page
    assert "Token accepted" in page
