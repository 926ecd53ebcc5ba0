"""What the tests of restore tests share: targets with backups, and what restores left."""

from datetime import timedelta
from typing import Any

from tests.support.world import DEPLOYMENT, World


def everything(world: World, region: str | None = None) -> dict[str, Any]:
    """The file systems and volumes of a Region."""
    client = world.fsx.client(region)
    systems = [page["FileSystems"] for page in client.get_paginator("describe_file_systems").paginate()]
    volumes = [page["Volumes"] for page in client.get_paginator("describe_volumes").paginate()]
    return {one.get("VolumeId", one["FileSystemId"]): one for page in systems + volumes for one in page}


def seed(world: World, kind: str = "LUSTRE", plan: str = "home") -> tuple[str, dict[str, Any], str]:
    """A target with two backups, where they are restored, and the newer one."""
    target = world.fsx.seed_file_system(kind)
    test: dict[str, Any] = {}
    if kind == "ONTAP":
        target = world.fsx.seed_volume(target)
        [volume] = world.fsx.client().describe_volumes(VolumeIds=[target])["Volumes"]
        test["storage_virtual_machine_id"] = volume["OntapConfiguration"]["StorageVirtualMachineId"]
    [_, newest] = world.history(target, [8, 1], plan)
    return target, test, newest


def made(world: World, region: str | None = None) -> list[str]:
    """What restore tests made and is still there."""
    pages = world.fsx.client(region).get_paginator("list_tags_for_resource")
    return [
        id_
        for id_, one in everything(world, region).items()
        for tag in one.get("Tags") or pages.paginate(ResourceARN=one["ResourceARN"]).build_full_result().get("Tags", [])
        if tag["Key"] == "fsx-backup:restore-test" and one["Lifecycle"] != "DELETING"
    ]


def restore(world: World, target: str, **more: Any) -> Any:
    """A restore test to its end; the last notification."""
    world.send(world.restore(target, **more))
    world.settle()
    return world.topic.mails[-1] if world.topic.mails else None


def tagged(world: World, hours: float, region: str | None = None, **tags: Any) -> str:
    """What a restore test of so many hours ago left, or what somebody wants to pass for it."""
    due = f"{world.now - timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"
    own = {"deployment": DEPLOYMENT, "plan": "home", "restore-test": due} | tags
    pairs = {f"fsx-backup:{key}": value for key, value in own.items() if value}
    return world.fsx.seed_file_system("OPENZFS", tags=pairs, region=region)


LONG = {"restore-test-minutes": "9999"}  # from its creation, which is now
FOREIGN: dict[str, dict[str, str]] = {
    "no tag": {"restore-test": ""},
    "another deployment": {"deployment": "test"},
    "another plan": {"plan": "weekly"},
    "older than the tag": {"restore-test": "2026-03-01T04:11:00Z"},
    "no time": {"restore-test": "soon"},
    "a time without an offset": {"restore-test": "2026-01-01T00:00:00"},
}
