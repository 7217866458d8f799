"""Workers that are killed while they create an endpoint; and its secret, which stands nowhere."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.stack.conftest import KINDS
from tests.stack.processes import SandboxServer, wait_until
from tests.stack.running import Stack
from tests.stack.test_whole import HOME, TOKENS, add_token, decoded, id_of
from tests.stack.visitor import Visitor

CANARY, REGISTRY = "Kanarienvogel-4711-zwitschert", "Sittich-0815-im-Kaefig"
NAMESPACE, NAME = "acme-labs", "killed-new"
HARDWARE = "aws/us-east-1/nvidia-l4/x1"
FORM = f"{HOME}/deploy/?namespace={NAMESPACE}"
PAGE = f"{HOME}/endpoints/{NAMESPACE}/{NAME}/"
HELD = 5  # seconds, within which a worker is killed


@pytest.fixture
def visitor(stack: Stack, hugging_face: SandboxServer) -> Iterator[Visitor]:
    """The administrator, who may deploy to acme-labs."""
    with stack.visitor() as visitor:
        visitor.sign_in()
        if "ada-admin" not in visitor.get(f"{HOME}/tokens/").text:
            add_token(visitor, "ada-admin", TOKENS["ada-admin"])
        wait_until(lambda: HARDWARE in visitor.get(FORM).text, "hardware is offered")
        yield visitor
    hugging_face.control("DELETE", f"/endpoints/{NAMESPACE}/{NAME}")


@pytest.mark.parametrize("running", KINDS[:1], indirect=True)
def test_a_creation_is_sent_once_and_its_secret_kept_nowhere_whoever_is_killed(
    stack: Stack, visitor: Visitor, hugging_face: SandboxServer
) -> None:
    hugging_face.clear_requests()
    hugging_face.fault("slow", method="GET", endpoint=NAME, seconds=HELD)
    create(visitor)
    # The first was by the form itself.
    wait_until(lambda: looks(hugging_face) == 2, "a worker looks whether it is there")
    stack.kill_worker()
    assert state(stack) == "asked"
    assert_hidden(stack)

    hugging_face.clear_faults()
    hugging_face.fault("slow", method="POST", namespace=NAMESPACE, seconds=HELD)
    wait_until(lambda: creations(hugging_face), "another worker sends it")
    stack.kill_worker()
    assert state(stack) == "sent"
    assert_hidden(stack)

    hugging_face.clear_faults()
    wait_until(lambda: state(stack) == "done", "it is settled")
    assert len(creations(hugging_face)) == 1
    assert stack.rows("SELECT 1 FROM lifecycle_values") == []
    assert NAME in visitor.get(PAGE).text
    assert_hidden(stack)
    for page in (PAGE, FORM, f"{HOME}/activity/"):
        assert CANARY not in visitor.get(page).text


def create(visitor: Visitor) -> None:
    visitor.submit(
        FORM,
        repository="Qwen/Qwen3-8B",
        name=NAME,
        namespace=NAMESPACE,
        api_token=id_of(visitor, "ada-admin"),
        hardware=HARDWARE,
        engine="custom",
        image="registry.acme.test/serve:1",
        registry_username="robot",
        registry_password=REGISTRY,
        secrets_name="KEY",
        secrets_value=CANARY,
    )


def looks(hugging_face: SandboxServer) -> int:
    return hugging_face.request_count(f"/v2/endpoint/{NAMESPACE}/{NAME}")


def creations(hugging_face: SandboxServer) -> list[str]:
    received = hugging_face.control("GET", "/requests")["requests"]
    paths = [urlsplit(each["url"]).path for each in received if each["method"] == "POST"]
    return [path for path in paths if path == f"/v2/endpoint/{NAMESPACE}"]


def state(stack: Stack) -> str:
    ((found,),) = stack.rows(f"SELECT state FROM lifecycle_action WHERE name = '{NAME}'")
    return str(found)


def assert_hidden(stack: Stack) -> None:
    """Neither the database and its files, nor messages, nor logs hold it."""
    data = stack.directory / "data"
    files = [path.read_bytes().decode("latin-1") for path in data.rglob("*") if path.is_file()]
    everything = "\n".join([stack.stored_text(), stack.output(), *files])
    assert NAME in everything
    for secret in (CANARY, REGISTRY):
        assert secret not in everything
        assert secret not in decoded(everything)
