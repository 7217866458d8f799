import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from hfadmin.accounts import operations
from hfadmin.accounts.models import Membership, Organization, Role, User
from hfadmin.audit.actors import COMMAND
from hfadmin.audit.models import Record
from hfadmin.vault import Secret

PAGE = "/o/acme/settings/"


def test_members_are_listed_with_what_they_may_do(
    as_viewer: Client, admin: User, operator: User
) -> None:
    page = as_viewer.get(PAGE).content.decode()

    assert "ada@acme.test" in page
    assert "grace@acme.test" in page
    assert "hfadmin person add" in page
    assert 'name="name"' not in page


def test_an_admin_renames_the_organization_once(
    as_admin: Client, organization: Organization
) -> None:
    for _ in range(2):
        assert as_admin.post(PAGE, {"name": "ACME Research"}).status_code == 302

    organization.refresh_from_db()
    record = Record.objects.get()
    assert organization.name == "ACME Research"
    assert (record.verb, record.detail) == ("organization.renamed", {"before": "ACME"})


def test_an_empty_name_is_refused_at_its_field(
    as_admin: Client, organization: Organization
) -> None:
    response = as_admin.post(PAGE, {"name": " "})

    organization.refresh_from_db()
    assert response.status_code == 422
    assert organization.name == "ACME"


def test_somebody_in_two_organizations_can_switch(
    as_admin: Client, admin: User, outsider: User
) -> None:
    Membership.objects.create(
        organization=Organization.objects.get(slug="umbrella"), user=admin, role=Role.VIEWER
    )

    page = as_admin.get(PAGE).content.decode()

    assert 'href="/o/umbrella/"' in page


def test_addresses_are_made_from_names_and_stay_unique(db: None) -> None:
    slugs = [operations.add_organization("Müller & Söhne", actor=COMMAND).slug for _ in range(3)]

    assert slugs == ["muller-sohne", "muller-sohne-2", "muller-sohne-3"]
    assert operations.add_organization("日本", actor=COMMAND).slug == "organization"


@pytest.mark.parametrize("slug", ["with space", "a/b", "acme"])
def test_an_address_that_cannot_be_is_refused(organization: Organization, slug: str) -> None:
    with pytest.raises(ValidationError):
        operations.add_organization("Another", slug, actor=COMMAND)


def test_a_person_is_added_once_and_keeps_the_password(organization: Organization) -> None:
    first = operations.add_person(
        organization, "Eve@x.test", Role.VIEWER, Secret("correct horse"), COMMAND
    )
    again = operations.add_person(
        organization, "eve@x.test", Role.VIEWER, Secret("other words"), COMMAND
    )

    assert (first[1], again[1]) == (True, False)
    assert User.objects.get().check_password("correct horse")
    assert Record.objects.count() == 1


def test_a_role_is_not_changed_by_adding_again(organization: Organization, admin: User) -> None:
    with pytest.raises(ValidationError, match="as admin"):
        operations.add_person(organization, admin.email, Role.VIEWER, None, COMMAND)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("nonsense", "correct horse"),
        ("a@x.test", "x"),
        ("a" * 20 + "@" + "x" * 60 + ("." + "x" * 60) * 3 + ".test", "correct horse"),
    ],
)
def test_a_person_needs_an_address_and_a_fair_password(
    organization: Organization, email: str, password: str
) -> None:
    with pytest.raises(ValidationError):
        operations.add_person(organization, email, Role.VIEWER, Secret(password), COMMAND)

    assert not User.objects.exists()
