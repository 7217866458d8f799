"""The use cases of the settings screen.

saving      what a person does: save, discard, check now, wake, switch off and on, delete
verifying   a worker takes the steps of one save
steps       the steps; `deployed` has those of Inference Endpoints
finishing   what becomes of it: the saved model, or the diagnosis at its field
rechecking  the scheduled, free checks
transitions the one writer of a model's state
confirming  an address that is not listed
suggesting  what the form offers while one types
rules       what makes a model fit for use
"""

from providers.catalog.operations import suggesting
from providers.catalog.operations.changes import last_change
from providers.catalog.operations.finishing import field_of
from providers.catalog.operations.rechecking import recheck
from providers.catalog.operations.rules import correction
from providers.catalog.operations.saving import (
    ChangedMeanwhileError,
    ModelExistsError,
    NewToken,
    check_now,
    delete,
    disable,
    discard,
    enable,
    save,
    save_anyway,
)
from providers.catalog.operations.verifying import forget_outdated, verify

__all__ = [
    "ChangedMeanwhileError",
    "ModelExistsError",
    "NewToken",
    "check_now",
    "correction",
    "delete",
    "disable",
    "discard",
    "enable",
    "field_of",
    "forget_outdated",
    "last_change",
    "recheck",
    "save",
    "save_anyway",
    "suggesting",
    "verify",
]
