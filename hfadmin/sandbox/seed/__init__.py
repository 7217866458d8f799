"""Contents for the demo and for the benchmarks."""

from hfadmin.sandbox.seed.bulk import BULK_TOKEN, bulk
from hfadmin.sandbox.seed.demo import DEMO_TOKENS, demo
from hfadmin.sandbox.seed.models import add_models

__all__ = ["BULK_TOKEN", "DEMO_TOKENS", "add_models", "bulk", "demo"]
