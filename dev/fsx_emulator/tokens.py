"""Client request tokens: the same request twice has one effect."""

from collections.abc import Container
from typing import Any

from dev.fsx_emulator.errors import ServiceError
from dev.fsx_emulator.model import Json

TOKEN = "ClientRequestToken"  # noqa: S105 - a member's name


class TokenMemory:
    """Which token made what. AWS does not say for how long it is remembered; here it is indefinitely."""

    def __init__(self) -> None:
        self._uses: dict[tuple[str, str], tuple[Json, Any]] = {}

    def recall(self, operation: str, parameters: Json, there: Container[Any] | None = None) -> Any:
        """What the same request made before, None for a new request. `there`: what is gone is forgotten.

        Raises:
            ServiceError: IncompatibleParameterError, whose Parameter is the first member that differs.
        """
        first, made = self._uses.get((operation, parameters.get(TOKEN, "")), (parameters, None))
        if there is not None and made not in there:
            return None
        for name in sorted({*first, *parameters}):
            if first.get(name) != parameters.get(name):
                raise ServiceError(
                    "IncompatibleParameterError",
                    f"The client request token was used before with another {name}.",
                    {"Parameter": name},
                )
        return made

    def remember(self, operation: str, parameters: Json, made: Any) -> None:
        """Keep what a request made. Requests without a token are not kept."""
        if TOKEN in parameters:
            self._uses[operation, parameters[TOKEN]] = (parameters, made)
