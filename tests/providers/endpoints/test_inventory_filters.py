"""What the address of the inventory says, and what it keeps of it."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from providers.endpoints.inventory.columns import COLUMNS, DEFAULT
from providers.tokens.models import Namespace
from tests.providers.endpoints.test_inventory_page import URL, names

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["alpha", "beta", "gamma"]),
        ("q=ALPHA", ["alpha"]),
        ("q=baai", ["beta"]),
        ("q=prod", ["alpha", "gamma"]),
        ("q=acme-labs+beta", ["beta"]),
        ("q=%25", []),
        ("tag=prod", ["alpha"]),
        ("vendor=azure", ["beta"]),
        ("task=feature-extraction", ["beta"]),
        ("namespace=acme-labs", ["alpha", "beta", "gamma"]),
        ("namespace=elsewhere", []),
        ("state=failed", ["beta"]),
        ("state=asleep", ["gamma"]),
        ("state=scaledToZero", ["gamma"]),
        ("state=paused", []),
        ("sort=-name", ["gamma", "beta", "alpha"]),
        ("sort=state", ["beta", "alpha", "gamma"]),
        ("sort=-price", ["alpha", "gamma", "beta"]),
        ("sort=-unit", ["gamma", "alpha", "beta"]),
        ("sort=nonsense&page=999&column=evil&state=", ["alpha", "beta", "gamma"]),
    ],
)
def test_the_address_says_what_is_shown(
    three: Namespace, as_viewer: Client, query: str, found: list[str]
) -> None:
    answer = as_viewer.get(f"{URL}?{query}")
    assert answer.status_code == 200
    assert names(answer) == found


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("q=a&column=task&column=evil", "?q=a&column=task"),
        ("column=", "?column="),
        ("column=evil", "?column="),
        (urlencode([("column", key) for key in (*DEFAULT, "")]), ""),
    ],
)
def test_the_columns_chosen_last_stay_in_the_address(
    three: Namespace, as_viewer: Client, query: str, kept: str
) -> None:
    answer = as_viewer.get(f"{URL}?{query}", headers={"HX-Request": "true"})
    assert answer["HX-Push-Url"] == f"{URL}{kept}"


@pytest.mark.parametrize("sort", [*COLUMNS, *(f"-{key}" for key in COLUMNS)])
def test_every_column_sorts_both_ways(three: Namespace, as_viewer: Client, sort: str) -> None:
    answer = as_viewer.get(URL, {"sort": sort, "column": list(COLUMNS)})
    assert sorted(names(answer)) == ["alpha", "beta", "gamma"]
    direction = "descending" if sort.startswith("-") else "ascending"
    assert f'aria-sort="{direction}"' in answer.content.decode()
