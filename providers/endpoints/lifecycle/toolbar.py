"""The buttons of the actions on many endpoints, as every page of the inventory has them."""

from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from hfadmin.accounts.models import Organization
from hfadmin.live.cache import VersionCache
from providers.endpoints.lifecycle.verbs import VERBS

_cache: VersionCache[SafeString] = VersionCache(200)


def buttons(organization: Organization) -> SafeString:
    """Kept: to make them anew took a tenth of the time of a page."""
    slug, language = organization.slug, get_language()
    return _cache.get_or_set((slug, language), lambda: _buttons(slug))


def _buttons(slug: str) -> SafeString:
    verbs = [verb for verb in VERBS.values() if verb.bulk]
    partial = get_template("lifecycle/selection.html#buttons")
    return SafeString(partial.render({"organization": slug, "verbs": verbs}))
