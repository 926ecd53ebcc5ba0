"""Names of resources in the form that the service gives them."""

import random
import string
from hashlib import blake2b

_HEX = string.hexdigits[:16]


class Identifiers:
    """A repeatable source of identifiers: the same ones in the same order."""

    def __init__(self) -> None:
        self._random = random.Random(0)

    def new(self, prefix: str) -> str:
        """`<prefix>-` and 17 hexadecimal digits, the form of every FSx and EC2 identifier."""
        return f"{prefix}-{self.digits(17)}"

    def digits(self, count: int) -> str:
        """Hexadecimal digits; the first is never zero, as in real identifiers."""
        return self._random.choice(_HEX[1:]) + "".join(self._random.choices(_HEX, k=count - 1))

    def uuid(self) -> str:
        """A key or volume UUID."""
        return "-".join(self.digits(count) for count in (8, 4, 4, 4, 12))


def arn(partition: str, region: str, account: str, resource: str) -> str:
    """The ARN of an FSx resource; `resource` is its kind and id, e.g. `backup/backup-...`."""
    return f"arn:{partition}:fsx:{region}:{account}:{resource}"


def weight(identifier: str) -> int:
    """64 bits that depend on nothing but the identifier: its place in shuffled listings."""
    return int.from_bytes(blake2b(identifier.encode(), digest_size=8).digest())
