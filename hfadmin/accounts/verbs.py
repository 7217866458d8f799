"""What is recorded of organizations and people."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from hfadmin.audit.verbs import verb

ORGANIZATION_CREATED: Final = verb("organization.created", _("Created the organization"))
ORGANIZATION_RENAMED: Final = verb("organization.renamed", _("Renamed the organization"))
PERSON_ADDED: Final = verb("person.added", _("Added the person"))
PERSON_REMOVED: Final = verb("person.removed", _("Removed the person"))
PERSON_ROLE_CHANGED: Final = verb("person.role_changed", _("Changed the role of the person"))
PASSWORD_LINK_CREATED: Final = verb(
    "person.password_link_created", _("Made a link for a new password of the person")
)
PASSWORD_REPLACED: Final = verb("person.password_replaced", _("Chose a new password by a link"))
