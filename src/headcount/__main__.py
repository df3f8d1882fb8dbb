"""``python -m headcount``: the ``headcount`` command."""

import sys

from headcount.cli import main

sys.exit(main())
