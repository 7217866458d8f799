"""Each fault breaks what it says it breaks, for whom it was meant, as often as was asked."""

import json
from collections.abc import Iterator
from itertools import islice

import httpx2
import pytest

from hfadmin import outbound
from hfadmin.sandbox import Clock, Sandbox
from hfadmin.sandbox.faults import fault_kinds
from hfadmin.sandbox.hostile_strings import STRINGS

Headers = dict[str, str]
LIST = "/v2/endpoint/acme"


@pytest.fixture(autouse=True)
def endpoints(sandbox: Sandbox, ada: Headers) -> None:
    sandbox.add_endpoint("acme", "llama", tags=("prod",))
    sandbox.add_endpoint("acme", "bge")


@pytest.mark.parametrize("status", [401, 402, 403, 404, 409, 429, 500, 503, 504])
def test_any_status_can_be_asked_for(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, status: int
) -> None:
    sandbox.fault(status)
    assert web.get(LIST, headers=ada).status_code == status


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("policy_fine_grained_only", "only fine-grained tokens"),
        ("policy_pending", "Due to the organization token policy, your token needs to be approved"),
        ("policy_revoked", "Your token has been revoked by the organization administrator"),
        ("payment_required", "Payment method required for namespace: acme"),
        ("missing_permission", "missing permissions: inference.endpoints.read"),
    ],
)
def test_every_kind_of_403_has_its_text(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, kind: str, words: str
) -> None:
    sandbox.fault(kind)
    refused = web.get(LIST, headers=ada)
    assert refused.status_code == 403
    assert words in refused.json()["error"]
    assert refused.headers["x-error-message"] == refused.json()["error"]


def test_a_rate_limit_says_when_to_come_back(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.fault(429, seconds=7)
    headers = web.get(LIST, headers=ada).headers
    assert headers["ratelimit"] == '"api";r=0;t=7'
    assert headers["ratelimit-policy"] == '"fixed window";"api";q=500;w=300'
    assert headers["retry-after"] == "7"


@pytest.mark.parametrize("kind", ["truncated", "malformed", "empty"])
def test_broken_json_cannot_be_read(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, kind: str
) -> None:
    sandbox.fault(kind)
    with pytest.raises(ValueError):
        json.loads(web.get(LIST, headers=ada).content, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def test_a_string_stands_where_an_object_is_usual(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.fault("string")
    assert isinstance(web.get(LIST, headers=ada).json(), str)


def test_the_gateway_times_out_in_html(sandbox: Sandbox, web: httpx2.Client, ada: Headers) -> None:
    sandbox.fault("html")
    answer = web.get(LIST, headers=ada)
    assert answer.status_code == 504
    assert answer.headers["content-type"] == "text/html"


def test_a_body_drips_a_byte_at_a_time(sandbox: Sandbox, web: httpx2.Client, ada: Headers) -> None:
    honest = web.get(LIST, headers=ada).content
    sandbox.fault("drip", interval=0)
    with web.stream("GET", LIST, headers=ada) as answer:
        pieces = list(answer.iter_raw())
    assert {len(piece) for piece in pieces} == {1}
    assert b"".join(pieces) == honest


def test_an_endless_body_goes_on(sandbox: Sandbox, web: httpx2.Client, ada: Headers) -> None:
    sandbox.fault("endless")
    with web.stream("GET", LIST, headers=ada) as answer:
        assert sum(len(piece) for piece in islice(answer.iter_raw(), 100)) > 1_000_000


@pytest.mark.parametrize("kind", ["endless", "gzip_bomb"])
def test_what_is_too_large_ends_at_the_cap_of_the_way_out(
    sandbox: Sandbox, ada: Headers, kind: str
) -> None:
    sandbox.fault(kind)
    with (
        outbound.client(limits=outbound.Limits(3_000_000, 100_000)) as guarded,
        pytest.raises(outbound.BodyTooLargeError),
    ):
        guarded.get(f"https://sandbox.test{LIST}", headers=ada)


def test_a_gzip_bomb_is_small_on_the_wire(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.fault("gzip_bomb", megabytes=20)
    with web.stream("GET", LIST, headers=ada) as answer:
        assert len(b"".join(answer.iter_raw())) < 40_000
    assert len(web.get(LIST, headers=ada).json()["items"]) == 0


def test_a_huge_list_has_ten_thousand_different_names(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.fault("huge_list")
    items = web.get(LIST, headers=ada).json()["items"]
    assert len({item["name"] for item in items}) == 10_000


def test_hostile_strings_stand_in_every_text_field(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.fault("hostile")
    first, *_ = web.get(LIST, headers=ada).json()["items"]
    texts = set(_texts(first)) - {first["status"]["createdAt"], first["status"]["updatedAt"]}
    assert all(text in STRINGS or text.startswith("javascript:") for text in texts)
    assert first["status"]["url"].startswith("javascript:")
    assert first["status"]["readyReplica"] == 1


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for entry in value.values():
            yield from _texts(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_leads_where_it_is_told(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, status: int
) -> None:
    sandbox.fault("redirect", location="https://evil.test/", status=status)
    answer = web.get(LIST, headers=ada, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (status, "https://evil.test/")


def test_a_fault_strikes_as_often_as_asked(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.fault(500, times=2)
    assert [web.get(LIST, headers=ada).status_code for _ in range(3)] == [500, 500, 200]
    sandbox.fault(500)
    sandbox.clear_faults()
    assert web.get(LIST, headers=ada).status_code == 200


def test_a_fault_strikes_only_whom_it_was_meant_for(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers
) -> None:
    other = {"Authorization": f"Bearer {sandbox.add_token('ada', role='read')}"}
    sandbox.fault(500, token=other["Authorization"].removeprefix("Bearer "))
    assert web.get(LIST, headers=ada).status_code == 200
    assert web.get(LIST, headers=other).status_code == 500
    sandbox.clear_faults()
    sandbox.fault(500, namespace="acme", endpoint="llama")
    assert web.get(LIST, headers=ada).status_code == 200
    assert web.get(f"{LIST}/bge", headers=ada).status_code == 200
    assert web.get(f"{LIST}/llama", headers=ada).status_code == 500
    sandbox.clear_faults()
    sandbox.fault(500, path="/api/")
    assert web.get(LIST, headers=ada).status_code == 200
    assert web.get("/api/whoami-v2", headers=ada).status_code == 500


def test_a_deployed_endpoint_can_be_struck_by_its_name(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers
) -> None:
    endpoint = sandbox.add_endpoint("acme", "mistral")
    sandbox.fault(503, endpoint="mistral")
    url = f"{endpoint.url_when_deployed}/health"
    assert web.get(url, headers=ada).status_code == 503


def test_control_routes_set_and_clear_faults(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers
) -> None:
    web.post("/_sandbox/faults", json={"kind": "500", "namespace": "acme"})
    assert web.get(LIST, headers=ada).status_code == 500
    web.delete("/_sandbox/faults")
    assert web.get(LIST, headers=ada).status_code == 200
    unknown = web.post("/_sandbox/faults", json={"kind": "earthquake"})
    assert unknown.status_code == 400
    assert "gzip_bomb" in unknown.json()["error"]
    assert "gzip_bomb" in fault_kinds()


def test_what_was_received_is_shown_without_tokens(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, clock: Clock
) -> None:
    web.get(LIST, headers=ada)
    shown = web.get("/_sandbox/requests").text
    token = ada["Authorization"].removeprefix("Bearer ")
    assert LIST in shown
    assert token not in shown
    assert token[-4:] in shown


@pytest.mark.parametrize("kind", ["hostile", "huge_list", "truncated"])
def test_a_streamed_answer_survives_faults_that_are_made_for_json(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, kind: str
) -> None:
    sandbox.fault(kind, endpoint="llama")
    url = f"{web.get(f'{LIST}/bge', headers=ada).json()['status']['url']}/v1/chat/completions"
    body = {"messages": [{"role": "user", "content": "Hi"}], "stream": True}
    assert web.post(url, json=body, headers=ada).text.endswith("data: [DONE]\n\n")
    sandbox.clear_faults()
    sandbox.fault(kind, endpoint="bge")
    assert web.post(url, json=body, headers=ada).text.startswith("data: {")
