"""A token that was good and is suddenly rejected: it is asked about again before that settles.

An outage answers 401 as a revoked token does. What Hugging Face gives a reason for, such as a
policy or the expiry date, needs no second answer, and neither does a token that never was good.
"""

from datetime import datetime, timedelta

from providers.huggingface.errors import Diagnosis, Kind
from providers.tokens.models import AccessToken, TokenState

WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))


def asked_again_at(token: AccessToken) -> datetime | None:
    """When the token, which is in doubt, is asked about again; None where it is not in doubt."""
    if token.problem.get("kind") != Kind.TOKEN_REJECTED_ONCE.value:
        return None
    return datetime.fromisoformat(token.problem["params"]["until"])


def raised_by(token: AccessToken, problem: Diagnosis, now: datetime) -> Diagnosis | None:
    """What is to be said of the token after this answer; None: the answer settles it.

    Before the time that was said, as when a person has it checked, another rejection counts for
    nothing.
    """
    was_good = bool(token.identity) and token.state != TokenState.INVALID
    if problem.kind is not Kind.TOKEN_REJECTED or not was_good:
        return None
    until, rejections = asked_again_at(token), 0
    if until is not None:
        if now < until:
            return Diagnosis.from_json(token.problem)
        rejections = int(token.problem["params"]["rejections"])
    if rejections == len(WAITS):
        return None
    again = now + WAITS[rejections]
    params = {
        "rejections": str(rejections + 1),
        "until": again.isoformat(),
        "time": f"{again:%H:%M} UTC",
    }
    return Diagnosis(Kind.TOKEN_REJECTED_ONCE, params, problem.evidence)
