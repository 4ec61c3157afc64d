"""`python -m kimweb`."""

import sys

from kimweb.cli import main

sys.exit(main())
