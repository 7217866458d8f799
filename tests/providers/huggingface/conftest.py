"""Fixtures: ada, who is administrator of acme, models in the sandbox, and a token."""

import pytest

from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret

LLAMA = "meta-llama/Llama-3.1-8B-Instruct"


@pytest.fixture
def hub(sandbox: Sandbox) -> Sandbox:
    sandbox.add_user("ada", fullname="Ada L.")
    sandbox.add_user("eve")
    sandbox.add_organization("acme", members={"ada": "admin"})
    sandbox.add_model(LLAMA, providers=["novita"], gated="manual", granted_to=["ada"])
    sandbox.add_model("google/flan-t5-xl", pipeline_tag="text2text-generation")
    sandbox.add_model(
        "BAAI/bge-m3",
        pipeline_tag="sentence-similarity",
        providers=["hf-inference"],
        tags=("feature-extraction",),
        dimension=1024,
        renamed_from=["BAAI/bge-m3-old"],
    )
    return sandbox


@pytest.fixture
def token(hub: Sandbox) -> Secret:
    return Secret(hub.add_token("ada", role="write"))
