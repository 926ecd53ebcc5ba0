"""Listings in pages as the service gives them: in no order, short or empty pages included. Pure.

moto's own paginator is not used here: its token names the next item, so a listing breaks when that item
is deleted meanwhile, and its pages are always full and in order of creation.

A listing has a salt. It gives every item a position that depends on nothing but the salt and the item's
own weight; a page is the next items by position, and the token says which position came last. So a
token stays good while items come and go, nothing is listed twice, and no state is kept.
"""

import base64
import binascii
import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from heapq import nsmallest
from typing import Any

from dev.fsx_emulator.errors import bad_request

_TOKEN = struct.Struct(">QQI8s")
_CHECK = 4
_MASK = 2**64 - 1


@dataclass(frozen=True)
class Listing:
    """How listings are paged. The model's lists of responses hold 50 items at most, hence the default."""

    page_size: int = 50
    short_pages: bool = True
    shuffle_seed: int = 0


@dataclass(frozen=True)
class Cursor:
    """Where a listing stands. `scope` is a digest of what is listed: a token is good for that alone."""

    salt: int
    last: int
    page: int
    scope: bytes


def scope_of(*parts: Any) -> bytes:
    """A digest of operation, Region and filters."""
    return blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=8).digest()


def start(seed: int, number: int, scope: bytes) -> Cursor:
    """The beginning of the `number`-th listing: the salt is odd, so that it permutes the positions."""
    return Cursor(_mix(seed, number) | 1, 0, 0, scope)


def encode(cursor: Cursor) -> str:
    """A NextToken: base64, well below the 255 characters that the model allows."""
    packed = _TOKEN.pack(cursor.salt, cursor.last, cursor.page, cursor.scope)
    return base64.b64encode(packed + _checksum(packed)).decode()


def decode(token: str, scope: bytes) -> Cursor:
    """The cursor of a token.

    Raises:
        ServiceError: BadRequest when the token is not one of ours, or belongs to another listing.
    """
    try:
        raw = base64.b64decode(token, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    packed, checksum = raw[: _TOKEN.size], raw[_TOKEN.size :]
    if len(packed) != _TOKEN.size or checksum != _checksum(packed):
        raise bad_request("The NextToken is invalid.")
    cursor = Cursor(*_TOKEN.unpack(packed))
    if cursor.scope != scope:
        raise bad_request("The NextToken belongs to a listing with other parameters.")
    return cursor


def page[Item](
    items: Iterable[tuple[int, Item]], cursor: Cursor, limit: int, *, short_pages: bool
) -> tuple[list[Item], str | None]:
    """The next page of (weight, item) pairs, and the token of the one after it.

    With `short_pages`, one page in eight is empty, two in eight are short, and one in eight carries a
    token although nothing comes after it: all of it allowed by the API reference.
    """
    listed = {(weight * cursor.salt) & _MASK: item for weight, item in items}
    rest = [position for position in listed if position >= cursor.last]
    fate = _mix(cursor.salt, cursor.page) if short_pages else 7
    kind = fate % 8
    if kind == 0:
        limit = 0
    elif kind in {1, 2}:
        limit = 1 + (fate >> 8) % limit
    taken = nsmallest(limit, rest)
    more = len(rest) > len(taken) or (kind == 3 and bool(taken))
    if not more:
        return [listed[position] for position in taken], None
    last = taken[-1] + 1 if taken else cursor.last
    return [listed[position] for position in taken], encode(Cursor(cursor.salt, last, cursor.page + 1, cursor.scope))


def _mix(*numbers: int) -> int:
    text = ",".join(map(str, numbers)).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest())


def _checksum(packed: bytes) -> bytes:
    return blake2b(packed, digest_size=_CHECK, person=b"fsx-page").digest()
