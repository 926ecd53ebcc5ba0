"""A function that can die at any of its calls to AWS, before the call took effect or after."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

import dev.fsx_emulator  # noqa: F401 - moto must be there before the client that it serves

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.world import World


class Died(BaseException):
    """The function is gone. No `except Exception` of the product may hold it up."""


class Fate:
    """When the function dies: at its n-th call from now, whichever service it goes to. A dead one calls no more."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.calls: list[str] = []
        self._fatal: int | None = None
        self._after = False
        self.dead = False

    def strike(self, number: int, *, after: bool) -> None:
        """Die at the call of that number from now, counted from 1; with `after`, when it has taken effect."""
        self._fatal, self._after = len(self.calls) + number, after

    def revive(self) -> None:
        """Lambda starts the function anew; what was to strike and did not is forgotten."""
        self.dead, self._fatal = False, None

    def before(self, call: str) -> int:
        """Count a call; returns its number."""
        with self._lock:
            self._die_if_dead()
            self.calls.append(call)
            number = len(self.calls)
            self.dead = self._fatal == number and not self._after
            self._die_if_dead()
            return number

    def after(self, number: int) -> None:
        with self._lock:
            self.dead = self.dead or self._fatal == number
            self._die_if_dead()

    def _die_if_dead(self) -> None:
        if self.dead:
            raise Died


class Mortal:
    """A queue or a topic whose calls are under a fate."""

    def __init__(self, service: Any, fate: Fate) -> None:
        self._service = service
        self._fate = fate

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._service, name)

        def call(**arguments: Any) -> Any:
            number = self._fate.before(name)
            answer = method(**arguments)
            self._fate.after(number)
            return answer

        return call


def mortal(world: World) -> Fate:
    """Put the world's function under a fate. One world at a time."""
    fate = _current["fate"] = Fate()
    world.function = world.connect(_client(), _client, sns=Mortal(world.topic, fate), sqs=Mortal(world.queue, fate))
    return fate


# Making a client takes long, so there is one, and its calls are under the fate of the present world.
_current: dict[str, Fate] = {}


@cache
def _client(region: str = "us-east-1") -> Any:
    session = boto3.session.Session("testing", "testing", region_name=region)
    client = session.client("fsx", config=Config(retries={"total_max_attempts": 1}))
    client.meta.events.register("before-call.fsx", _before)
    client.meta.events.register("after-call.fsx", _after)
    return client


def _before(model: Any, context: dict[str, Any], **_: Any) -> None:
    context["number"] = _current["fate"].before(model.name)


def _after(context: dict[str, Any], **_: Any) -> None:
    _current["fate"].after(context["number"])
