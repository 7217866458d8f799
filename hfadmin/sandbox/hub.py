"""The Hub's routes for accounts and tokens: whoami, revocation, and pages that hfadmin links to."""

from datetime import datetime
from html import escape
from typing import Any

from hfadmin.sandbox.entities import Organization, Token, object_id
from hfadmin.sandbox.state import State
from hfadmin.sandbox.wire import Reply, Request, Routes, error, json_reply, text_reply

routes = Routes()
RATE_LIMIT = {
    "RateLimit": '"api";r=498;t=212',
    "RateLimit-Policy": '"fixed window";"api";q=500;w=300',
}


@routes.on("GET", "/api/whoami-v2")
def whoami(state: State, request: Request) -> Reply:
    value = request.bearer
    token = state.valid_token(value)
    if token is None:
        known = "Invalid user token." if value else "Invalid username or password."
        return error(401, known)
    user = state.users[token.user]
    return json_reply(
        {
            "type": "user",
            "id": user.id,
            "name": user.name,
            "fullname": user.fullname,
            "email": user.email,
            "emailVerified": True,
            "canPay": user.can_pay,
            "isPro": user.is_pro,
            "periodEnd": None,
            "avatarUrl": f"{state.base_url}/avatars/{user.id}.svg",
            "orgs": [
                _membership(state, org, user.name) for org in state.organizations_of(user.name)
            ],
            "auth": _auth(state, token),
        },
        headers=RATE_LIMIT,
    )


@routes.on("POST", "/api/credentials/revoke")
def revoke(state: State, request: Request) -> Reply:
    for value in request.object().get("credentials", ()):
        if value in state.tokens:
            state.tokens[value].revoked = True
    return Reply(202)


@routes.on("GET", "/api/agent-harnesses")
def agent_harnesses(state: State, request: Request) -> Reply:
    return json_reply({})


@routes.on("GET", "/settings/tokens")
def tokens_page(state: State, request: Request) -> Reply:
    return _page("Access tokens", "Hugging Face lists a person's access tokens here.")


@routes.on("GET", "/settings/tokens/new")
def new_token_page(state: State, request: Request) -> Reply:
    asked = "; ".join(
        f"{escape(name)}: {escape(', '.join(values))}" for name, values in request.query.items()
    )
    return _page("New access token", f"The form would open with these boxes ticked: {asked}.")


def _membership(state: State, organization: Organization, user: str) -> dict[str, Any]:
    return {
        "type": "org",
        "id": organization.id,
        "name": organization.name,
        "fullname": organization.fullname,
        "email": None,
        "canPay": organization.can_pay,
        "periodEnd": None,
        "avatarUrl": f"{state.base_url}/avatars/{organization.id}.svg",
        "roleInOrg": organization.members[user],
        "isEnterprise": organization.is_enterprise,
    }


def _auth(state: State, token: Token) -> dict[str, Any]:
    rights = {
        "canReadGatedRepos": token.can_read_gated,
        "global": list(token.global_permissions),
        "scoped": [
            {
                "entity": {"_id": object_id(kind, name), "type": kind, "name": name},
                "permissions": list(permissions),
            }
            for kind, name, permissions in token.scopes
        ],
    }
    auth: dict[str, Any] = {"type": "oauth_access_token" if token.oauth else "access_token"}
    if token.oauth:
        auth |= rights
    else:
        auth["accessToken"] = {
            "displayName": token.display_name,
            "role": token.role,
            "createdAt": milliseconds(token.created_at),
        }
        if token.is_fine_grained:
            auth["accessToken"]["fineGrained"] = rights
    if token.expires_at is not None:
        in_token = token.expiry_field == "expiration" and not token.oauth
        (auth["accessToken"] if in_token else auth)[
            token.expiry_field if in_token else "expiresAt"
        ] = milliseconds(token.expires_at)
    return auth


def _page(title: str, text: str) -> Reply:
    notice = "This is the sandbox of hfadmin, a stand-in. It is not Hugging Face."
    return text_reply(
        f"<!doctype html><html lang=en><title>{title} (sandbox)</title>"
        f"<h1>{title}</h1><p><strong>{notice}</strong><p>{text}",
        "text/html; charset=utf-8",
    )


def milliseconds(moment: datetime) -> str:
    """Return RFC 3339 with three digits of fraction, as the Hub writes times."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
