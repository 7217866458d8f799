"""What is recorded of access tokens."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from hfadmin.audit.verbs import request, verb

ADDED: Final = verb("token.added", _("Added the access token"))
RENAMED: Final = verb("token.renamed", _("Renamed the access token"))
REPLACED: Final = verb("token.replaced", _("Replaced the access token"))
DELETED: Final = verb("token.deleted", _("Deleted the access token"))
CHECK_REQUESTED: Final = request(
    "token.check_requested", _("Asked for a check of the access token")
)
INVALIDATED: Final = verb("token.invalidated", _("Hugging Face rejected the access token"))
RESEALED: Final = verb("token.resealed", _("Sealed the access token under a new key"))
