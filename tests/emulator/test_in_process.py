"""In process: beside moto's other services, leaving nothing behind."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import boto3
import moto.fsx.models
import moto.fsx.urls
import pytest
from moto import mock_aws

from dev.fsx_emulator import emulated_fsx
from tests.emulator.calls import START, listed


def test_every_start_is_a_new_one_with_the_same_identifiers() -> None:
    made = []
    for _ in range(2):
        with emulated_fsx(now=START) as fsx:
            assert listed(fsx.client()) == []
            made.append(fsx.seed_backup(fsx.seed_file_system()))
    assert made[0] == made[1]


def test_it_joins_a_mock_that_is_running_and_serves_every_client() -> None:
    with mock_aws():
        sqs = boto3.client("sqs", region_name="eu-west-1")
        sqs.create_queue(QueueName="occurrences")
        with emulated_fsx(now=START, region="eu-west-1") as fsx:
            backup_id = fsx.seed_backup(fsx.seed_file_system())
            assert listed(fsx.client()) == listed(boto3.client("fsx", region_name="eu-west-1")) == [backup_id]
            assert len(sqs.list_queues()["QueueUrls"]) == 1
        assert len(sqs.list_queues()["QueueUrls"]) == 1
        assert boto3.client("fsx", region_name="eu-west-1").describe_backups()["Backups"] == []


def test_moto_is_left_as_it_was() -> None:
    before = (moto.fsx.models.fsx_backends.backend, moto.fsx.urls.url_paths)
    with emulated_fsx():
        assert moto.fsx.models.fsx_backends.backend is not before[0]
    assert (moto.fsx.models.fsx_backends.backend, moto.fsx.urls.url_paths) == before


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns so often that a missing lock shows."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("restless")
def test_ten_at_once_with_one_token_make_one_backup() -> None:
    with emulated_fsx(now=START) as fsx:
        client = fsx.client()
        for _ in range(10):
            file_system_id = fsx.seed_file_system()
            assert len(_create_ten_times(client, file_system_id)) == 1
        assert len(listed(client)) == 10


def _create_ten_times(client: Any, file_system_id: str) -> set[str]:
    """The ids that ten simultaneous requests with one token get."""
    together = Barrier(10)

    def create(_: int) -> str:
        together.wait()
        token = f"token-{file_system_id}"
        made: str = client.create_backup(FileSystemId=file_system_id, ClientRequestToken=token)["Backup"]["BackupId"]
        return made

    with ThreadPoolExecutor(10) as pool:
        return set(pool.map(create, range(10)))
