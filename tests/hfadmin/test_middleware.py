"""What holds for every request, whichever view it is for."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.live import polls
from providers.catalog.models import ProviderModel
from providers.catalog.setups import EndpointType, ModelType
from tests.factories import stored_token


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "WHATEVER"])
def test_only_post_deletes_a_model(
    method: str, as_operator: Client, organization: Organization
) -> None:
    model = ProviderModel.objects.create(
        organization=organization,
        model_type=ModelType.LLM,
        name="acme/llama",
        endpoint_type=EndpointType.HOSTED,
        token=stored_token(organization, "ci", f"hf_{'x' * 34}"),
    )

    answer = as_operator.generic(method, f"/o/acme/models/{model.pk}/delete/")

    assert answer.status_code == (200 if method == "HEAD" else 405)
    assert ProviderModel.objects.filter(pk=model.pk).exists()


@pytest.mark.parametrize(
    "path", ["/o/ac%00me/", "/o/acme/endpoints/?q=%00", "/o/acme/endpoints/?%00=a", "/a%00b"]
)
def test_a_null_character_is_refused(path: str, as_viewer: Client) -> None:
    assert as_viewer.get(path).status_code == 400


@pytest.mark.usefixtures("admin")
def test_a_null_character_in_a_form_or_a_cookie_is_refused(client: Client) -> None:
    assert client.post("/accounts/login/", {"login": "a\x00"}).status_code == 422
    assert client.post("/accounts/login/", {"login\x00": "a"}).status_code == 400
    client.cookies["anything"] = "a\x00b"
    assert client.get("/accounts/login/").status_code == 400


@pytest.mark.parametrize("version", ["9" * 5000, "9" * 5000 + ".x", "x" * 101, "-1.y", "٣.z"])
def test_a_version_that_cannot_be_sends_everything(version: str, as_viewer: Client) -> None:
    assert as_viewer.get("/o/acme/endpoints/", headers={polls.HEADER: version}).status_code == 200


def test_no_page_is_kept_by_a_cache(as_viewer: Client, client: Client) -> None:
    for path in ("/o/acme/", "/o/acme/endpoints/", "/o/acme/tokens/", "/accounts/login/", "/no"):
        assert "no-store" in as_viewer.get(path).headers["Cache-Control"], path
        assert "no-store" in client.get(path).headers["Cache-Control"], path


def test_signing_out_empties_the_browsers_cache_but_not_its_cookies(as_viewer: Client) -> None:
    answer = as_viewer.post("/accounts/logout/")

    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert not Session.objects.exists()


def test_a_file_is_refused(client: Client, db: None) -> None:
    head = (
        b'--x\r\nContent-Disposition: form-data; name="login"; filename="a"\r\n\r\na\r\n--x--\r\n'
    )

    answer = client.post("/accounts/login/", head, content_type="multipart/form-data; boundary=x")

    assert answer.status_code == 400
