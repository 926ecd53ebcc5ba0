"""`python -m dev.fsx_emulator`: see server.py."""

from dev.fsx_emulator.server import main

main()
