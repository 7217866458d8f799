"""What comes of a chat's stream, in the forms in which engines and providers send it."""

import json
from collections.abc import Iterator

import pytest

from hfadmin.vault import Secret
from providers.huggingface import inference
from providers.huggingface.calls import LONGEST_BODY
from providers.huggingface.errors import HuggingFaceError, Kind
from tests.providers.huggingface.engine_server import (
    CHAT,
    HTML,
    JSON,
    STREAM,
    TEXT,
    Answered,
    engine,
    event,
)
from tests.sink import Received

TOKEN = Secret("hf_abcdefghijklmnopqrstuvwxyzABCDEFGH")
HI = event({"role": "assistant", "content": "hi"})
DONE = "data: [DONE]\n\n"


def chatted(answer: Answered) -> str | None:
    with engine({CHAT: answer}) as served:
        return inference.endpoint_chat(TOKEN, served.url, "m", listed=[served.url]).text


def refused(answer: Answered) -> HuggingFaceError:
    with pytest.raises(HuggingFaceError) as error:
        chatted(answer)
    return error.value


@pytest.mark.parametrize(
    "stream",
    [
        HI + DONE,
        HI,
        HI + event({}, usage=None) + DONE,
        HI + event(None) + DONE,
        HI + 'data: {"choices": [], "usage": {"total_tokens": 3}}\n\n' + DONE,
        HI + 'data: {"choices": null}\n\n' + DONE,
        HI + 'data: {"type": "ping", "message": ""}\n\n' + DONE,
        HI.rstrip() + "\n" + DONE,
        'data: {"choices":\ndata: [{"delta": {"content": "hi"}}]}\n\n' + DONE,
        HI.replace("\n", "\r\n") + DONE,
        HI.replace("\n", "\r") + DONE,
        "\ufeff" + HI + DONE,
        ": ping\n\nevent: message\nid: 1\n" + HI + DONE,
        event({"content": "hi"}, error=None) + DONE,
        json.dumps({"choices": [{"message": {"content": "hi"}}]}),
    ],
)
def test_a_chat_is_understood_in_every_form_of_a_stream(stream: str) -> None:
    assert chatted((200, STREAM, stream)) == "hi"


def test_a_text_about_the_end_of_a_stream_does_not_end_it() -> None:
    def in_two_pieces(received: Received) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        yield event({"content": "it says data: [DONE]"}).encode()
        received.stopped.wait(0.3)
        yield (event({"content": " at last"}) + DONE).encode()
        raise OSError

    assert chatted(in_two_pieces) == "it says data: [DONE] at last"


@pytest.mark.parametrize("delta", [{"reasoning_content": "hm"}, {"tool_calls": [{"id": "1"}]}])
def test_a_chat_without_words_is_a_chat(delta: object) -> None:
    assert chatted((200, STREAM, event(delta) + DONE)) == ""


WORDLESS = [
    event({"role": "assistant"}),
    event({"role": "assistant", "content": ""}) + ": ping\n\n",
    event(None),
]


@pytest.mark.parametrize(
    "said", [*WORDLESS, json.dumps({"choices": [{"message": {"content": None}}]})]
)
def test_a_chat_that_breaks_off_before_its_first_word_is_none(said: str) -> None:
    assert refused((200, STREAM, said)).kind is Kind.UPSTREAM_MALFORMED


@pytest.mark.parametrize("said", WORDLESS)
def test_a_chat_that_ends_without_a_word_is_one(said: str) -> None:
    ended = json.dumps({"choices": [{"delta": {}, "finish_reason": "length"}]})
    assert chatted((200, STREAM, f"{said}data: {ended}\n\n")) == ""


def test_a_stream_ends_where_it_says_so_though_its_connection_stays_open() -> None:
    def kept_open(received: Received) -> Iterator[bytes]:
        body = (HI + DONE).encode()
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        yield b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(body), body)
        received.stopped.wait(60)

    assert chatted(kept_open) == "hi"


OUT_OF_MEMORY = {"message": "CUDA out of memory", "code": 500}


@pytest.mark.parametrize("before", ["", HI])
@pytest.mark.parametrize(
    "failing",
    [
        f"data: {json.dumps({'error': OUT_OF_MEMORY})}\n\n",
        f"error: {json.dumps(OUT_OF_MEMORY)}\n\n",
        f"event: error\ndata: {json.dumps(OUT_OF_MEMORY)}\n\n",
        'data: {"detail": "CUDA out of memory"}\n\n',
        'data: {"object": "error", "message": "CUDA out of memory", "code": 500}\n\n',
        'data: [{"error": "CUDA out of memory"}]\n\n',
        'data: {"message": "CUDA out of memory", "code": 500}\n\n',
        'data: {"message": "CUDA out of memory"}\nevent: error\n\n',
        'data: {"choices": []}\nevent: error\ndata: {"message": "CUDA out of memory"}\n\n',
        'event: Exception\ndata: {"message": "CUDA out of memory"}\n\n',
        'data: {"error":\ndata: {"message": "CUDA out of memory"}}\n\n',
        'data: {"errors": ["CUDA out of memory"]}\n\n',
        'data: {"choices": [{"delta": {}, "error": {"message": "CUDA out of memory"}}]}\n\n',
    ],
)
def test_an_error_in_a_stream_is_found_in_every_form(before: str, failing: str) -> None:
    error = refused((200, STREAM, before + failing + DONE))
    assert error.kind is Kind.OUT_OF_MEMORY
    assert error.diagnosis.evidence is not None
    assert error.diagnosis.evidence.text == "CUDA out of memory"
    assert error.status == 200


@pytest.mark.parametrize(
    "answer",
    [
        (200, JSON, [{"error": "CUDA out of memory"}]),
        (200, JSON, {"error": {"message": "CUDA out of memory"}}),
        (200, JSON, [{"generated_text": ""}, {"error": "CUDA out of memory"}]),
        (500, JSON, {"msg": "CUDA out of memory"}),
        (500, JSON, {"error": "frame\n" * 1_500 + "CUDA out of memory"}),
        (503, JSON, {"error": "CUDA out of memory while loading the weights"}),
    ],
)
def test_an_error_is_found_wherever_it_stands(answer: Answered) -> None:
    assert refused(answer).kind is Kind.OUT_OF_MEMORY


def test_an_event_that_is_an_error_needs_no_data_to_be_one() -> None:
    assert refused((200, STREAM, HI + "event: error\n\n")).kind is Kind.ENGINE_ERROR


@pytest.mark.parametrize("form", [STREAM, JSON])
def test_an_answer_that_ended_by_an_error_is_none(form: str) -> None:
    ended = {"choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]}
    body = f"data: {json.dumps(ended)}\n\n{DONE}" if form == STREAM else json.dumps(ended)
    assert refused((200, form, body)).kind is Kind.ENGINE_ERROR


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ((400, JSON, {"reason": "max_tokens must be at least 16"}), "max_tokens must be at least"),
        ((200, HTML, "<h1>Welcome</h1>"), "text/html: Welcome"),
        ((200, STREAM, "data: {\n\n"), "text/event-stream: data: {"),
        ((200, STREAM, DONE), "text/event-stream: data: [DONE]"),
    ],
)
def test_what_cannot_be_read_is_shown_as_it_came(answer: Answered, shown: str) -> None:
    evidence = refused(answer).diagnosis.evidence
    assert evidence is not None
    assert shown in evidence.text


def broken(status: int, body: bytes, *, ends: bool) -> Answered:
    def answer(received: Received) -> Iterator[bytes]:
        yield b"HTTP/1.1 %d X\r\nContent-Type: text/html\r\nContent-Length: 9000\r\n\r\n" % status
        yield body
        if not ends:
            received.stopped.wait(60)
        raise OSError

    return answer


@pytest.mark.parametrize("ends", [True, False])
@pytest.mark.parametrize(
    ("status", "kind"),
    [(502, Kind.GATEWAY_ERROR), (404, Kind.NO_CHAT_ROUTE), (500, Kind.ENGINE_ERROR)],
)
def test_a_body_that_does_not_come_to_its_end_hides_no_status(
    status: int, kind: Kind, ends: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference, "SECONDS", 1.0)
    error = refused(broken(status, b"<h1>That is so</h1>", ends=ends))
    assert (error.kind, error.status) == (kind, status)


REST = "abcdefghijklmnopqrstuvwxyzABCDEFGH"
ESCAPED = "".join(f"\\u{ord(letter):04x}" for letter in f"hf_{REST}")


@pytest.mark.parametrize(
    "answer",
    [
        (500, JSON, {"error": f"token is {REST}"}),
        (500, JSON, f'{{"error": "{ESCAPED}"}}'),
        (500, "text/plain", f"dump: {ESCAPED}"),
        (500, HTML, f"hf&#95;{REST}"),
        (500, JSON, {"error": f"hf%5F{REST}"}),
        (200, STREAM, f"{HI}error: {json.dumps({'message': f'got {REST}'})}\n\n"),
        (200, HTML, f"hf_{REST}"),
        (500, JSON, {"error": f"token is {REST[1:]}"}),
        (500, JSON, {"error": REST.upper()}),
        (500, JSON, {"error": f"{REST[:18]}-{REST[18:]}"}),
        (500, TEXT, "a" * (LONGEST_BODY - 20) + REST),
    ],
)
def test_an_answer_that_repeats_the_token_in_another_form_is_kept_without_it(
    answer: Answered,
) -> None:
    kept = str(refused(answer).diagnosis.to_json())
    parts = (REST[at : at + 16].lower() for at in range(len(REST) - 15))
    assert not any(part in kept.lower() for part in parts)
    assert ESCAPED[:60] not in kept
