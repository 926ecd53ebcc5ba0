"""Answers of DescribeBackups as no emulator would give them: each goes through a twist on its way to the function."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

import dev.fsx_emulator  # noqa: F401 - moto must be there before the client that it serves

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.world import World

# Making a client takes long, so there is one, and the present test's twist is looked up per answer.
_current: list[Callable[[dict[str, Any]], None]] = []


def twisted(world: World, twist: Callable[[dict[str, Any]], None]) -> None:
    """`twist` changes a parsed answer in place."""
    _current[:] = [twist]
    world.function = world.connect(_client())


@cache
def _client() -> Any:
    session = boto3.session.Session("testing", "testing", region_name="us-east-1")
    client = session.client("fsx", config=Config(retries={"total_max_attempts": 1}))
    client.meta.events.register("after-call.fsx.DescribeBackups", lambda parsed, **_: _current[-1](parsed))
    return client
