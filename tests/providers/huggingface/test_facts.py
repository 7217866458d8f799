"""The table of what is true of each kind of failure, and the errors that are raised by it."""

import pytest

from providers.catalog.forms import ModelForm
from providers.huggingface.errors import (
    Diagnosis,
    HuggingFaceError,
    InconclusiveError,
    Kind,
    RefusedError,
)
from providers.huggingface.facts import FACTS, Outcome, Subject

# A model is not condemned for what is not about it.
NEVER_OF_THE_THING = {Subject.SERVICE, Subject.HFADMIN}


def test_every_kind_has_its_row() -> None:
    assert FACTS.keys() == set(Kind)


@pytest.mark.parametrize("kind", Kind)
def test_a_diagnosis_stands_at_a_field_of_the_form(kind: Kind) -> None:
    field = FACTS[kind].field
    assert not field or field in ModelForm.base_fields


@pytest.mark.parametrize("kind", Kind)
def test_an_error_is_of_the_branch_that_its_diagnosis_says(kind: Kind) -> None:
    error, diagnosis = HuggingFaceError(Diagnosis(kind)), Diagnosis(kind)
    assert isinstance(error, InconclusiveError) is diagnosis.is_inconclusive
    assert isinstance(error, RefusedError) is diagnosis.is_refusal
    assert error.diagnosis == diagnosis


@pytest.mark.parametrize("kind", Kind)
def test_what_says_nothing_about_the_thing_is_never_seen_as_wrong_with_it(kind: Kind) -> None:
    facts = FACTS[kind]
    assert not (facts.outcome is Outcome.INCONCLUSIVE and facts.seen_for_free)
    assert not (facts.about in NEVER_OF_THE_THING and facts.seen_for_free)


def test_a_token_that_an_organization_revoked_is_refused_there_and_of_no_use_anywhere() -> None:
    revoked = Diagnosis(Kind.POLICY_REVOKED)
    assert revoked.is_rejection
    assert revoked.is_refusal
    assert revoked.is_policy
    assert not Diagnosis(Kind.POLICY_PENDING).is_rejection
    assert not Diagnosis(Kind.TOKEN_EXPIRED).is_refusal
