"""What is recorded of models."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from hfadmin.audit.verbs import request, verb

ADDED: Final = verb("model.added", _("Added the model"))
EDITED: Final = verb("model.edited", _("Changed the model"))
ENABLED: Final = verb("model.enabled", _("Enabled the model"))
DISABLED: Final = verb("model.disabled", _("Disabled the model"))
DELETED: Final = verb("model.deleted", _("Deleted the model"))
CHECK_REQUESTED: Final = request("model.check_requested", _("Asked for a check of the model"))
FAILING: Final = verb("model.failing", _("A check failed for the model"))
RECOVERED: Final = verb("model.recovered", _("A check passed again for the model"))
VERIFIED: Final = verb("model.verified", _("A real call verified the model"))
UNVERIFIED: Final = verb("model.unverified", _("A check did not verify the model"))
ADDRESS_CONFIRMED: Final = verb(
    "address.confirmed", _("Allowed a host to receive the access token")
)
