"""The engines behind the URLs of endpoints: what each of them answers, and how it refuses."""

from hfadmin.sandbox.engines.engine import Call, Engine
from hfadmin.sandbox.engines.table import engine_of

__all__ = ["Call", "Engine", "engine_of"]
