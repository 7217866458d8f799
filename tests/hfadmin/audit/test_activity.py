import ast
import re
from pathlib import Path

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization, User
from hfadmin.audit.models import Record
from hfadmin.audit.operations import record
from hfadmin.audit.sentences import SENTENCES
from providers.catalog.models import ProviderModel
from tests.rows import stored_token

PAGE = "/o/acme/activity/"
VERB = re.compile(
    r"(address|endpoint|model|namespace|organization|person|token)\.[a-z_]+ed|model\.failing"
)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def history(organization: Organization, admin: User, operator: User) -> None:
    record(organization, "organization.renamed", organization, by=admin, before="<b>Old</b>")
    record(organization, "person.added", operator, by=admin, role="operator")
    record(organization, "token.deleted", organization, by=operator)
    record(organization, "token.replaced", organization, by=None)


@pytest.mark.usefixtures("history")
def test_every_change_is_a_sentence_with_its_facts(as_viewer: Client) -> None:
    page = as_viewer.get(PAGE).content.decode()

    assert "Renamed the organization" in page
    assert "&lt;b&gt;Old&lt;/b&gt;" in page
    assert "<bdi>hfadmin</bdi>" in page


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("query", "found", "not_found"),
    [
        ({"q": "grace"}, "Added the person", "Renamed the organization"),
        ({"q": "RENAMED"}, "Renamed the organization", "Added the person"),
        ({"person": "grace@acme.test"}, "Deleted the access token", "Added the person"),
        ({"q": "nothing like it"}, "Nothing matches", "Added the person"),
    ],
)
def test_it_is_searched_by_text_and_person(
    as_viewer: Client, query: dict[str, str], found: str, not_found: str
) -> None:
    page = as_viewer.get(PAGE, query).content.decode()

    assert found in page
    assert not_found not in page


@pytest.mark.usefixtures("history")
def test_the_outcome_is_said_only_where_it_is_another(
    as_viewer: Client, organization: Organization
) -> None:
    assert "Done" not in as_viewer.get(PAGE).content.decode()

    record(organization, "token.deleted", by=None, outcome=Record.Outcome.FAILED)

    assert as_viewer.get(PAGE).content.decode().count('class="pill"') == 1


@pytest.mark.usefixtures("history")
def test_who_and_what_lead_to_their_pages(as_viewer: Client) -> None:
    page = as_viewer.get(PAGE).content.decode()

    assert f'<a href="{PAGE}?person=ada%40acme.test"><bdi>ada@acme.test</bdi></a>' in page
    assert f'<a href="{PAGE}?person=grace%40acme.test"><bdi>grace@acme.test</bdi></a>' in page
    assert '<a href="/o/acme/settings/"><bdi>ACME</bdi></a>' in page


def test_what_is_gone_or_elsewhere_is_plain_text(
    as_viewer: Client, organization: Organization, admin: User, outsider: User
) -> None:
    here = stored_token(organization, "still-here", "hf_" + "a" * 34)
    gone = stored_token(organization, "gone", "hf_" + "b" * 34)
    foreign = stored_token(outsider.memberships.get().organization, "theirs", "hf_" + "c" * 34)
    for token in (here, gone, foreign):
        record(organization, "token.added", token, by=admin)
    gone.delete()

    page = as_viewer.get(PAGE).content.decode()

    assert f'<a href="/o/acme/tokens/{here.pk}/"><bdi>still-here</bdi></a>' in page
    assert "<bdi>gone</bdi></a>" not in page
    assert "<bdi>theirs</bdi></a>" not in page


def test_a_page_that_the_role_may_not_open_is_no_link(
    as_viewer: Client, as_operator: Client, organization: Organization
) -> None:
    model = ProviderModel.objects.create(
        organization=organization, name="acme/llama", model_type="llm", endpoint_type="hosted"
    )
    record(organization, "model.added", model, by=None)

    assert "acme/llama</bdi></a>" not in as_viewer.get(PAGE).content.decode()
    assert f"/o/acme/models/{model.pk}/edit/" in as_operator.get(PAGE).content.decode()


def test_an_empty_record_says_so(as_viewer: Client) -> None:
    assert "Nothing has happened yet" in as_viewer.get(PAGE).content.decode()


def test_long_histories_are_paged(
    as_viewer: Client, organization: Organization, admin: User
) -> None:
    for number in range(51):
        record(organization, "token.added", organization, by=admin, before=f"number-{number}-")

    first = as_viewer.get(PAGE).content.decode()
    second = as_viewer.get(PAGE, {"page": 2}).content.decode()

    assert "number-50-" in first
    assert "number-0-" not in first
    assert "number-0-" in second


@pytest.mark.usefixtures("history")
def test_another_organization_sees_nothing_of_it(as_outsider: Client) -> None:
    assert as_outsider.get(PAGE).status_code == 404
    assert "Renamed" not in as_outsider.get("/o/umbrella/activity/").content.decode()


def test_every_verb_that_is_recorded_has_its_sentence() -> None:
    verbs = {
        node.value
        for folder in ("hfadmin", "providers")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "sentences.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and VERB.fullmatch(str(node.value))
    }

    assert verbs == set(SENTENCES)
