"""What all Regions of the emulated account share: identifiers, the clock, the settings. It knows none of its users."""

from dataclasses import replace
from typing import Any

from dev.fsx_emulator.clock import Clock
from dev.fsx_emulator.identifiers import Identifiers
from dev.fsx_emulator.paging import Listing
from dev.fsx_emulator.quotas import Quotas
from dev.fsx_emulator.settings import Behaviour, Durations


class Context:
    """One account. Whoever reads or writes it holds the emulator's lock."""

    def __init__(self, account: str, seed: int) -> None:
        self.account = account
        self.seed = seed
        self.start()

    def start(self) -> None:
        """Real time, neutral settings, the same identifiers again."""
        self.ids = Identifiers(self.seed)
        self.clock = Clock()
        self.listing = Listing(shuffle_seed=self.seed)
        self.durations = Durations()
        self.quotas = Quotas()
        self.behaviour = Behaviour()
        self._listings = 0
        self._keys: dict[str, str] = {}

    def change(self, name: str, **values: Any) -> None:
        """Replace fields of one group of settings: listing, durations, quotas or behaviour."""
        setattr(self, name, replace(getattr(self, name), **values))

    def default_key(self, region: str) -> str:
        """The ARN of the AWS managed key of FSx in a Region."""
        if region not in self._keys:
            self._keys[region] = f"arn:aws:kms:{region}:{self.account}:key/{self.ids.uuid()}"
        return self._keys[region]

    def count_listing(self) -> int:
        """The number of a new listing: each has an order of its own."""
        self._listings += 1
        return self._listings
