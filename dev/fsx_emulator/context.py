"""What all Regions of the emulated account share: identifiers, the clock, the settings. It knows none of its users."""

from dev.fsx_emulator.clock import Clock
from dev.fsx_emulator.identifiers import Identifiers
from dev.fsx_emulator.paging import Listing
from dev.fsx_emulator.quotas import Quotas
from dev.fsx_emulator.settings import Copies, Durations


class Context:
    """One account, with neutral settings. Whoever reads or writes it holds the emulator's lock."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.start()

    def start(self) -> None:
        """Real time, neutral settings, the same identifiers again."""
        self.ids = Identifiers()
        self.clock = Clock()
        self.listing = Listing()
        self.durations = Durations()
        self.quotas = Quotas()
        self.copies = Copies()
        self._listings = 0
        self._keys: dict[str, str] = {}

    def default_key(self, region: str) -> str:
        """The ARN of the AWS managed key of FSx in a Region."""
        if region not in self._keys:
            self._keys[region] = f"arn:aws:kms:{region}:{self.account}:key/{self.ids.uuid()}"
        return self._keys[region]

    def count_listing(self) -> int:
        """The number of a new listing: each has its own order."""
        self._listings += 1
        return self._listings
