"""The errors of Amazon FSx, in the shape that its API model gives them."""

from dataclasses import dataclass, field
from typing import Any

from dev.fsx_emulator.model import error_shapes

# The model allows 256 characters in an error's message (shape ErrorMessage).
LONGEST_MESSAGE = 256

# Codes that every AWS JSON service may send although no service model lists them.
COMMON_CODES = frozenset(
    {
        "AccessDeniedException",
        "ExpiredTokenException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "NotImplemented",
        "SerializationException",
        "ServiceUnavailableException",
        "ThrottlingException",
        "UnknownOperationException",
        "UnrecognizedClientException",
    }
)
_STATUS = {"NotImplemented": 501, "ServiceUnavailableException": 503}


@dataclass
class ServiceError(Exception):
    """A request is refused. `members` are the error's further members, e.g. `{"Limit": "..."}`.

    Source: the exception shapes of botocore's `fsx/2018-03-01/service-2.json`. None of them sets an
    HTTP status, so by the JSON protocol client errors are 400 and those marked `fault` are 500.
    """

    code: str
    message: str
    members: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.code, self.message)
        self.message = self.message[:LONGEST_MESSAGE]

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        if self.code in _STATUS:
            return _STATUS[self.code]
        return 500 if error_shapes().get(self.code, {}).get("fault") else 400

    def body(self) -> dict[str, Any]:
        """The JSON document of the response, as the AWS JSON 1.1 protocol writes errors."""
        return {"__type": self.code, "Message": self.message, **self.members}


def bad_request(message: str) -> ServiceError:
    """FSx's general refusal."""
    return ServiceError("BadRequest", message)
