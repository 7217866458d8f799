import ast
import re
from pathlib import Path

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization, User
from hfadmin.audit.operations import record
from hfadmin.audit.sentences import SENTENCES

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
