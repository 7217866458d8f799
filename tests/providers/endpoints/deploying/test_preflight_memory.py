"""The preflight of the memory, with what would fit better."""

import pytest

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Sandbox
from providers.endpoints.deploying import choice, preflight, screens
from providers.endpoints.deploying.preflight import State
from providers.endpoints.models import Hardware
from providers.tokens.models import AccessToken
from tests.providers.endpoints.deploying.checks import is_doubt, labels_of, line, lines, remedy
from tests.providers.endpoints.deploying.conftest import entered

L40S, A100, T4, L4 = (f"aws/us-east-1/nvidia-{name}/x1" for name in ("l40s", "a100", "t4", "l4"))
QWEN14 = "Qwen/Qwen3-14B"
GGUF = "bartowski/Llama-3.2-3B-Instruct-GGUF"


def test_a_model_that_fits_is_ok_with_its_sum(acme: Organization, token: AccessToken) -> None:
    shown = line(acme, token, "memory", hardware=L40S)
    assert (shown.state, shown.title) == (State.OK, "Memory: likely, 27 of 48 GB")


def test_a_quantised_variant_that_costs_less_is_offered(
    acme: Organization, token: AccessToken
) -> None:
    shown = line(acme, token, "memory", repository=QWEN14, hardware=A100)
    assert shown.title == "Memory: likely, 43 of 80 GB"
    assert shown.about == "Qwen3-14B-AWQ needs about 20 GB: 1 × Nvidia L4 for $0.80."
    sets = remedy(shown, "Use Qwen3-14B-AWQ").sets
    assert sets["repository"] == f"{QWEN14}-AWQ"
    assert sets["hardware"] == L4
    there = line(acme, token, "memory", **sets)
    assert (there.state, there.title) == (State.OK, "Memory: likely, 20 of 24 GB")


def test_what_is_too_big_is_said_with_the_next_hardware_that_holds_it(
    acme: Organization, token: AccessToken
) -> None:
    shown = line(acme, token, "memory", repository=QWEN14)
    assert is_doubt(shown)
    assert shown.title == "Memory: too big, 43 for 24 GB"
    assert labels_of(shown) == ["Use 1 × Nvidia A100 for $2.50", "Use Qwen3-14B-AWQ"]
    sets = shown.remedies[0].sets
    assert line(acme, token, "memory", repository=QWEN14, **sets).state is State.OK


def test_hardware_that_cannot_be_had_or_lacks_quota_is_not_offered(
    acme: Organization, token: AccessToken
) -> None:
    a100s = Hardware.objects.filter(instance_type="nvidia-a100", instance_size="x1")
    a100s.update(status="not_available")
    Hardware.objects.filter(instance_type="nvidia-l4", instance_size="x4").update(quota_used=14)
    shown = line(acme, token, "memory", repository=QWEN14)
    assert shown.remedies[0].label == "Use 1 × Nvidia H200 for $5.00"


def test_a_shorter_context_makes_it_fit_where_the_engine_can_be_told(
    acme: Organization, token: AccessToken
) -> None:
    shown = line(acme, token, "memory", repository=QWEN14, hardware=L40S)
    assert is_doubt(shown)
    assert shown.title == "Memory: tight, 43 of 48 GB"
    sets = remedy(shown, "Context of").sets
    assert line(acme, token, "memory", repository=QWEN14, hardware=L40S, **sets).state is State.OK


@pytest.mark.parametrize(
    ("engine", "args", "offered"),
    [
        ("vLLM", "", "--max-model-len "),
        ("vLLM", "--max-model-len 40960 --seed 1", "--max-model-len "),
        ("vLLM", "--max-model-len=40960", "--max-model-len "),
        ("sGLang", "", "--context-length "),
        ("vLLM", "--seed 1", None),
        ("tgi", "", None),
    ],
)
def test_the_context_is_only_shortened_where_the_arguments_leave_room_for_it(
    acme: Organization, token: AccessToken, engine: str, args: str, offered: str | None
) -> None:
    chosen = {"repository": QWEN14, "hardware": L40S, "engine": engine, "args": args}
    found = [each for each in line(acme, token, "memory", **chosen).remedies if "args" in each.sets]
    assert bool(found) is (offered is not None)
    for each in found:
        assert each.sets["args"].startswith(str(offered))
        assert each.sets["args"].endswith("--seed 1") is ("--seed" in args)


def test_two_terabytes_are_too_big_for_everything(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.add_model("huge/model", safetensors={"BF16": 10**12})
    shown = line(acme, token, "memory", repository="huge/model")
    assert is_doubt(shown)
    assert shown.title == "Memory: too big, more than 2,401 for 24 GB"
    assert shown.about == "No hardware here has as much."
    assert not shown.remedies


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ({"hardware": "aws/us-east-1/inf2/x1"}, "The memory of 1 × Inferentia2 is not known here."),
        ({"repository": "tiiuae/unsized"}, "The size of its weights is not known."),
        (
            {"repository": "tiiuae/shapeless", "hardware": A100},
            "The size of its KV cache is not known: the repository does not say how it is made.",
        ),
    ],
)
def test_what_is_not_known_is_said_to_be_so(
    acme: Organization,
    token: AccessToken,
    upstream: Sandbox,
    chosen: dict[str, str],
    why: str,
) -> None:
    upstream.add_model("tiiuae/unsized")
    upstream.add_model("tiiuae/shapeless", safetensors={"BF16": 10**9})
    shown = line(acme, token, "memory", **chosen)
    assert (shown.state, shown.about) == (State.UNKNOWN, why)


def test_without_a_gguf_file_one_has_to_be_chosen(acme: Organization, token: AccessToken) -> None:
    typed = entered(token, repository=GGUF, engine="llamacpp", gguf_file="")
    screens.form(acme, initial=typed)  # asks about the repository
    form = screens.form(acme, initial=typed, suggests=False)
    shown = {each.key: each for each in preflight.run(choice.of(form))}["memory"]
    assert shown.state is State.UNKNOWN
    assert shown.about == "Choose which of its GGUF files is to run."


def test_a_gguf_file_has_the_size_of_the_chosen_one(acme: Organization, token: AccessToken) -> None:
    file = "Llama-3.2-3B-Instruct-Q4_K_M.gguf"
    chosen = {"repository": GGUF, "engine": "llamacpp", "gguf_file": file}
    assert "The size of its weights" not in line(acme, token, "memory", **chosen).about


def test_the_hub_that_cannot_be_asked_is_named_as_the_reason(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.fault("503", path="/Qwen/Qwen3-8B/resolve")
    shown = line(acme, token, "memory")
    assert shown.state is State.UNKNOWN
    assert shown.about.startswith("The Hub could not be asked")


def test_weights_that_the_hardware_cannot_compute_with_are_warned_of(
    acme: Organization, token: AccessToken
) -> None:
    shown = line(acme, token, "dtype", hardware=T4)
    assert is_doubt(shown)
    assert shown.title == "No bf16 on the Nvidia T4"
    assert remedy(shown, "Compute in fp16").sets == {"args": "--dtype half"}
    for each in shown.remedies:
        assert "dtype" not in lines(acme, token, **{"hardware": T4, **each.sets})
    assert "Compute in fp16" not in labels_of(line(acme, token, "dtype", hardware=T4, engine="tgi"))
