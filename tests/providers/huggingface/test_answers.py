"""From an answer to its kind, its evidence and the time to wait."""

import json
import time
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from providers.huggingface.answers import diagnose
from providers.huggingface.calls import LONGEST_WAIT, Answer, Area, Call
from providers.huggingface.errors import Diagnosis, Kind


def told(area: Area, status: int, body: Any, headers: dict[str, str] | None = None) -> Diagnosis:
    text = body if isinstance(body, str) else json.dumps(body)
    call = Call(area, "GET", "https://api.test/v2/endpoint/acme", {"namespace": "acme"})
    return diagnose(call, Answer(status, headers or {}, text))


@pytest.mark.parametrize(
    ("area", "status", "body", "kind"),
    [
        (Area.IDENTITY, 401, {"error": "Invalid user token."}, Kind.TOKEN_REJECTED),
        (Area.IDENTITY, 401, {"error": "Your token has expired"}, Kind.TOKEN_EXPIRED),
        (Area.NAMESPACE, 401, {"error": "Unauthorized"}, Kind.NOT_A_MEMBER),
        (Area.NAMESPACE, 401, "", Kind.NOT_A_MEMBER),
        (Area.ROUTER, 401, {"error": "Invalid username or password."}, Kind.TOKEN_REJECTED),
        (Area.CHAT, 401, {"error": "401 Unauthorized", "code": "UNAUTHORIZED"}, Kind.FORBIDDEN),
        (
            Area.NAMESPACE,
            403,
            {"error": "Forbidden: Payment method required for namespace: acme"},
            Kind.PAYMENT_REQUIRED,
        ),
        (
            Area.NAMESPACE,
            403,
            "Due to the organization token policy, your token needs to be approved by an admin",
            Kind.POLICY_PENDING,
        ),
        (
            Area.NAMESPACE,
            403,
            {"error": "Your token has been revoked by the organization administrator."},
            Kind.POLICY_REVOKED,
        ),
        (
            Area.NAMESPACE,
            403,
            {"error": "missing permissions: inference.endpoints.write"},
            Kind.MISSING_PERMISSION,
        ),
        (
            Area.ROUTER,
            403,
            {"error": {"message": "does not have sufficient permissions to call Inference"}},
            Kind.MISSING_PERMISSION,
        ),
        (Area.ROUTER, 402, {"error": "You have exceeded your credits"}, Kind.CREDITS_EXHAUSTED),
        (
            Area.ROUTER,
            400,
            {"error": {"message": "x", "type": "y", "code": "model_not_supported"}},
            Kind.MODEL_NOT_SERVED,
        ),
        (Area.ROUTER, 503, {"error": "busy", "estimated_time": 20.5}, Kind.ENDPOINT_LOADING),
        (
            Area.ENDPOINT,
            400,
            "Instance compute 'Cpu' - 'c6i' - 'medium' in 'aws' - 'us-east-1' not found",
            Kind.HARDWARE_NOT_FOUND,
        ),
        (Area.ENDPOINT, 400, {"error": "must be between 15 and 2880"}, Kind.BAD_REQUEST),
        (Area.ENDPOINT, 400, "Endpoint is already running", Kind.ALREADY_RUNNING),
        (
            Area.ENDPOINT,
            400,
            "Endpoint x cannot be paused while it is initializing",
            Kind.ENDPOINT_BUSY,
        ),
        (Area.ENDPOINT, 403, {"error": "quota exceeded"}, Kind.QUOTA_EXCEEDED),
        (Area.ENDPOINT, 409, {"error": "already exists"}, Kind.NAME_TAKEN),
        (Area.ENDPOINT, 409, {"error": "busy"}, Kind.CONFLICT),
        (Area.ENDPOINT, 404, {"error": "Endpoint not found"}, Kind.ENDPOINT_NOT_FOUND),
        (Area.ENDPOINT, 404, {"error": "Namespace not found"}, Kind.NAMESPACE_NOT_FOUND),
        (Area.DEPLOYED, 404, {"detail": "Not Found"}, Kind.NO_ROUTE),
        (Area.CHAT, 404, {"detail": "Not Found"}, Kind.NO_CHAT_ROUTE),
        (Area.CHAT, 405, {"detail": "Method Not Allowed"}, Kind.NO_CHAT_ROUTE),
        (Area.NAMESPACE, 408, "", Kind.TIMEOUT),
        (
            Area.CHAT,
            404,
            {"message": "The model `x` does not exist.", "type": "NotFoundError"},
            Kind.REPOSITORY_MISMATCH,
        ),
        (Area.CHAT, 400, {"error": "The endpoint is paused, ask"}, Kind.ENDPOINT_PAUSED),
        (Area.CHAT, 503, "", Kind.ENDPOINT_NOT_READY),
        (Area.NAMESPACE, 503, "", Kind.UPSTREAM_ERROR),
        (Area.NAMESPACE, 504, "<html><title>504</title></html>", Kind.UPSTREAM_ERROR),
        (Area.NAMESPACE, 418, "", Kind.BAD_REQUEST),
        (Area.NAMESPACE, 304, "", Kind.REDIRECTED),
    ],
)
def test_every_answer_has_its_kind(area: Area, status: int, body: Any, kind: Kind) -> None:
    assert told(area, status, body).kind is kind


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("scaleToZeroTimeout must be between 15 and 2880 minutes", "scaleToZeroTimeout"),
        ("must be between 15 and 2880 minutes", "scaleToZeroTimeout"),
        ("minReplica must be between 0 and maxReplica", "minReplica"),
        ("maxReplica is too large", "maxReplica"),
        ("measure.hardwareUsage must be a number", "measure"),
        ("Revision abc not found", "revision"),
        ("type private needs a PrivateLink account", "type"),
        ("Something is not valid", None),
    ],
)
def test_a_value_that_is_not_taken_is_named(said: str, field: str | None) -> None:
    told_of = told(Area.ENDPOINT, 400, {"error": said})
    assert (told_of.kind, told_of.params.get("field")) == (Kind.BAD_REQUEST, field)


def test_the_missing_permission_is_named() -> None:
    named = told(Area.NAMESPACE, 403, "missing permissions: inference.endpoints.infer.write")
    assert named.params["permission"] == "inference.endpoints.infer.write"
    assert "inference.endpoints.infer.write" in named.explain().what
    implied = told(Area.ROUTER, 403, "not have sufficient permissions")
    assert implied.params["permission"] == "inference.serverless.write"


@pytest.mark.parametrize(
    ("status", "headers", "body", "seconds"),
    [
        (429, {"ratelimit": '"api";r=0;t=55'}, "", 55),
        (429, {"retry-after": "7", "ratelimit": '"api";r=0;t=55'}, "", 7),
        (429, {"retry-after": formatdate(time.time() - 60, usegmt=True)}, "", 0),
        (429, {"retry-after": "soon"}, "", None),
        (429, {}, "", None),
        (429, {"retry-after": "999999999"}, "", LONGEST_WAIT),
        (503, {}, '{"estimated_time": 12.5}', 12.5),
        (500, {"ratelimit": '"api";r=499;t=300'}, "", None),
    ],
)
def test_how_long_to_wait_is_taken_as_told(
    status: int, headers: dict[str, str], body: str, seconds: float | None
) -> None:
    assert told(Area.NAMESPACE, status, body, headers).retry_after == seconds


def test_the_evidence_is_clean() -> None:
    body = "<script>x()</script><p>No \u202e\x1b[31mhf_abcdefghijklmnop\n Bearer secret-value</p>"
    evidence = told(Area.NAMESPACE, 500, body, {"x-request-id": "Root=1\x00"}).evidence
    assert evidence is not None
    assert evidence.text == "No [31mhf_… Bearer …"
    assert evidence.request_id == "Root=1"


@given(
    st.sampled_from(Area),
    st.integers(300, 599),
    st.text(max_size=50)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["error", "errors", "message", "detail", "estimated_time", "x"]),
                inner,
            )
        ),
    ).map(json.dumps),
    st.dictionaries(st.sampled_from(["retry-after", "ratelimit", "x-error-message"]), st.text()),
)
@example(Area.NAMESPACE, 500, "\U0002ebe1", {})  # a character newer than Python 3.11 knows
def test_any_answer_is_diagnosed_stored_and_explained(
    area: Area, status: int, body: str, headers: dict[str, str]
) -> None:
    found = told(area, status, body, headers)
    assert Diagnosis.from_json(json.loads(json.dumps(found.to_json()))) == found
    assert found.evidence is not None
    assert found.evidence.text == "" or found.evidence.text.isprintable()
    assert len(found.evidence.text) <= 600
    assert found.explain(lambda text: text).title


def test_a_stored_kind_of_another_version_is_unknown() -> None:
    assert Diagnosis.from_json({"kind": "from_the_future"}).kind is Kind.UNKNOWN


@pytest.mark.parametrize(
    "stored",
    [
        {"kind": ["a"], "params": ["x"], "evidence": "a text"},
        {"kind": "timeout", "evidence": {"path": "/", "unheard": 1}},
        {"kind": "timeout", "evidence": {}, "params": None},
    ],
)
def test_what_another_version_stored_is_read_as_far_as_it_goes(stored: dict[str, Any]) -> None:
    assert Diagnosis.from_json(stored).explain().title


def test_sentences_are_translated_before_they_are_filled() -> None:
    diagnosis = Diagnosis(Kind.URL_INVALID, {"reason": "port"})
    seen: list[str] = []
    diagnosis.explain(lambda text: seen.append(text) or text)  # type: ignore[func-returns-value]
    assert "it names a port" in seen
    assert any("%(reason)s" in text for text in seen)
