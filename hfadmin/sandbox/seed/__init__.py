"""Seeds: the contents of the sandbox for the demo and for the benchmarks."""

from hfadmin.sandbox.seed.bulk import BULK_TOKEN, bulk
from hfadmin.sandbox.seed.demo import DEMO_TOKENS, SPARE_TOKEN, demo
from hfadmin.sandbox.seed.models import add_models

__all__ = ["BULK_TOKEN", "DEMO_TOKENS", "SPARE_TOKEN", "add_models", "bulk", "demo"]
