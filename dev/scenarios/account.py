"""The account in which the acceptance run spends: which it is, the file system to back up, and what must not stay."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from dev.scenarios.steps import progress, say, show

NAME = "fsx-backup-acceptance"
MARK = "fsx-backup:acceptance"  # a tag on all that the run makes through FSx itself
POLL_SECONDS = {True: 15.0, False: 0.2}  # on AWS, elsewhere
COST = """
A file system of the smallest kind (OpenZFS, 64 GiB, 64 MB/s), unless you name one: about 0.04 dollars an hour.
Five backups of it, for minutes, a key that is deleted after seven days, and some hundred requests: cents.
Together less than a dollar for the hour or two that it takes, if everything is destroyed in the end, which it is."""


class Refused(Exception):
    """The run does not begin; the message says why."""


@dataclass(frozen=True)
class Account:
    """Where the run takes place."""

    number: str
    region: str
    caller: str
    endpoint: str

    @property
    def real(self) -> bool:
        """Whether this is AWS."""
        return (
            self.endpoint.split("://")[-1].split(":")[0].split("/")[0].endswith(("amazonaws.com", "amazonaws.com.cn"))
        )

    @classmethod
    def of_caller(cls) -> "Account":
        """The one that the usual variables and settings lead to."""
        try:
            sts = client("sts")
            identity = sts.get_caller_identity()
        except (BotoCoreError, ClientError) as error:
            raise Refused(f"No AWS account answers: {error}. Set AWS_PROFILE and AWS_REGION, say.") from None
        return cls(identity["Account"], sts.meta.region_name, identity["Arn"], sts.meta.endpoint_url)

    def agreed(self, given: str | None, what: str) -> None:
        """Say what will be made and what it costs; go on only where the account's number is typed, or was given.

        Raises:
            Refused: it was not.
        """
        say(f"This is account {self.number}, Region {self.region}, as {self.caller}")
        show(f"at {self.endpoint}, which is {'AWS: it costs money' if self.real else 'not AWS: it costs nothing'}")
        show(f"\nIt deploys {NAME} and {what}, and destroys all of it in the end, also after Ctrl-C.\n{COST.strip()}\n")
        if given is None:
            with contextlib.suppress(EOFError):
                given = input("Type the account's number to go on: ").strip()
        if given != self.number:
            raise Refused(f"{given!r} is not the account's number, {self.number}. Nothing was made.")


@cache
def client(service: str) -> Any:
    """A boto3 client, wherever the usual variables and settings lead."""
    return boto3.client(service)  # type: ignore[call-overload] # the service is only known at run time


class Holdings:
    """The run's file system and backups."""

    def __init__(self, *, real: bool) -> None:
        self.fsx = client("fsx")
        self.poll = POLL_SECONDS[real]

    def existing(self, target: str) -> None:
        """A file system or volume must be there.

        Raises:
            Refused: it is not.
        """
        try:
            if target.startswith("fsvol-"):
                self.fsx.describe_volumes(VolumeIds=[target])
            else:
                self.fsx.describe_file_systems(FileSystemIds=[target])
        except ClientError as error:
            raise Refused(f"FSx does not know {target}: {error.response['Error']['Message']}") from None

    def make_file_system(self, subnet: str | None) -> str:
        """The smallest OpenZFS file system, in this subnet or in one of the default VPC's; its id."""
        if subnet is None:
            found = client("ec2").describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
            if not found:
                raise Refused(
                    "The account has no default VPC. Name a subnet (SUBNET=), or a file system (FILE_SYSTEM=)."
                )
            subnet = str(found[0]["SubnetId"])
        made = self.fsx.create_file_system(
            ClientRequestToken=f"{NAME}-{int(time.time())}",
            FileSystemType="OPENZFS",
            StorageCapacity=64,
            SubnetIds=[subnet],
            OpenZFSConfiguration={
                "DeploymentType": "SINGLE_AZ_1",
                "ThroughputCapacity": 64,
                "AutomaticBackupRetentionDays": 0,
            },
            Tags=[{"Key": MARK, "Value": NAME}],
        )["FileSystem"]["FileSystemId"]
        with progress(f"making the file system {made} in {subnet} (ten minutes or more on AWS)"):
            self._until(lambda: self._file_system(made)["Lifecycle"] == "AVAILABLE", timedelta(minutes=60))
        root = self._file_system(made)["OpenZFSConfiguration"]["RootVolumeId"]
        [volume] = self.fsx.describe_volumes(VolumeIds=[root])["Volumes"]
        self.fsx.tag_resource(ResourceARN=volume["ResourceARN"], Tags=[{"Key": MARK, "Value": NAME}])
        return str(made)

    def wait_for_backup(self, backup_id: str, patience: timedelta) -> str:
        """Its lifecycle once it is no longer in progress."""
        with progress(f"waiting for {backup_id}"):
            self._until(lambda: self._lifecycle(backup_id) in {"AVAILABLE", "FAILED", "DELETED"}, patience)
        return self._lifecycle(backup_id)

    def remove_backups(self) -> None:
        """Delete every backup that the run or its deployment made, those under way once they are done."""
        with progress("deleting the run's backups"):
            self._until(lambda: not [*self._remaining_backups()], timedelta(minutes=60))

    def remove_file_systems(self) -> None:
        """Delete the file system that the run made, also an earlier run's that was killed."""
        with progress("deleting the run's file system"):
            for file_system in self._own(self._every("describe_file_systems", "FileSystems")):
                if file_system["Lifecycle"] != "DELETING":
                    options = {"SkipFinalBackup": True, "Options": ["DELETE_CHILD_VOLUMES_AND_SNAPSHOTS"]}
                    self.fsx.delete_file_system(FileSystemId=file_system["FileSystemId"], OpenZFSConfiguration=options)
            self._until(lambda: not self.left(), timedelta(minutes=60))

    def left(self) -> list[str]:
        """What of all this is still there."""
        file_systems = self._own(self._every("describe_file_systems", "FileSystems"))
        return [found["FileSystemId"] for found in file_systems] + [found["BackupId"] for found in self._own_backups()]

    def _remaining_backups(self) -> Iterator[str]:
        for backup in self._own_backups():
            with contextlib.suppress(self.fsx.exceptions.BackupNotFound, self.fsx.exceptions.BackupInProgress):
                self.fsx.delete_backup(BackupId=backup["BackupId"])
            yield backup["BackupId"]

    def _own_backups(self) -> list[dict[str, Any]]:
        return self._own(self._every("describe_backups", "Backups"))

    def _every(self, operation: str, member: str) -> list[dict[str, Any]]:
        return [item for page in self.fsx.get_paginator(operation).paginate() for item in page[member]]

    @staticmethod
    def _own(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        marks = ({"Key": MARK, "Value": NAME}, {"Key": "fsx-backup:deployment", "Value": NAME})
        return [item for item in found if any(mark in item.get("Tags", []) for mark in marks)]

    def _file_system(self, file_system_id: str) -> dict[str, Any]:
        [found] = self.fsx.describe_file_systems(FileSystemIds=[file_system_id])["FileSystems"]
        return dict(found)

    def _lifecycle(self, backup_id: str) -> str:
        try:
            [found] = self.fsx.describe_backups(BackupIds=[backup_id])["Backups"]
        except self.fsx.exceptions.BackupNotFound:
            return "DELETED"
        return str(found["Lifecycle"])

    def _until(self, condition: Callable[[], object], patience: timedelta) -> None:
        deadline = time.monotonic() + patience.total_seconds()
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"FSx was not done after {patience}")
            time.sleep(self.poll)
