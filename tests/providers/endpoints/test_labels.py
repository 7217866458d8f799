"""One word for one thing: whatever page it stands on."""

import re
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override

from hfadmin.sandbox import Sandbox, seed
from providers import labels
from providers.catalog.setups import Task
from providers.endpoints.cost import Total
from providers.endpoints.inventory.facets import Facets
from providers.templatetags.huggingface import diagnosis
from providers.tokens.models import AccessToken, Namespace
from tests.providers.endpoints.conftest import look

RAW = re.compile(
    r"\{\{\s*(?!titles)[\w.]*\.(?:task|engine|auth_type|vendor|region|instance_type|instance_size|pipeline_tag)"
    r"\s*(?:\}\}|\|\s*default)"
)


def test_no_template_shows_a_code_name_as_it_came() -> None:
    found = [
        f"{path.relative_to(settings.BASE_DIR)}: {shown}"
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        for shown in RAW.findall(path.read_text(encoding="utf-8"))
    ]
    assert not found


def test_every_task_that_can_be_chosen_is_called_the_same_where_it_is_shown() -> None:
    assert {task.value: task.label for task in Task} == {
        task.value: labels.task(task) for task in Task
    }


def test_everything_the_stand_in_deploys_has_a_word_for_its_task() -> None:
    sandbox = Sandbox()
    seed.demo(sandbox)
    deployed = {endpoint.task for endpoint in sandbox.state.all_endpoints()}
    listed = {model.pipeline_tag for model in sandbox.state.models.values() if model.pipeline_tag}
    assert deployed | listed <= labels.TASKS.keys()


@pytest.mark.parametrize(
    ("placed", "shown"),
    [
        (("nvidia-a100", "x4", "gpu"), "4 × Nvidia A100"),
        (("nvidia-l4", "x1", ""), "1 × Nvidia L4"),
        (("inf2", "x12", "neuron"), "12 × Inferentia2"),
        (("intel-spr", "x4", "cpu"), "x4 Sapphire Rapids"),
        (("intel-xeon", "x2", ""), "x2 Intel Xeon"),
        (("", "", ""), ""),
    ],
)
def test_hardware_is_said_by_number_or_by_size(placed: tuple[str, str, str], shown: str) -> None:
    assert labels.hardware(*placed) == shown


@pytest.mark.parametrize("of", [labels.task, labels.engine, labels.auth, labels.vendor])
def test_an_unknown_name_is_shown_as_it_came(of: "type[str]") -> None:
    assert of("brand-new") == "brand-new"
    assert of("") == ""


@pytest.mark.django_db
def test_list_page_filter_and_suggestion_agree(
    labs: Namespace,
    upstream: Sandbox,
    as_operator: Client,
) -> None:
    upstream.add_endpoint("acme-labs", "chat", engine="sGLang", stuck=True)
    look(labs)
    every = "&".join(f"column={key}" for key in ("task", "engine", "hardware", "region", "auth"))
    token = AccessToken.objects.get()
    pages = {
        "list": f"endpoints/?{every}&task=text-generation&vendor=aws",
        "detail": "endpoints/acme-labs/chat/",
        "suggested": f"models/suggest/endpoints/?api_token={token.pk}&model_type=llm",
    }
    html = {
        name: as_operator.get(f"/o/acme/{path}").content.decode() for name, path in pages.items()
    }
    for name in ("list", "detail"):
        for word in ("1 × Nvidia L4", "SGLang", "Text Generation", "AWS us-east-1"):
            assert word in html[name], name
    assert "1 × Nvidia L4" in html["suggested"]
    assert '<option value="text-generation">Text Generation</option>' in html["list"]
    assert '<option value="aws" selected>AWS</option>' in html["list"]
    problem = {"kind": "task_mismatch", "params": {"task": "text-generation"}}
    assert "Text Generation" in diagnosis(problem)


def test_the_filters_choices_are_kept_for_each_language_by_itself() -> None:
    found = Facets({}, 0, (), ("text-generation",), ("aws",), (), Total(Decimal(0)))
    with override("en"):
        english = found.options["task"]
        assert found.options["task"] is english
    with override("fa"):
        assert found.options["task"] is not english
