"""From the token's form to a live status change, through every process that takes part."""

import base64
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hfadmin.sandbox.seed import DEMO_TOKENS
from tests.stack.processes import SandboxServer, process_tree, wait_until
from tests.stack.running import Stack
from tests.stack.visitor import Visitor

HOME = "/o/example"
TOKENS = dict(DEMO_TOKENS)
UNKNOWN = f"hf_{'NobodyKnowsThisOne':x<34}"
LISTING = "/v2/endpoint/acme-labs"
PAUSE = f"{LISTING}/smollm-edge/pause"


@pytest.fixture
def visitor(stack: Stack) -> Iterator[Visitor]:
    """The administrator, whose organization has stored a token that sees everything."""
    with stack.visitor() as visitor:
        visitor.sign_in()
        if "ada-admin" not in visitor.get(f"{HOME}/tokens/").text:
            add_token(visitor, "ada-admin", TOKENS["ada-admin"])
        wait_until(lambda: "smollm-edge" in inventory(visitor), "the endpoints are listed")
        yield visitor


def test_a_token_is_checked_a_model_verified_and_a_change_shown(
    visitor: Visitor, hugging_face: SandboxServer
) -> None:
    token = add_token(visitor, "deploy-bot", TOKENS["deploy-bot"])
    wait_until(lambda: "Hosted inference" in visitor.get(token).text, "its X-ray is shown")
    check = visitor.submit(
        f"{HOME}/models/add/",
        model_type="llm",
        name="acme's coder",
        endpoint_type="endpoint",
        api_token=id_of(visitor, "ada-admin"),
        endpoint_url=hugging_face.url_of("acme", "qwen-coder-32b"),
        task="text-generation",
        real_call="on",
    )
    wait_until(lambda: "Verified" in visitor.get(check.url.path).text, "the model is verified")
    version = version_of(inventory(visitor))
    hugging_face.set_state("acme", "qwen-coder-32b", "failed", message="Out of disk")
    with looking(visitor, hugging_face, "acme"):
        wait_until(lambda: "Out of disk" in news(visitor, version), "an open page shows it")
    hugging_face.set_state("acme", "qwen-coder-32b", "running")


def test_a_worker_that_is_killed_costs_time_but_no_change(
    stack: Stack, visitor: Visitor, hugging_face: SandboxServer
) -> None:
    hugging_face.fault("slow", seconds=30, path=LISTING)
    with looking(visitor, hugging_face, "acme-labs"):
        # A check of a token may have asked as well, or a look that was over before.
        wait_until(lambda: leased(stack), "the look is under way")
        stack.kill_worker()
    hugging_face.clear_faults()
    hugging_face.set_state("acme-labs", "smollm-edge", "failed")
    assert leased(stack), "The check that was killed left no lease."
    wait_until(lambda: state_of(stack) == "failed", "the lease ends and another look is taken")
    hugging_face.set_state("acme-labs", "smollm-edge", "running")


def test_an_action_whose_worker_is_killed_is_settled_and_not_sent_again(
    stack: Stack, visitor: Visitor, hugging_face: SandboxServer
) -> None:
    page = f"{HOME}/endpoints/acme-labs/smollm-edge/"
    hugging_face.set_state("acme-labs", "smollm-edge", "running")
    visitor.press(f"{HOME}/endpoints/namespaces/", "Look now acme-labs")
    wait_until(lambda: state_of(stack) == "running", "it is seen")
    hugging_face.clear_requests()
    hugging_face.fault("slow", seconds=30, method="POST", path=PAUSE)
    (pause,) = re.findall(r'href="(/o/example/actions/pause/\d+/)"', visitor.get(page).text)
    visitor.submit(pause)
    wait_until(lambda: hugging_face.request_count(PAUSE), "it is sent")
    stack.kill_worker()
    hugging_face.clear_faults()
    wait_until(lambda: "Done" in visitor.get(page).text, "it is settled")
    assert state_of(stack) == "paused"
    assert hugging_face.request_count(PAUSE) == 1
    hugging_face.set_state("acme-labs", "smollm-edge", "running")


def test_a_worker_that_is_told_to_stop_ends_its_check_first(
    stack: Stack, visitor: Visitor, hugging_face: SandboxServer
) -> None:
    hugging_face.set_state("acme-labs", "smollm-edge", "paused")
    hugging_face.fault("slow", seconds=4, path=LISTING)
    with looking(visitor, hugging_face, "acme-labs"):
        wait_until(lambda: leased(stack), "the look is under way")
        stack.stop_worker()
    hugging_face.clear_faults()
    assert state_of(stack) == "paused"
    assert not leased(stack)
    hugging_face.set_state("acme-labs", "smollm-edge", "running")
    stack.restart_worker()


def test_no_token_is_written_down_anywhere(
    stack: Stack, visitor: Visitor, hugging_face: SandboxServer
) -> None:
    with standing_still(stack):
        page = add_token(visitor, "ci-reader", TOKENS["ci-reader"])
        add_token(visitor, "unknown", UNKNOWN)
        under_way = stack.stored_text()
    wait_until(lambda: "Invalid" in visitor.get(f"{HOME}/tokens/").text, "the checks are over")
    everything = f"{under_way}\n{stack.stored_text()}\n{stack.output()}\n{visitor.get(page).text}"
    assert "m9Tz" in everything
    assert not find_tokens(everything)
    assert not find_tokens(decoded(everything))
    assert find_tokens(f"Bearer {UNKNOWN}") == [UNKNOWN]


def add_token(visitor: Visitor, name: str, value: str) -> str:
    """The path of its page."""
    answer = visitor.submit(f"{HOME}/tokens/add/", token_name=name, token=value)
    assert answer.url.path != f"{HOME}/tokens/add/", answer.text
    return answer.url.path


def id_of(visitor: Visitor, token: str) -> str:
    found = re.search(
        rf'href="{HOME}/tokens/([0-9a-f-]{{36}})/"[^>]*>(?:<bdi>)?{token}<',
        visitor.get(f"{HOME}/tokens/").text,
    )
    assert found is not None
    return found[1]


def inventory(visitor: Visitor) -> str:
    return visitor.get(f"{HOME}/endpoints/").text


def version_of(page: str) -> str:
    """What an open page tells when it asks for news."""
    found = re.search(r'"HX-PTag": "([^"]*)"', page)
    assert found is not None
    return found[1]


def news(visitor: Visitor, version: str) -> str:
    """What a page of that version is sent; nothing while there is none."""
    return visitor.get(f"{HOME}/endpoints/", headers={"HX-PTag": version}).text


@contextmanager
def looking(visitor: Visitor, hugging_face: SandboxServer, namespace: str) -> Iterator[None]:
    """While a worker, asked by a person, looks at the namespace."""
    hugging_face.clear_requests()
    visitor.press(f"{HOME}/endpoints/namespaces/", f"Look now {namespace}")
    listing = f"/v2/endpoint/{namespace}"
    wait_until(lambda: hugging_face.request_count(listing), "a worker asks Hugging Face")
    yield


@contextmanager
def standing_still(stack: Stack) -> Iterator[None]:
    """While the worker takes no message."""
    pids = process_tree(stack.worker())
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def state_of(stack: Stack) -> str:
    query = "SELECT state FROM endpoints_endpoint WHERE name = 'smollm-edge'"
    return str(stack.rows(query)[0][0])


def leased(stack: Stack) -> bool:
    query = "SELECT lease_id FROM tokens_namespace WHERE name = 'acme-labs'"
    return stack.rows(query)[0][0] is not None


def find_tokens(text: str) -> list[str]:
    """Those of ours that it holds, be it without their beginning and their last four."""
    return [token for token in (*TOKENS.values(), UNKNOWN) if token[3:-4] in text]


def decoded(text: str) -> str:
    """What is wrapped in Base64, as bodies of messages are."""
    found = re.findall(r"(?:[A-Za-z0-9+/]{4}){10,}", text)
    return "\n".join(base64.b64decode(each).decode("utf-8", "replace") for each in found)
