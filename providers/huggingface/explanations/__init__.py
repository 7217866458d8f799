"""The sentences behind every kind of failure: English msgids, filled by `%(name)s`.

They are marked for gettext here and translated where they are shown, because this package knows
no Django.
"""

from providers.huggingface.explanations import endpoints, engines, models, tokens, ways
from providers.huggingface.explanations.endpoints import REASONS
from providers.huggingface.explanations.explanation import Explanation
from providers.huggingface.explanations.ways import PARTIES

__all__ = ["EXPLANATIONS", "PARTIES", "REASONS", "Explanation"]

# By kind; by kind and who answered, or kind and reason, where that calls for other sentences.
EXPLANATIONS: dict[str, Explanation] = {
    **tokens.TEXTS,
    **models.TEXTS,
    **endpoints.TEXTS,
    **engines.TEXTS,
    **ways.TEXTS,
}
