"""Listings and tokens under random histories: thousands of emulators, hundreds of starts."""

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dev.fsx_emulator import EmulatedFSx, emulated_fsx, paging
from dev.fsx_emulator.errors import ServiceError
from dev.fsx_emulator.identifiers import weight
from tests.emulator.calls import START

SCOPE = paging.scope_of("test")
ids = st.sets(st.text("0123456789abcdef", min_size=8, max_size=17), max_size=60)


@given(
    known=ids,
    born=st.lists(ids, max_size=5),
    dying=st.lists(st.integers(0, 59), max_size=20),
    paged=st.tuples(st.integers(1, 20), st.integers(0, 99), st.booleans()),
)
def test_a_listing_has_everything_that_was_there_all_the_time_once(
    known: set[str], born: list[set[str]], dying: list[int], paged: tuple[int, int, bool]
) -> None:
    limit, seed, short_pages = paged
    alive = sorted(known)
    always = set(known)
    cursor = paging.start(seed, 1, SCOPE)
    seen: list[str] = []
    for number in range(10_000):
        page, token = paging.page(((weight(id_), id_) for id_ in alive), cursor, limit, short_pages=short_pages)
        assert len(page) <= limit
        assert set(page) <= set(alive)
        seen += page
        if token is None:
            break
        assert len(token) <= 255
        cursor = paging.decode(token, SCOPE)
        if number < len(dying) and alive:
            victim = alive.pop(dying[number] % len(alive))
            always.discard(victim)
        if number < len(born):
            alive = sorted({*alive, *born[number]})
    else:
        raise AssertionError("the listing does not end")
    assert len(seen) == len(set(seen))
    assert always <= set(seen)


@given(st.text(max_size=300))
def test_no_text_is_taken_for_a_token(text: str) -> None:
    with pytest.raises(ServiceError) as caught:
        paging.decode(text, SCOPE)
    assert caught.value.code == "BadRequest"


@given(position=st.integers(0, 31), change=st.integers(1, 255))
def test_a_changed_token_is_refused(position: int, change: int) -> None:
    raw = bytearray(base64.b64decode(paging.encode(paging.start(1, 1, SCOPE))))
    raw[position] ^= change
    with pytest.raises(ServiceError):
        paging.decode(base64.b64encode(raw).decode(), SCOPE)


commands = st.lists(st.sampled_from(["create", "repeat", "delete", "wait", "fail", "list"]), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(commands)
def test_rules_hold_under_any_sequence_of_calls(sequence: list[str]) -> None:
    with emulated_fsx(now=START) as fsx:
        world = _World(fsx)
        for command in sequence:
            getattr(world, command)()


class _World:
    """A caller that knows what must be there."""

    def __init__(self, fsx: EmulatedFSx) -> None:
        self.fsx = fsx
        self.client = fsx.client()
        self.target = fsx.seed_file_system("WINDOWS")
        self.made: dict[str, str] = {}
        self.busy: str | None = None

    def create(self) -> None:
        token = f"token-{len(self.made)}-{len(self.fsx.control.calls())}"
        if self.busy:
            with pytest.raises(self.client.exceptions.BackupInProgress):
                self._create(token)
        else:
            self.busy = self.made[token] = self._create(token)

    def _create(self, token: str) -> str:
        response: dict[str, Any] = self.client.create_backup(FileSystemId=self.target, ClientRequestToken=token)
        backup_id: str = response["Backup"]["BackupId"]
        return backup_id

    def repeat(self) -> None:
        for token, backup_id in self.made.items():
            assert self._create(token) == backup_id

    def delete(self) -> None:
        for token, backup_id in [*self.made.items()][:1]:
            if backup_id == self.busy:
                with pytest.raises(self.client.exceptions.BackupInProgress):
                    self.client.delete_backup(BackupId=backup_id)
            else:
                self.client.delete_backup(BackupId=backup_id)
                del self.made[token]

    def wait(self) -> None:
        self.fsx.control.advance(2)
        self.busy = None

    def fail(self) -> None:
        self.fsx.control.next_backup(self.target, "FAILED")

    def list(self) -> None:
        found = [page["Backups"] for page in self.client.get_paginator("describe_backups").paginate()]
        assert sorted(backup["BackupId"] for page in found for backup in page) == sorted(self.made.values())
