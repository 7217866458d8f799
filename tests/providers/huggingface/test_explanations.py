"""The sentences behind each kind of failure, as a whole."""

import re

from providers.huggingface.errors import EXPLANATIONS, Kind
from providers.huggingface.explanations import EXPLANATIONS as TEXTS
from providers.huggingface.facts import FACTS


def test_every_kind_says_who_what_and_what_to_do() -> None:
    assert set(FACTS) == set(Kind)
    assert {key.partition(" ")[0] for key in TEXTS} == {kind.value for kind in Kind}
    for kind, facts in FACTS.items():
        texts = EXPLANATIONS[kind]
        assert all((texts.title, texts.what, texts.remedy)), kind
        if facts.said_by is None:
            assert re.search(r"%\((who|host)\)s", texts.what), kind


def test_no_sentence_promises_what_nobody_does() -> None:
    """What was typed is not tried again by itself; the checks of saved models are."""
    promise = re.compile(r"nothing (is )?to be done|\basks? again|hfadmin tries", re.IGNORECASE)
    for key, texts in TEXTS.items():
        assert not promise.search(texts.remedy), key
        if "by themselves" in texts.remedy:
            assert "cheduled checks" in texts.remedy, key
