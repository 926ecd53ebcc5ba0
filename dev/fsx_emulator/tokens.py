"""Client request tokens: the same request twice has one effect."""

from dataclasses import dataclass

from dev.fsx_emulator.errors import ServiceError
from dev.fsx_emulator.model import Json

TOKEN = "ClientRequestToken"  # noqa: S105 - a member's name


@dataclass(frozen=True)
class _Use:
    parameters: Json
    resource_id: str
    moment: float


class TokenMemory:
    """Which token made what. AWS does not say for how long; `remembered` (seconds) is None for ever."""

    def __init__(self) -> None:
        self._uses: dict[tuple[str, str], _Use] = {}

    def recall(self, operation: str, parameters: Json, now: float, remembered: float | None) -> str | None:
        """The id that the same request made before, None for a new request.

        Raises:
            ServiceError: IncompatibleParameterError, whose Parameter is the first member that differs.
        """
        use = self._uses.get((operation, parameters.get(TOKEN, "")))
        if use is None or (remembered is not None and now - use.moment > remembered):
            return None
        for name in sorted({*use.parameters, *parameters}):
            if use.parameters.get(name) != parameters.get(name):
                raise ServiceError(
                    "IncompatibleParameterError",
                    f"The client request token was used before with another {name}.",
                    {"Parameter": name},
                )
        return use.resource_id

    def remember(self, operation: str, parameters: Json, resource_id: str, now: float) -> None:
        """Keep what a request made. Requests without a token are not kept."""
        if TOKEN in parameters:
            self._uses[operation, parameters[TOKEN]] = _Use(parameters, resource_id, now)
