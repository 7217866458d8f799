"""`python -m hfadmin`: the `hfadmin` command."""

import sys

from hfadmin.cli import main

if __name__ == "__main__":
    sys.exit(main())
