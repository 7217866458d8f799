import ast
import re
from pathlib import Path

import pytest
from django.test import Client

from hfadmin.accounts import verbs as verbs_of_people
from hfadmin.accounts.models import Organization, User
from hfadmin.audit.actors import COMMAND, Actor
from hfadmin.audit.models import Record
from hfadmin.audit.operations import record
from hfadmin.audit.verbs import verb
from providers.catalog import verbs as verbs_of_models
from providers.catalog.models import ProviderModel
from providers.tokens import verbs as verbs_of_tokens
from tests.factories import stored_token

PAGE = "/o/acme/activity/"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def history(organization: Organization, admin: User, operator: User) -> None:
    record(
        organization,
        verbs_of_people.ORGANIZATION_RENAMED,
        organization,
        Actor.person(admin),
        before="<b>Old</b>",
    )
    record(
        organization, verbs_of_people.PERSON_ADDED, operator, Actor.person(admin), role="operator"
    )
    record(organization, verbs_of_tokens.DELETED, organization, Actor.person(operator))
    record(organization, verbs_of_tokens.REPLACED, organization, COMMAND)


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

    record(organization, verbs_of_tokens.DELETED, None, COMMAND, outcome=Record.Outcome.FAILED)

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
        record(organization, verbs_of_tokens.ADDED, token, Actor.person(admin))
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
    record(organization, verbs_of_models.ADDED, model, COMMAND)

    assert "acme/llama</bdi></a>" not in as_viewer.get(PAGE).content.decode()
    assert f"/o/acme/models/{model.pk}/edit/" in as_operator.get(PAGE).content.decode()


def test_an_empty_record_says_so(as_viewer: Client) -> None:
    assert "Nothing has happened yet" in as_viewer.get(PAGE).content.decode()


def test_long_histories_are_paged(
    as_viewer: Client, organization: Organization, admin: User
) -> None:
    for number in range(51):
        record(
            organization,
            verbs_of_tokens.ADDED,
            organization,
            Actor.person(admin),
            before=f"number-{number}-",
        )

    first = as_viewer.get(PAGE).content.decode()
    second = as_viewer.get(PAGE, {"page": 2}).content.decode()

    assert "number-50-" in first
    assert "number-0-" not in first
    assert "number-0-" in second


@pytest.mark.usefixtures("history")
def test_another_organization_sees_nothing_of_it(as_outsider: Client) -> None:
    assert as_outsider.get(PAGE).status_code == 404
    assert "Renamed" not in as_outsider.get("/o/umbrella/activity/").content.decode()


def test_every_verb_that_is_declared_is_recorded_somewhere() -> None:
    declared, named = set(), set()
    for path in [*(ROOT / "hfadmin").rglob("*.py"), *(ROOT / "providers").rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.name == "verbs.py":
            constants = (each for each in tree.body if isinstance(each, ast.AnnAssign))
            declared |= {
                (path.parent.name, ast.unparse(constant.target))
                for constant in constants
                if isinstance(constant.value, ast.Call)
                and ast.unparse(constant.value.func) in {"verb", "request"}
            }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "verbs":
                named |= {(part, node.attr) for part in path.parts}

    assert len(declared) > 20
    assert declared <= named


def test_a_verb_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        verb("token.added", "Added the access token, again")


def test_what_a_person_only_asks_for_reads_as_asked_with_where_they_did(
    as_operator: Client, organization: Organization, operator: User
) -> None:
    token = stored_token(organization, "bot", "hf_abcdefgh1234")
    namespace = organization.namespaces.create(name="labs", kind="org")
    for path in (f"tokens/{token.pk}/check/", f"endpoints/namespaces/{namespace.pk}/look/"):
        as_operator.post(f"/o/acme/{path}", headers={"X-Request-Id": "proxy-7"})

    asked = list(Record.objects.order_by("id"))
    assert [(each.verb, each.outcome) for each in asked] == [
        ("token.check_requested", "asked"),
        ("namespace.look_requested", "asked"),
    ]
    for each in asked:
        assert (each.actor, each.actor_kind) == (operator, "person")
        assert (each.address, each.request_id) == ("127.0.0.1", "proxy-7")
        assert each.session == asked[0].session != ""
    page = as_operator.get(PAGE).content.decode()
    assert "Asked for a look at the namespace" in page
    assert page.count("Asked</span>") == 2


def test_a_request_without_a_proper_id_gets_one_of_ours(
    as_operator: Client, organization: Organization
) -> None:
    for number, given in enumerate(("", "x" * 65, "a b", "<b>")):
        token = stored_token(organization, str(number), f"hf_abcdefgh{number:04}")
        path = f"/o/acme/tokens/{token.pk}/check/"
        as_operator.post(path, headers={"X-Request-Id": given} if given else {})

    ids = set(Record.objects.values_list("request_id", flat=True))
    assert len(ids) == 4
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in ids)
