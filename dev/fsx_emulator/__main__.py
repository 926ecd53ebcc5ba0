"""`python -m dev.fsx_emulator`: see server.py."""

import sys

from dev.fsx_emulator.server import main

sys.exit(main())
