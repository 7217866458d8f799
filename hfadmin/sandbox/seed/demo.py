"""The seed of the demo: three users, two organizations, tokens of different permissions."""

from datetime import timedelta

from hfadmin.sandbox.contents import Contents
from hfadmin.sandbox.permissions import (
    BILLING_READ,
    ENDPOINTS_CALL,
    ENDPOINTS_WRITE,
    REPOSITORY_READ,
    SERVERLESS,
)
from hfadmin.sandbox.seed.endpoints import add_endpoints
from hfadmin.sandbox.seed.models import add_models

EVERYTHING = (REPOSITORY_READ, ENDPOINTS_WRITE, ENDPOINTS_CALL, SERVERLESS)


def _value(name: str, last_four: str) -> str:
    return f"hf_{f'SandboxDemo{name}':x<30}{last_four}"


ADA_ADMIN = _value("AdaAdmin", "k3Pd")
DEPLOY_BOT = _value("DeployBot", "x7Qa")
CI_READER = _value("CiReader", "m9Tz")
# Not stored by the demo, but printed, to be added by hand.
SPARE_TOKEN = _value("GraceLaptop", "w2Lr")

# What the demo stores as its access tokens: (name, token).
DEMO_TOKENS = [("ada-admin", ADA_ADMIN), ("deploy-bot", DEPLOY_BOT), ("ci-reader", CI_READER)]


def demo(contents: Contents) -> None:
    """Fill an empty sandbox, whose endpoints then change as its clock runs."""
    _add_people(contents)
    _add_tokens(contents)
    add_models(contents, granted_to=("ada", "grace"))
    add_endpoints(contents)


def _add_people(contents: Contents) -> None:
    contents.add_user("ada", fullname="Ada L.", email="ada@acme.org", is_pro=True)
    contents.add_user("grace", fullname="Grace H.", email="grace@acme.org")
    contents.add_user("linus", fullname="Linus T.", email="linus@acme.org")
    contents.add_organization(
        "acme",
        fullname="ACME Research",
        members={"ada": "admin", "grace": "write", "linus": "read"},
        is_enterprise=True,
    )
    contents.add_organization(
        "acme-labs",
        fullname="ACME Labs",
        members={"ada": "write", "linus": "admin"},
        policy="approval_required",
    )


def _add_tokens(contents: Contents) -> None:
    now = contents.state.now()
    contents.add_token(
        "ada",
        value=ADA_ADMIN,
        display_name="ada-admin",
        scopes={
            "ada": (*EVERYTHING, BILLING_READ),
            "acme": (*EVERYTHING, BILLING_READ),
            "acme-labs": EVERYTHING,
        },
        approvals={"acme-labs": "approved"},
        can_read_gated=True,
        created_at=now - timedelta(days=120),
    )
    contents.add_token(
        "ada",
        value=DEPLOY_BOT,
        display_name="deploy-bot",
        scopes={
            "ada": (ENDPOINTS_CALL, SERVERLESS),
            "acme": (ENDPOINTS_WRITE,),
            "acme-labs": (ENDPOINTS_WRITE, ENDPOINTS_CALL),
        },
        can_read_gated=True,
        created_at=now - timedelta(days=200),
        expires_at=now + timedelta(days=70),
    )
    contents.add_token(
        "ada",
        value=CI_READER,
        display_name="ci-reader",
        role="read",
        created_at=now - timedelta(days=356),
        expires_at=now + timedelta(days=9),
        expiry_field="expiration",
    )
    contents.add_token(
        "grace",
        value=SPARE_TOKEN,
        display_name="grace-laptop",
        scopes={"grace": EVERYTHING, "acme": EVERYTHING},
        created_at=now - timedelta(days=12),
    )
