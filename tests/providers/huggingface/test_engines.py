"""The calls that one check of a deployed endpoint makes: routes, names and what is said at last."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from hfadmin import outbound
from hfadmin.vault import Secret
from providers.huggingface import client, inference
from providers.huggingface.errors import HuggingFaceError, Kind
from providers.huggingface.types import CallResult
from tests.network import allow_networks
from tests.providers.huggingface.engine_server import (
    CHAT,
    COMPLETIONS,
    EMBEDDINGS,
    HTML,
    JSON,
    MODELS,
    NOT_FOUND,
    STREAM,
    TEXT,
    Answered,
    Routes,
    engine,
    event,
    models,
    paths,
)
from tests.sink import Received, plain, sink

TOKEN = Secret("hf_abcdefghijklmnopqrstuvwxyzABCDEFGH")
SAID: Answered = (200, STREAM, event({"content": "hi"}))
CONTINUED: Answered = (200, JSON, {"choices": [{"text": "hi"}]})
VECTOR: Answered = (200, JSON, {"data": [{"embedding": [0.5, 0.5]}]})
NO_TEMPLATE: Answered = (400, JSON, {"error": {"message": "you must provide a chat template"}})
# As the gateway says it, or an engine in the same words.
GONE: Answered = (404, TEXT, "404 Not Found")
CRASH: Answered = (500, TEXT, "Internal Server Error")


def text(routes: Routes, *names: str) -> tuple[CallResult, list[str]]:
    with engine(routes) as served:
        found = client.endpoint_text(
            TOKEN, served.url, names or ("acme/llama",), listed=[served.url]
        )
        return found, paths(served)


def embedding(routes: Routes, *names: str) -> tuple[CallResult, list[str]]:
    with engine(routes) as served:
        found = client.endpoint_embedding(
            TOKEN, served.url, names or ("acme/bge",), listed=[served.url]
        )
        return found, paths(served)


def refused(call: Callable[..., object], *arguments: Any) -> HuggingFaceError:
    with pytest.raises(HuggingFaceError) as error:
        call(*arguments)
    return error.value


def slow_to_say_no(received: Received) -> Iterator[bytes]:
    received.stopped.wait(0.4)
    return plain(b'{"detail": "Not Found"}', "404 Not Found", "Content-Type: application/json")


@pytest.mark.parametrize("call", [client.endpoint_text, client.endpoint_embedding])
def test_all_calls_together_end_with_the_time_that_they_are_given(
    call: Callable[..., object],
) -> None:
    with sink(slow_to_say_no) as slow, allow_networks("127.0.0.0/8"), outbound.deadline(1.0):
        late = refused(partial(call, listed=[slow.url]), TOKEN, slow.url, ["acme/llama"])
    assert late.kind is Kind.TIMEOUT


def knows(*served: str, refusal: Answered, answer: Answered) -> Answered:
    """An engine's route that refuses every other name."""

    def reply(received: Received) -> Iterator[bytes]:
        asked = json.loads(received.body).get("model")
        status, content_type, body = answer if asked in served else refusal  # type: ignore[misc]
        sent = body if isinstance(body, str) else json.dumps(body)
        return plain(sent.encode(), f"{status} X", f"Content-Type: {content_type}")

    return reply


REFUSALS: list[Answered] = [
    (404, JSON, {"error": {"message": "The model `acme/llama` does not exist."}}),
    (404, JSON, {"error": {"message": "No such model", "code": "model_not_found"}}),
    (404, JSON, {"detail": "Not Found"}),
    (404, TEXT, ""),
    (400, JSON, {"error": "Unknown model: acme/llama"}),
    (422, JSON, {"detail": "unexpected model"}),
    (400, JSON, {"detail": "Server is pinned to 'm'; requested 'acme/llama'."}),
]


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_name_is_looked_up_in_whatever_words_it_is_refused(refusal: Answered) -> None:
    chat = knows("m", refusal=refusal, answer=SAID)
    found, asked = text({CHAT: chat, COMPLETIONS: CONTINUED, MODELS: models("m")})
    assert (found.route, found.served_name) == ("chat", "m")
    assert asked == [CHAT, MODELS, CHAT]


@pytest.mark.parametrize("refusal", REFUSALS)
def test_so_it_is_for_embeddings(refusal: Answered) -> None:
    route = knows("m", refusal=refusal, answer=VECTOR)
    found, _ = embedding({EMBEDDINGS: route, MODELS: models("m")})
    assert (found.route, found.served_name) == ("embeddings", "m")


def test_of_several_names_the_engine_may_say_which() -> None:
    pinned: Answered = (400, JSON, {"detail": "Server is pinned to '/r'; requested 'acme/llama'."})
    chat = knows("/r", refusal=pinned, answer=SAID)
    found, _ = text({CHAT: chat, MODELS: models("/r", "a/b")})
    assert found.served_name == "/r"


def test_the_name_that_was_typed_is_used_where_it_is_served() -> None:
    chat = knows("acme/llama", "tuned", refusal=REFUSALS[0], answer=SAID)
    found, _ = text({CHAT: chat, MODELS: models("acme/llama", "tuned")}, "tuned", "acme/llama")
    assert found.served_name == "tuned"


def test_a_name_of_ones_own_is_not_sent_where_the_engine_says_what_it_serves() -> None:
    chat = knows("acme/llama", refusal=REFUSALS[0], answer=SAID)
    routes = {CHAT: chat, MODELS: models("acme/llama")}
    found, asked = text(routes, "our model", "acme/llama")
    assert found.served_name == "acme/llama"
    assert asked == [MODELS, CHAT]


def test_where_it_does_not_say_each_name_is_tried() -> None:
    chat = knows("acme/llama", refusal=REFUSALS[0], answer=SAID)
    found, _ = text({CHAT: chat}, "our model", "last time", "acme/llama")
    assert found.served_name == "acme/llama"


def test_the_list_without_a_prefix_is_read_where_the_other_is_empty() -> None:
    chat = knows("m", refusal=REFUSALS[0], answer=SAID)
    found, _ = text({CHAT: chat, MODELS: (200, JSON, {"data": []}), "/models": models("m")})
    assert found.served_name == "m"


def test_an_odd_item_of_the_list_takes_no_other_with_it() -> None:
    chat = knows("m", refusal=REFUSALS[0], answer=SAID)
    data = [None, {}, {"id": 3}, {"id": "m"}, {"id": "m"}, {"id": "a\u202eb"}, {"id": "x" * 300}]
    data.append({"id": TOKEN.reveal().removeprefix("hf_")})
    found, _ = text({CHAT: chat, MODELS: (200, JSON, {"data": data})})
    assert found.served_name == "m"


@pytest.mark.parametrize("served", [("a", "b"), tuple(f"m-{number}" for number in range(30))])
def test_several_names_are_told(served: tuple[str, ...]) -> None:
    error = refused(text, {CHAT: REFUSALS[0], MODELS: models(*served)})
    assert error.kind is Kind.ENDPOINT_SERVES_SEVERAL
    assert error.diagnosis.params["served"].startswith(", ".join(served[:10]))
    assert len(error.diagnosis.params["served"]) < 100


def test_an_engine_that_refuses_what_it_lists_is_told_by_its_own_words() -> None:
    routes = {CHAT: REFUSALS[0], MODELS: models("acme/llama", "b")}
    assert refused(text, routes).kind is Kind.REPOSITORY_MISMATCH


@pytest.mark.parametrize(
    "root",
    [
        NOT_FOUND,
        (405, JSON, {"detail": "Method Not Allowed"}),
        (200, HTML, "<h1>A console</h1>"),
        (403, HTML, "<h1>Forbidden</h1>"),
        (400, JSON, {"error": "no"}),
        (422, JSON, {"error": "no"}),
        CRASH,
        (404, HTML, "<h1>Model Server - Not Found</h1>"),
        GONE,
    ],
)
@pytest.mark.parametrize("chat", [NO_TEMPLATE, NOT_FOUND, CRASH, GONE])
def test_nothing_at_the_root_stands_in_the_way_of_other_routes(
    root: Answered, chat: Answered
) -> None:
    found, _ = text({CHAT: chat, "/": root, COMPLETIONS: CONTINUED})
    assert found.route == "completions"
    found, _ = embedding({"/": root, EMBEDDINGS: VECTOR})
    assert (found.route, found.dimension) == ("embeddings", 2)
    found, _ = embedding({"/": root, "/embeddings": VECTOR})
    assert found.route == "embeddings"


@pytest.mark.parametrize(
    ("chat", "kind"),
    [
        (NOT_FOUND, Kind.NO_ROUTE),
        (NO_TEMPLATE, Kind.NO_CHAT_TEMPLATE),
        (CRASH, Kind.ENGINE_CRASHED),
        (GONE, Kind.NO_ROUTE),
        ((500, TEXT, ""), Kind.ENGINE_CRASHED),
        ((500, HTML, "<h1>500 Internal Server Error</h1>"), Kind.ENGINE_CRASHED),
        ((400, JSON, {"error": "chat template not found in it"}), Kind.NO_CHAT_TEMPLATE),
        ((422, JSON, {"error": "x", "error_type": "template_error"}), Kind.NO_CHAT_TEMPLATE),
    ],
)
def test_without_any_other_route_the_refusal_of_the_chat_is_what_is_said(
    chat: Answered, kind: Kind
) -> None:
    assert refused(text, {CHAT: chat}).kind is kind


@pytest.mark.parametrize(
    ("chat", "others", "kind"),
    [
        (GONE, GONE, Kind.ENDPOINT_NOT_FOUND),
        (NO_TEMPLATE, GONE, Kind.NO_CHAT_TEMPLATE),
        (CRASH, GONE, Kind.ENGINE_CRASHED),
    ],
)
def test_an_address_is_unknown_only_where_every_route_is(
    chat: Answered, others: Answered, kind: Kind
) -> None:
    assert refused(text, {CHAT: chat, "/": others, COMPLETIONS: others}).kind is kind


def test_an_embedding_is_looked_for_behind_every_route_that_is_unknown() -> None:
    found, _ = embedding({"/": GONE, EMBEDDINGS: GONE, "/embeddings": VECTOR})
    assert found.route == "embeddings"
    routes = {"/": GONE, EMBEDDINGS: GONE, "/embeddings": GONE}
    assert refused(embedding, routes).kind is Kind.ENDPOINT_NOT_FOUND


def test_one_token_vector_may_be_zero() -> None:
    found, _ = embedding({"/": (200, JSON, [[[0.0, 0.0], [0.1, 0.2]]])})
    assert found.dimension == 2


@pytest.mark.parametrize("vector", [[0.0, 0.0], [0], [], [None, 1.0], [True], ["0.5"], "AAAA"])
def test_what_says_nothing_of_the_text_is_no_embedding(vector: Any) -> None:
    error = refused(embedding, {EMBEDDINGS: (200, JSON, {"data": [{"embedding": vector}]})})
    assert error.kind is Kind.UPSTREAM_MALFORMED
    assert refused(embedding, {"/": (200, JSON, vector)}).kind is Kind.UPSTREAM_MALFORMED


def test_an_error_among_the_vectors_is_none() -> None:
    error = refused(embedding, {"/": (200, JSON, [[0.1, 0.2], {"error": "boom"}])})
    assert error.kind is Kind.ENGINE_ERROR


@pytest.mark.parametrize("chat", [CRASH, (500, TEXT, ""), (500, JSON, {})])
def test_a_chat_that_crashes_without_a_word_leaves_generation(chat: Answered) -> None:
    assert text({CHAT: chat, COMPLETIONS: CONTINUED})[0].route == "completions"


@pytest.mark.parametrize(
    "chat", [(500, JSON, {"msg": "CUDA out of memory"}), (500, JSON, {"error": "boom"})]
)
def test_a_chat_that_fails_with_words_leaves_nothing(chat: Answered) -> None:
    error = refused(text, {CHAT: chat, COMPLETIONS: CONTINUED})
    assert error.kind in {Kind.OUT_OF_MEMORY, Kind.ENGINE_ERROR}


def test_no_call_waits_on_a_connection_that_the_engine_may_be_closing() -> None:
    routes: Routes = {CHAT: CRASH, COMPLETIONS: CONTINUED}
    with engine(routes) as served:
        client.endpoint_text(TOKEN, served.url, ["acme/llama"], listed=[served.url])
        assert served.connections == len(served.requests) == 3


def test_names_that_do_not_come_keep_nobody_from_the_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hanging(received: Received) -> Iterator[bytes]:
        received.stopped.wait(60)
        yield b""

    monkeypatch.setattr(inference, "_LIST_SECONDS", 0.5)
    found, asked = text({CHAT: SAID, MODELS: hanging}, "our model", "acme/llama")
    assert found.served_name == "our model"
    assert asked == [MODELS, CHAT]
