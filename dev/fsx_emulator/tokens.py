"""Client request tokens: the same request twice has one effect."""

from dev.fsx_emulator.errors import ServiceError
from dev.fsx_emulator.model import Json

TOKEN = "ClientRequestToken"  # noqa: S105 - a member's name


class TokenMemory:
    """Which token made what. AWS does not say for how long it is remembered; here it is indefinitely."""

    def __init__(self) -> None:
        self._uses: dict[tuple[str, str], tuple[Json, str]] = {}

    def recall(self, operation: str, parameters: Json) -> str | None:
        """The id that the same request made before, None for a new request.

        Raises:
            ServiceError: IncompatibleParameterError, whose Parameter is the first member that differs.
        """
        first, resource_id = self._uses.get((operation, parameters.get(TOKEN, "")), (parameters, None))
        for name in sorted({*first, *parameters}):
            if first.get(name) != parameters.get(name):
                raise ServiceError(
                    "IncompatibleParameterError",
                    f"The client request token was used before with another {name}.",
                    {"Parameter": name},
                )
        return resource_id

    def remember(self, operation: str, parameters: Json, resource_id: str) -> None:
        """Keep what a request made. Requests without a token are not kept."""
        if TOKEN in parameters:
            self._uses[operation, parameters[TOKEN]] = (parameters, resource_id)
