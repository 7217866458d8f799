"""Where more is answered than is read, what was left out is said or is unknown."""

from typing import Any

from providers.huggingface import parse
from providers.huggingface.types import Identity
from providers.tokens.xray import SERVERLESS, Ability, Cell, Reason, Verdict, xray


def whoami(permissions: int = 0, scopes: int = 0, organizations: int = 0) -> Identity:
    """Of a token with so many permissions on one of so many models, and so many organizations."""
    on_models: list[dict[str, Any]] = [
        {
            "entity": {"type": "model", "name": f"ada/{number}"},
            "permissions": ["repo.content.read"],
        }
        for number in range(scopes)
    ]
    on_ada = {
        "entity": {"type": "user", "name": "ada"},
        "permissions": [*(f"repo.right{number}" for number in range(permissions)), SERVERLESS],
    }
    rights = {"scoped": [*on_models, on_ada], "global": []}
    return parse.identity(
        {
            "name": "ada",
            "orgs": [{"name": f"org-{number}"} for number in range(organizations)],
            "auth": {"accessToken": {"role": "fineGrained", "fineGrained": rights}},
        }
    )


def hosted(identity: Identity) -> Cell:
    return xray(identity)[0].cell(Ability.HOSTED)


def test_a_right_beyond_the_permissions_that_are_read_is_unknown_and_not_missing() -> None:
    assert hosted(whoami(permissions=199)).verdict is Verdict.YES
    cut = hosted(whoami(permissions=200))
    assert (cut.verdict, cut.reason) == (Verdict.UNKNOWN, Reason.UNFAMILIAR)


def test_a_right_beyond_the_scopes_that_are_read_is_unknown_and_not_missing() -> None:
    assert hosted(whoami(scopes=1_999)).verdict is Verdict.YES
    cut = hosted(whoami(scopes=2_000))
    assert (cut.verdict, cut.reason) == (Verdict.UNKNOWN, Reason.UNFAMILIAR)


def test_of_more_organizations_than_are_read_the_rest_is_counted() -> None:
    found = whoami(organizations=parse.MOST_ORGANIZATIONS + 25)
    assert len(found.organizations) == parse.MOST_ORGANIZATIONS
    assert found.organizations_left_out == 25
    assert type(found).from_json(found.to_json()) == found
