"""The inference engines of deployed endpoints: their routes, answers and errors."""

from hfadmin.sandbox.engines.engine import Call, Engine
from hfadmin.sandbox.engines.table import engine_of

__all__ = ["Call", "Engine", "engine_of"]
