"""Amazon FSx, as strict as the service: in process, as a server, and as an instrument.

`dev/fsx_emulator/README.md` is its page. In process:

    with emulated_fsx(now="2026-03-01T04:00:00Z") as fsx:
        file_system_id = fsx.seed_file_system("LUSTRE")
        fsx.client().create_backup(FileSystemId=file_system_id)
        fsx.control.advance(seconds=2)
"""

from dev.fsx_emulator.inprocess import CallerKilled, EmulatedFSx, emulated_fsx
from dev.fsx_emulator.settings import SettingError

__all__ = ["CallerKilled", "EmulatedFSx", "SettingError", "emulated_fsx"]
