"""The use cases of the settings screen.

saving      what a person does: save, discard, check now, wake, switch off and on, delete
rechecking  the scheduled, free checks
confirming  an address that is not listed
suggesting  what the form offers while one types

Checks with all steps are `catalog.verification`; the one writer of a model's state is
`catalog.transitions`; what makes a model fit for use is `catalog.requirements`.
"""

from providers.catalog.operations import suggesting
from providers.catalog.operations.rechecking import recheck
from providers.catalog.operations.saving import (
    ChangedMeanwhileError,
    ModelExistsError,
    check_now,
    delete,
    disable,
    discard,
    enable,
    save,
    save_anyway,
)
from providers.catalog.requirements import correction
from providers.catalog.verification.outcome import field_of
from providers.catalog.verification.runner import forget_outdated, verify

__all__ = [
    "ChangedMeanwhileError",
    "ModelExistsError",
    "check_now",
    "correction",
    "delete",
    "disable",
    "discard",
    "enable",
    "field_of",
    "forget_outdated",
    "recheck",
    "save",
    "save_anyway",
    "suggesting",
    "verify",
]
