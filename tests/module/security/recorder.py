"""Every AWS call of the function as the authorization requests that AWS makes of it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

import dev.fsx_emulator  # noqa: F401 - moto must be there before the client that it serves
from fsx_backup.settings import Settings
from tests.module.inputs import KEY
from tests.module.security.iam import Call, Request
from tests.support.world import Topic, World

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNT, REGION = "123456789012", "eu-west-1"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:prod"
QUEUE_URL = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/prod"
SCHEDULE = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:prod"
NEW_BACKUP = f"arn:aws:fsx:{REGION}:{ACCOUNT}:backup/backup-00000000000000000"

NETWORK = (
    "DescribeNetworkInterfaces", "DescribeRouteTables", "DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs",
    "GetSecurityGroupsForVpc",
)  # fmt: skip


class Recorder:
    """Listens at the function's clients and remembers what IAM would be asked."""

    def __init__(self, world: World) -> None:
        self.calls: list[Call] = []
        self.unknown: list[str] = []
        self._outside = world.fsx.client
        _current["recorder"] = self
        world.settings = Settings("prod", TOPIC, QUEUE_URL)
        world.topic = Topic(TOPIC)
        others: dict[str, Any] = {
            "service-quotas": Recorded(world.service_quotas, self.service_quotas),
            "scheduler": Recorded(world.scheduler, self.scheduler),
        }
        world.function = world.connect(
            _client(REGION),
            _client,
            sns=Recorded(world.topic, self.sns),
            sqs=Recorded(world.queue, self.sqs),
            cloudwatch=Recorded(world.cloudwatch, self.cloudwatch),
            **others,
        )

    def fsx(self, region: str, operation: str, parameters: dict[str, Any]) -> None:
        """Sources: service authorization reference of Amazon FSx; FSx User Guide, "Tag resources during creation"."""
        match operation:
            case "CreateBackup":
                tags = {pair["Key"]: pair["Value"] for pair in parameters.get("Tags", [])}
                self.calls += create_backup(*self._target(parameters), own=tags)
            case "CopyBackup":
                tags = {pair["Key"]: pair["Value"] for pair in parameters["Tags"]}
                self.calls += copy_backup(region, own=tags, key=parameters.get("KmsKeyId"))
            case "DeleteBackup":
                backup = self._outside(region).describe_backups(BackupIds=[parameters["BackupId"]])["Backups"][0]
                tags = {tag["Key"]: tag["Value"] for tag in backup.get("Tags", [])}
                self._ask(Request("fsx:DeleteBackup", backup["ResourceARN"], resource_tags(tags)))
            case "CreateFileSystemFromBackup" | "CreateVolumeFromBackup":
                tags = {pair["Key"]: pair["Value"] for pair in parameters["Tags"]}
                self.calls += restore(operation, region, own=tags, key=parameters.get("KmsKeyId"))
            case "DeleteFileSystem" | "DeleteVolume":
                arn, tags = self._target(parameters, region)
                self._ask(Request(f"fsx:{operation}", arn, resource_tags(tags)))
            case "ListTagsForResource":
                self._ask(Request("fsx:ListTagsForResource", parameters["ResourceARN"]))
            case "DescribeBackups" | "DescribeFileSystems" | "DescribeVolumes":
                self._ask(Request(f"fsx:{operation}"))
            case _:
                self.unknown.append(f"fsx:{operation}")

    def sns(self, operation: str, parameters: dict[str, Any]) -> None:
        self._ask(Request(f"sns:{operation}", parameters["TopicArn"]))

    def sqs(self, operation: str, parameters: dict[str, Any]) -> None:
        account, name = parameters["QueueUrl"].split("/")[-2:]
        self._ask(Request(f"sqs:{operation.removesuffix('Batch')}", f"arn:aws:sqs:{REGION}:{account}:{name}"))

    def cloudwatch(self, operation: str, parameters: dict[str, Any]) -> None:
        """Source: service authorization reference of CloudWatch: only PutMetricData knows the namespace."""
        context = {"cloudwatch:namespace": parameters["Namespace"]} if operation == "PutMetricData" else {}
        self._ask(Request(f"cloudwatch:{operation}", "*", context))

    def scheduler(self, operation: str, parameters: dict[str, Any]) -> None:
        """Source: EventBridge Scheduler User Guide, encryption at rest: reading needs the schedule's key as well."""
        arn = f"{SCHEDULE}/{parameters['GroupName']}/{parameters['Name']}"
        self.calls.append((Request(f"scheduler:{operation}", arn), Request("kms:Decrypt", KEY)))

    def _ask(self, request: Request) -> None:
        self.calls.append((request,))

    def service_quotas(self, operation: str, parameters: dict[str, Any]) -> None:
        assert operation == "GetPaginator"
        self._ask(Request("servicequotas:ListServiceQuotas"))  # the one call that is made of it

    def _target(self, parameters: dict[str, Any], region: str = REGION) -> tuple[str, dict[str, str]]:
        fsx = self._outside(region)
        try:
            if "VolumeId" in parameters:
                described = fsx.describe_volumes(VolumeIds=[parameters["VolumeId"]])["Volumes"]
            else:
                described = fsx.describe_file_systems(FileSystemIds=[parameters["FileSystemId"]])["FileSystems"]
        except ClientError:  # not there: IAM is asked for the id given
            return f"arn:aws:fsx:{REGION}:{ACCOUNT}:file-system/{parameters['FileSystemId']}", {}
        arn = str(described[0]["ResourceARN"])
        return arn, {tag["Key"]: tag["Value"] for tag in fsx.list_tags_for_resource(ResourceARN=arn)["Tags"]}


class Recorded:
    """A double whose calls are recorded under the names of the API."""

    def __init__(self, service: Any, record: Callable[[str, dict[str, Any]], None]) -> None:
        self._service = service
        self._record = record

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._service, name)

        def call(*values: Any, **arguments: Any) -> Any:
            self._record("".join(word.title() for word in name.split("_")), arguments)
            return method(*values, **arguments)

        return call


def create_backup(target: str, tagged: dict[str, str], *, own: dict[str, str]) -> list[Call]:
    """What AWS evaluates for CreateBackup: the target with its tags, the new backup and, if `own` has any, its tagging.

    The service authorization reference documents aws:RequestTag for the backup alone. Whether the target is evaluated
    with it too is not documented, so there are two calls: what is granted must be so in both, what is refused in both.
    """
    context = request_tags(own)
    backup: Call = (Request("fsx:CreateBackup", NEW_BACKUP, context),)
    if own:
        backup = (*backup, Request("fsx:TagResource", NEW_BACKUP, context))
    of_target = resource_tags(tagged)
    return [(Request("fsx:CreateBackup", target, of_target | more), *backup) for more in ({}, context)]


def copy_backup(region: str, *, own: dict[str, str], key: str | None = None, source: str = NEW_BACKUP) -> list[Call]:
    """What AWS evaluates for CopyBackup: the source and the new backup, its tagging, and FSx's use of the key there.

    Sources: FSx User Guide, "Copying backups", and "Using AWS KMS keys"; KMS Developer Guide, kms:ViaService.
    """
    copy, context = NEW_BACKUP.replace(REGION, region), request_tags(own)
    call: Call = tuple(Request("fsx:CopyBackup", backup, context) for backup in (source, copy))
    via = {"kms:ViaService": f"fsx.{region}.amazonaws.com"}
    of_key = [Request(f"kms:{action}", key, via) for action in ("DescribeKey", "CreateGrant") if key]
    return [(*call, Request("fsx:TagResource", copy, context), *of_key)]


def restore(operation: str, region: str = REGION, *, own: dict[str, str], key: str | None = None) -> list[Call]:
    """What AWS evaluates for a restore: backup and new resource, its tagging, the key's use by FSx, and FSx's reads.

    Sources: service authorization reference of Amazon FSx; AWS managed policy AmazonFSxFullAccess, for what FSx does as
    the caller; KMS Developer Guide, kms:ViaService.
    """
    fsx = f"arn:aws:fsx:{region}:{ACCOUNT}"
    context = request_tags(own)
    backup = f"{fsx}:backup/backup-00000000000000000"
    if operation == "CreateVolumeFromBackup":
        made = f"{fsx}:volume/fs-00000000000000004/fsvol-00000000000000000"
        others = [f"{fsx}:storage-virtual-machine/fs-00000000000000004/svm-00000000000000000", backup]
        as_caller = []
    else:
        made, others = f"{fsx}:file-system/fs-00000000000000000", [backup]
        tables: dict[str, str | tuple[str, ...]] = {
            "aws:RequestTag/AmazonFSx": "ManagedByAmazonFSx",
            "aws:CalledVia": ("fsx.amazonaws.com",),
        }
        as_caller = [
            *map(Request, ("ds:DescribeDirectories", *(f"ec2:{read}" for read in NETWORK))),
            Request("ec2:CreateTags", f"arn:aws:ec2:{region}:{ACCOUNT}:route-table/rtb-00000000", tables),
        ]
    via = {"kms:ViaService": f"fsx.{region}.amazonaws.com"}
    of_key = [Request(f"kms:{action}", key, via) for action in ("DescribeKey", "CreateGrant") if key]
    requests = [Request(f"fsx:{operation}", resource, context) for resource in (*others, made)]
    return [(*requests, Request("fsx:TagResource", made, context), *as_caller, *of_key)]


def request_tags(tags: dict[str, str]) -> dict[str, str | tuple[str, ...]]:
    return {"aws:TagKeys": tuple(tags)} | {f"aws:RequestTag/{key}": value for key, value in tags.items()}


def resource_tags(tags: dict[str, str]) -> dict[str, str | tuple[str, ...]]:
    return {f"aws:ResourceTag/{key}": value for key, value in tags.items()}


# Making a client takes long, so there is one for each Region, and the present recorder listens at it.
_current: dict[str, Recorder] = {}


@cache
def _client(region: str) -> Any:
    session = boto3.session.Session("testing", "testing", region_name=region)
    client = session.client("fsx", config=Config(retries={"total_max_attempts": 1}))
    client.meta.events.register(
        "provide-client-params.fsx",
        lambda model, params, **_: _current["recorder"].fsx(region, model.name, params),
    )
    return client
