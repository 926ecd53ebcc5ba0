"""Lambda on the world's clock: invocations that have a deadline, execution environments that come and go."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.support.world import Context

if TYPE_CHECKING:
    from datetime import datetime

    from fsx_backup.handler import Function
    from tests.support.world import Record, World

TIMEOUT = 300.0  # seconds, as the module sets it


class Invocation(Context):
    """Lambda's context of one invocation: its time passes as the emulator's calls take time."""

    def __init__(self, world: World, seconds: float = TIMEOUT) -> None:
        super().__init__()
        self.world = world
        self.deadline = world.now + timedelta(seconds=seconds)

    def get_remaining_time_in_millis(self) -> int:
        return int((self.deadline - self.world.now).total_seconds() * 1000)


@dataclass
class Environments:
    """Delivers the queue's messages, each to one of `count` execution environments, chosen at random with a seed.

    They are replaced, together, every `life`. An error is counted, as Lambda does; the message becomes visible again
    by itself.
    """

    world: World
    count: int = 1
    life: timedelta = timedelta.max
    seed: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    deliveries: list[tuple[datetime, int]] = field(default_factory=list)  # when, and which receive
    delays: list[timedelta] = field(default_factory=list)  # for which a delivered message was kept

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._functions: list[Function] = []
        self._born = self.world.now

    def deliver(self) -> bool:
        """Deliver one message, if one is visible."""
        world = self.world
        record = world.queue.receive()
        if record is None:
            return False
        self.deliveries.append((world.now, record.receives))
        world.function = self._environment()
        self._handle(record)
        if record in world.queue.records:
            self.delays.append(record.visible_at - world.now)
        return True

    def run(self, until: datetime) -> None:
        """Deliver what becomes visible, until a moment or until the queue is empty."""
        world = self.world
        while world.queue.records:
            while self.deliver():
                pass
            pending = [record.visible_at for record in world.queue.records]
            if not pending or min(pending) > until:
                break
            world.advance(seconds=max(1.0, (min(pending) - world.now).total_seconds()))
        if world.now < until and world.queue.records:
            world.advance(seconds=(until - world.now).total_seconds())

    def _handle(self, record: Record) -> None:
        world = self.world
        try:
            answer = world.function.handle({"Records": [world.event_of(record)]}, Invocation(world))
        except Exception as error:
            self.errors[type(error).__name__] += 1
            return
        if not answer["batchItemFailures"]:
            world.queue.records.remove(record)

    def _environment(self) -> Function:
        now = self.world.now
        if not self._functions or (self.life < timedelta.max and now - self._born >= self.life):
            client = self.world.fsx.client()
            self._functions = [self.world.connect(client) for _ in range(self.count)]
            self._born = now
        return self._random.choice(self._functions)
