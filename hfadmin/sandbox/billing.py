"""The Hub's routes for what an account has used, and the credits that are left to it."""

from datetime import timedelta

from hfadmin.sandbox.entities import Namespace, Token
from hfadmin.sandbox.hub import milliseconds
from hfadmin.sandbox.hub_files import routes as routes
from hfadmin.sandbox.permissions import Job, refusal
from hfadmin.sandbox.state import State
from hfadmin.sandbox.wire import RefusedError, Reply, Request, error, json_reply

CREDITS_LEFT = 25_000_000  # millionths of a dollar


@routes.on("GET", "/api/settings/billing/usage")
def usage_of_user(state: State, request: Request) -> Reply:
    token = _token(state, request)
    return _usage(state, token, state.users[token.user])


@routes.on("GET", "/api/organizations/{name}/billing/usage")
def usage_of_organization(state: State, request: Request, name: str) -> Reply:
    token = _token(state, request)
    if name not in state.organizations:
        return error(404, f"Organization {name} not found")
    return _usage(state, token, state.organizations[name])


def _token(state: State, request: Request) -> Token:
    token = state.valid_token(request.bearer)
    if token is None:
        raise RefusedError(error(401, "Invalid credentials in Authorization header"))
    return token


def _usage(state: State, token: Token, owner: Namespace) -> Reply:
    if (why := refusal(token, owner, Job.BILLING)) is not None:
        return error(403, why.error)
    begins = state.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    ends = (begins + timedelta(days=32)).replace(day=1)
    return json_reply(
        {
            "usage": {},
            "period": {"periodStart": milliseconds(begins), "periodEnd": milliseconds(ends)},
            # Nothing documented tells the balance: this field is an assumption of hfadmin's.
            "credits": {"balanceMicroUSD": 0 if owner.credits_used_up else CREDITS_LEFT},
        }
    )
