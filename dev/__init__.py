"""For contributors only: the emulated FSx, the sandbox, what is played in it, measurements and tools."""
