"""Which endpoints an action on many is about."""

from urllib.parse import urlencode

from django.http import QueryDict

from providers.endpoints.lifecycle import selection
from providers.endpoints.models import Endpoint


def test_of_a_long_address_every_filter_counts(endpoint: Endpoint) -> None:
    matching = f"{urlencode({'column': ['state'] * 200}, doseq=True)}&namespace=nowhere"
    sent = QueryDict(urlencode({"all": "1", "matching": matching}))
    assert selection.read(sent, endpoint.organization) == set()
