"""``python -m analysis.cli`` is ``engage``."""

import sys

from analysis.cli.entry import main

if __name__ == "__main__":
    sys.exit(main())
