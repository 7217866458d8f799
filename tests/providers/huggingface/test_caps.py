"""Where more is answered than is read, what was left out is said or is unknown."""

import json
from collections.abc import Sequence
from typing import Any

from providers.huggingface import parse
from providers.huggingface.types import Identity, Scope
from providers.tokens.xray import SERVERLESS, Ability, Cell, Reason, Verdict, xray


def scope(name: str, *permissions: str, kind: str = "user") -> dict[str, Any]:
    return {"entity": {"type": kind, "name": name}, "permissions": list(permissions)}


def whoami(
    *scopes: dict[str, Any], everywhere: Sequence[str] = (), organizations: int = 0
) -> Identity:
    """Of a token of ada with these rights, in so many organizations."""
    rights = {"scoped": list(scopes), "global": list(everywhere)}
    return parse.identity(
        {
            "name": "ada",
            "orgs": [{"name": f"org-{number}"} for number in range(organizations)],
            "auth": {"accessToken": {"role": "fineGrained", "fineGrained": rights}},
        }
    )


def cells(identity: Identity, row: int = -1) -> tuple[Cell, Cell]:
    """Of listing endpoints, and of hosted inference."""
    found = xray(identity)[row]
    return found.cell(Ability.LIST), found.cell(Ability.HOSTED)


MISSING = Cell(Ability.LIST, Verdict.NO, Reason.MISSING)
OPEN = Cell(Ability.LIST, Verdict.UNKNOWN, Reason.UNFAMILIAR)
GIVEN = Cell(Ability.HOSTED, Verdict.YES)


def others(count: int) -> list[str]:
    return [f"repo.right{number}" for number in range(count)]


def test_of_more_permissions_than_are_kept_those_for_inference_are() -> None:
    assert cells(whoami(scope("ada", *others(19_999), SERVERLESS))) == (MISSING, GIVEN)
    assert cells(whoami(scope("ada", *others(20_000), SERVERLESS))) == (OPEN, GIVEN)
    assert cells(whoami(everywhere=[*others(199), SERVERLESS])) == (MISSING, GIVEN)
    assert cells(whoami(everywhere=[*others(200), SERVERLESS])) == (OPEN, GIVEN)


def test_a_right_for_inference_that_is_not_kept_is_unknown_and_not_missing() -> None:
    many = [f"inference.providers.{number}" for number in range(20_000)]
    _listing, hosted = cells(whoami(scope("ada", *many, SERVERLESS)))
    assert (hosted.verdict, hosted.reason) == (Verdict.UNKNOWN, Reason.UNFAMILIAR)


def test_rights_on_thousands_of_repositories_take_no_room_and_hide_nothing() -> None:
    on_models = [
        scope(f"ada/{number}", "repo.content.read", kind="model") for number in range(5_000)
    ]
    found = whoami(*on_models, scope("ada", SERVERLESS), scope("strangers", SERVERLESS, kind="org"))
    assert found.token.scopes == (Scope("user", "ada", frozenset({SERVERLESS})),)
    assert cells(found) == (MISSING, GIVEN)


def test_a_right_in_the_last_of_thousands_of_scopes_of_one_entity_is_held() -> None:
    found = whoami(*[scope("ada", "repo.content.read")] * 5_000, scope("ada", SERVERLESS))
    assert cells(found) == (MISSING, GIVEN)
    assert len(found.token.scopes) == 1


def test_all_permissions_in_all_organizations_are_few_enough_to_store() -> None:
    most = parse.MOST_ORGANIZATIONS
    scopes = [
        scope(f"org-{number % most}", *others(150), f"repo.{number}", SERVERLESS, kind="org")
        for number in range(4 * most)
    ]
    found = whoami(*scopes, organizations=most)
    assert sum(len(each.permissions) for each in found.token.scopes) <= 20_000 + most
    assert len(json.dumps(found.to_json())) < 1_000_000
    for row in (1, -1):
        listing, hosted = cells(found, row)
        assert listing == OPEN
        assert hosted.verdict is Verdict.UNKNOWN  # for its role, which is not told
        assert SERVERLESS in xray(found)[row].permissions


def test_of_more_organizations_than_are_read_the_rest_is_counted() -> None:
    found = whoami(organizations=parse.MOST_ORGANIZATIONS + 25)
    assert len(found.organizations) == parse.MOST_ORGANIZATIONS
    assert found.organizations_left_out == 25
    assert type(found).from_json(found.to_json()) == found
