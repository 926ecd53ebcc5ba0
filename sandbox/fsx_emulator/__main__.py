"""`python -m sandbox.fsx_emulator`: see server.py."""

import sys

from sandbox.fsx_emulator.server import main

sys.exit(main())
