"""Who may read and who may write on every route."""

from dataclasses import dataclass
from enum import IntEnum


class Needs(IntEnum):
    """What somebody must be to have a method answered."""

    NOBODY = 0
    SIGN_IN = 1
    VIEWER = 2
    OPERATOR = 3
    ADMIN = 4


NOBODY, SIGN_IN, VIEWER, OPERATOR, ADMIN = Needs


@dataclass(frozen=True, slots=True)
class Route:
    """Who may read (GET and HEAD) and who may write (POST); None where that is no method of it.
    `row` names what its address is about."""

    read: Needs | None
    write: Needs | None = None
    row: str = ""

    def needs(self, method: str) -> Needs | None:
        if method == "POST":
            return self.write
        return self.read if method in {"GET", "HEAD"} else None


VERB_FOR_MANY = "verb for many"  # whose rows are named in the body
PART_OF_A_FORM = "part of a form"
OF_NO_ROW = frozenset({"", VERB_FOR_MANY, PART_OF_A_FORM})

ROUTES = {
    "background:alive": Route(NOBODY),
    "background:ready": Route(NOBODY),
    "account_login": Route(NOBODY, NOBODY),
    "account_logout": Route(NOBODY, NOBODY),
    "account_inactive": Route(NOBODY),
    "account_change_password": Route(SIGN_IN, SIGN_IN),
    "accounts:front": Route(SIGN_IN),
    "accounts:setup": Route(NOBODY, NOBODY),
    "accounts:new_password": Route(NOBODY, NOBODY),
    "accounts:organization": Route(VIEWER, ADMIN),
    "activity:list": Route(VIEWER),
    "overview:home": Route(VIEWER),
    "endpoints:list": Route(VIEWER),
    "endpoints:detail": Route(VIEWER, row="endpoint"),
    "endpoints:namespaces": Route(VIEWER),
    "endpoints:look": Route(None, OPERATOR, row="namespace"),
    "endpoints:watch": Route(None, OPERATOR, row="namespace"),
    "endpoints:unwatch": Route(None, OPERATOR, row="namespace"),
    "deploying:new": Route(OPERATOR, OPERATOR),
    "deploying:suggest": Route(OPERATOR),
    "deploying:requests": Route(OPERATOR, OPERATOR),
    "deploying:changed": Route(None, OPERATOR, row=PART_OF_A_FORM),
    "lifecycle:confirm": Route(OPERATOR, OPERATOR, row="endpoint to act on"),
    "lifecycle:outcome": Route(OPERATOR, row="action"),
    "lifecycle:keep": Route(None, OPERATOR, row="setting"),
    "lifecycle:reveal": Route(None, OPERATOR, row="endpoint by its id"),
    "lifecycle:cancel": Route(None, OPERATOR, row="action"),
    "lifecycle:menu": Route(VIEWER, row="endpoint by its id"),
    "lifecycle:confirm_many": Route(None, OPERATOR, row=VERB_FOR_MANY),
    "lifecycle:batch": Route(VIEWER, row="batch"),
    "lifecycle:stop": Route(None, OPERATOR, row="batch"),
    "tokens:list": Route(VIEWER),
    "tokens:add": Route(ADMIN, ADMIN),
    "tokens:detail": Route(VIEWER, row="token"),
    "tokens:rename": Route(ADMIN, ADMIN, row="token"),
    "tokens:replace": Route(ADMIN, ADMIN, row="token"),
    "tokens:delete": Route(ADMIN, ADMIN, row="token"),
    "tokens:check": Route(None, OPERATOR, row="token"),
    "catalog:list": Route(VIEWER),
    "catalog:guide": Route(VIEWER),
    "catalog:add": Route(OPERATOR, OPERATOR),
    "catalog:edit": Route(OPERATOR, OPERATOR, row="model"),
    "catalog:verification": Route(OPERATOR, row="verification"),
    "catalog:discard": Route(None, OPERATOR, row="not saved"),
    "catalog:suggest_models": Route(OPERATOR),
    "catalog:suggest_namespaces": Route(OPERATOR),
    "catalog:suggest_endpoints": Route(OPERATOR),
    "catalog:check": Route(None, OPERATOR, row="model"),
    "catalog:wake": Route(OPERATOR, OPERATOR, row="model"),
    "catalog:enable": Route(None, OPERATOR, row="model"),
    "catalog:disable": Route(None, OPERATOR, row="model"),
    "catalog:delete": Route(OPERATOR, OPERATOR, row="model"),
}
