"""Checks of endpoints that hang, and the looks at namespaces that do not wait for them."""

import time

from tests.stack.processes import SandboxServer, wait_until
from tests.stack.running import Stack
from tests.stack.test_whole import HOME, TOKENS, add_token, id_of, inventory, looking, state_of

CHECKS = 9
LISTING = "/v2/endpoint/acme-labs"
GIVEN_UP_AFTER = 20  # seconds, by a check that is not answered


def test_nine_checks_that_hang_hold_no_look_up(stack: Stack, hugging_face: SandboxServer) -> None:
    """In transition a namespace is looked at every 5 s, whatever the checks wait for."""
    with stack.visitor() as visitor:
        visitor.sign_in()
        if "ada-admin" not in visitor.get(f"{HOME}/tokens/").text:
            add_token(visitor, "ada-admin", TOKENS["ada-admin"])
        wait_until(lambda: "smollm-edge" in inventory(visitor), "it is listed")
        hugging_face.set_state("acme-labs", "smollm-edge", "initializing")
        # By the clock, it might be seen a minute later.
        with looking(visitor, hugging_face, "acme-labs"):
            wait_until(lambda: state_of(stack) == "initializing", "it is seen so")
        hugging_face.fault("slow", path="/deployed*", seconds=60)
        hugging_face.clear_requests()
        for number in range(CHECKS):
            visitor.submit(
                f"{HOME}/models/add/",
                model_type="llm",
                name=f"hangs {number}",
                endpoint_type="endpoint",
                api_token=id_of(visitor, "ada-admin"),
                endpoint_url=hugging_face.url_of("acme", "qwen-coder-32b"),
                task="text-generation",
                real_call="on",
            )
        wait_until(lambda: _asked_below(hugging_face, "/deployed/") >= 6, "the checks hang")
        since, looks = time.monotonic(), hugging_face.request_count(LISTING)
        # One may have begun before they did.
        wait_until(lambda: hugging_face.request_count(LISTING) > looks + 1, "it is looked at")
        assert time.monotonic() - since < GIVEN_UP_AFTER


def _asked_below(hugging_face: SandboxServer, path: str) -> int:
    received = hugging_face.control("GET", "/requests")["requests"]
    return sum(path in request["url"] for request in received)
