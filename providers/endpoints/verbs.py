"""What is recorded of namespaces and their endpoints."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from hfadmin.audit.verbs import request, verb

WATCHED: Final = verb("namespace.watched", _("Began to watch the namespace"))
UNWATCHED: Final = verb("namespace.unwatched", _("Stopped watching the namespace"))
LOOK_REQUESTED: Final = request("namespace.look_requested", _("Asked for a look at the namespace"))
