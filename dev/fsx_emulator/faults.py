"""Faults: what goes wrong, at which call, before or after the call had its effect. Pure."""

from dataclasses import dataclass, field
from typing import Any

from dev.fsx_emulator.errors import COMMON_CODES, ServiceError
from dev.fsx_emulator.model import Json, error_shapes

# Status, headers, body: what moto's dispatch hands on.
Response = tuple[int, dict[str, str], str]

# Responses that no FSx API wrote: what load balancers and networks do.
HTTP_FAULTS = {"http_500": 500, "http_502": 502, "http_503": 503}
UNREACHABLE, TIMEOUT, RESET, TRUNCATED, KILL = "unreachable", "timeout", "reset", "truncated_body", "kill"
TRANSPORT_FAULTS = frozenset({UNREACHABLE, TIMEOUT, RESET, KILL})
# Short names, and the code that arrives.
ALIASES = {"AccessDenied": "AccessDeniedException", "Throttling": "ThrottlingException"}
MESSAGES = {
    "AccessDeniedException": "User is not authorized to perform: fsx:{operation}",
    "ThrottlingException": "Rate exceeded",
}
# Members that the model requires, where the rule of the fault does not give them.
_REQUIRED = {
    "Limit": "TOTAL_USER_INITIATED_BACKUPS",
    "Parameter": "Tags",
    "ActiveDirectoryId": "d-0123456789",
    "ResourceARN": "arn:aws:fsx:us-east-1:123456789012:backup/backup-0123456789abcdef0",
}
# Members that the model leaves optional and the service sends.
_USUAL = {
    "BackupRestoring": {"FileSystemId": "fs-0123456789abcdef0"},
    "BackupBeingCopied": {"BackupId": "backup-0123456789abcdef0"},
    "SourceBackupUnavailable": {"BackupId": "backup-0123456789abcdef0"},
}


class TransportFault(Exception):
    """The connection fails in a way that only the transport can show: one of TRANSPORT_FAULTS."""

    def __init__(self, kind: str, *, seconds: float) -> None:
        super().__init__(kind)
        self.kind = kind
        self.seconds = seconds


def names() -> frozenset[str]:
    """Everything that a fault can be, without aliases."""
    return frozenset({*error_shapes(), *COMMON_CODES, *HTTP_FAULTS, *TRANSPORT_FAULTS, TRUNCATED})


@dataclass
class Fault:
    """One rule. It counts the calls that it matches; it strikes at call `at` and `times - 1` further ones."""

    fault: str
    operation: str
    when: str
    at: int = 1
    times: int | None = 1
    match: Json = field(default_factory=dict)
    members: Json = field(default_factory=dict)
    message: str | None = None
    seconds: float = 60.0
    region: str | None = None
    seen: int = 0

    def strikes(self, operation: str, parameters: Any, region: str) -> bool:
        """Count a call if it matches, and say whether it is one of those to strike."""
        if self.operation not in {"*", operation} or self.region not in {None, region} or not self._matches(parameters):
            return False
        self.seen += 1
        return self.seen >= self.at and (self.times is None or self.seen < self.at + self.times)

    def _matches(self, parameters: Any) -> bool:
        if not self.match:
            return True
        return isinstance(parameters, dict) and all(parameters.get(key) == item for key, item in self.match.items())

    def error(self, operation: str) -> ServiceError:
        """The error that the rule stands for, complete with the members its shape requires."""
        members: Json = {name: _REQUIRED[name] for name in error_shapes().get(self.fault, {}).get("required", [])}
        members |= _USUAL.get(self.fault, {})
        default = MESSAGES.get(self.fault, "A fault was set for this call: {operation}.")
        return ServiceError(self.fault, (self.message or default).format(operation=operation), members | self.members)
