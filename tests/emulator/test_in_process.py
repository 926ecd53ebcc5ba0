"""In process: quick to start, beside moto's other services, leaving nothing behind."""

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


def test_every_start_is_a_new_one() -> None:
    made = []
    for _ in range(2):
        with emulated_fsx(now=START) as fsx:
            assert listed(fsx.client()) == []
            made.append(fsx.seed_backup(fsx.seed_file_system()))
    assert made[0] == made[1], "the same seed gives the same identifiers"
    with emulated_fsx(now=START, seed=1) as fsx:
        assert fsx.seed_backup(fsx.seed_file_system()) not in made


def test_clients_of_the_products_own_making_are_served() -> None:
    with emulated_fsx(now=START, region="eu-west-1") as fsx:
        backup_id = fsx.seed_backup(fsx.seed_file_system())
        assert listed(boto3.client("fsx", region_name="eu-west-1")) == [backup_id]


def test_other_services_of_moto_work_beside_it() -> None:
    with emulated_fsx(now=START):
        queue = boto3.client("sqs", region_name="us-east-1").create_queue(QueueName="occurrences")
        topic = boto3.client("sns", region_name="us-east-1").create_topic(Name="people")
        cloudwatch: Any = boto3.client("cloudwatch", region_name="us-east-1")
        cloudwatch.put_metric_data(Namespace="fsx", MetricData=[{"MetricName": "Age", "Value": 1.0}])
        assert queue["QueueUrl"]
        assert topic["TopicArn"] == "arn:aws:sns:us-east-1:123456789012:people"
        assert cloudwatch.list_metrics()["Metrics"]


def test_it_joins_a_mock_that_is_running() -> None:
    with mock_aws():
        sqs = boto3.client("sqs", region_name="us-east-1")
        sqs.create_queue(QueueName="occurrences")
        with emulated_fsx(now=START) as fsx:
            backup_id = fsx.seed_backup(fsx.seed_file_system())
            assert listed(fsx.client()) == [backup_id]
            assert len(sqs.list_queues()["QueueUrls"]) == 1
        assert len(sqs.list_queues()["QueueUrls"]) == 1
        assert boto3.client("fsx", region_name="us-east-1").describe_backups()["Backups"] == []


def test_moto_is_left_as_it_was() -> None:
    before = (moto.fsx.models.fsx_backends.backend, moto.fsx.urls.url_paths)
    with emulated_fsx():
        assert moto.fsx.models.fsx_backends.backend is not before[0]
    assert (moto.fsx.models.fsx_backends.backend, moto.fsx.urls.url_paths) == before


def test_another_account() -> None:
    with emulated_fsx(now=START, account="111122223333") as fsx:
        made = fsx.client().create_backup(FileSystemId=fsx.seed_file_system())["Backup"]
        assert made["ResourceARN"].startswith("arn:aws:fsx:us-east-1:111122223333:backup/")
        assert made["OwnerId"] == "111122223333"


def test_tags_reach_motos_tagging_api() -> None:
    with emulated_fsx(now=START) as fsx:
        volume_id = fsx.seed_volume(fsx.seed_file_system("ONTAP"), tags={"Team": "hpc"})
        backup_id = fsx.seed_backup(volume_id, tags={"Team": "hpc"})
        tagging = boto3.client("resourcegroupstaggingapi", region_name="us-east-1")
        found = tagging.get_resources(TagFilters=[{"Key": "Team", "Values": ["hpc"]}])["ResourceTagMappingList"]
    assert {mapping["ResourceARN"].rpartition("/")[2] for mapping in found} == {volume_id, backup_id}


def test_words_in_a_request_are_no_operation() -> None:
    with emulated_fsx(now=START) as fsx:
        machine = fsx.control.seed_storage_virtual_machine(fsx.seed_file_system("ONTAP"))
        volume = fsx.client().create_volume(
            VolumeType="ONTAP",
            Name="a&Action=DeleteBackup&b",
            OntapConfiguration={"StorageVirtualMachineId": machine, "SizeInMegabytes": 1024},
        )["Volume"]
        assert volume["Name"] == "a&Action=DeleteBackup&b"


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
