"""What a plan's target_tags select, and the calls that finding it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fsx_backup.event import parse
from fsx_backup.resources import resources, with_tags
from fsx_backup.selection import select, unread

if TYPE_CHECKING:
    from tests.support.world import World

TAGS = {"Backup": "daily", "aws:cloudformation:stack-name": "hpc"}
ONE = {"Backup": "daily"}
OUT, RESTORED = {"fsx-backup:exclude": ""}, {"fsx-backup:restore-test": "yes"}
LINKED = {"DeploymentType": "PERSISTENT_1", "PerUnitStorageThroughput": 50, "ImportPath": "s3://bucket"}
Volume = tuple[dict[str, str], dict[str, Any], str]  # tags, configuration, lifecycle
# A file system's type, tags, configuration and lifecycle, and its volume; what becomes of the volume or file system.
TABLE: dict[str, tuple[str, dict[str, str], dict[str, Any], str, Volume | None, str]] = {
    "all tags and another": ("LUSTRE", TAGS | {"Owner": "x"}, {}, "UPDATING", None, "targets"),
    "one of the tags": ("LUSTRE", ONE, {}, "AVAILABLE", None, ""),
    "another value": ("WINDOWS", TAGS | {"Backup": "Daily"}, {}, "AVAILABLE", None, ""),
    "excluded": ("WINDOWS", TAGS | OUT, {}, "AVAILABLE", None, "left_out"),
    "restored for a test": ("OPENZFS", TAGS | RESTORED, {}, "AVAILABLE", None, "left_out"),
    "scratch": ("LUSTRE", TAGS, {"DeploymentType": "SCRATCH_2"}, "AVAILABLE", None, "unfit"),
    "linked": ("LUSTRE", TAGS, LINKED, "AVAILABLE", None, "unfit"),
    "in the making": ("OPENZFS", TAGS, {}, "CREATING", None, "unfit"),
    "volume of the tagged": ("ONTAP", TAGS, {}, "AVAILABLE", ({}, {}, "CREATED"), "targets"),
    "volume by its own": ("ONTAP", {}, {}, "AVAILABLE", (TAGS, {}, "AVAILABLE"), "targets"),
    "tags of both do not add up": ("ONTAP", ONE, {}, "AVAILABLE", ({**TAGS, "Backup": ""}, {}, "CREATED"), ""),
    "volume without": ("ONTAP", {}, {}, "AVAILABLE", ({}, {}, "CREATED"), ""),
    "volume excluded": ("ONTAP", TAGS, {}, "AVAILABLE", (OUT, {}, "CREATED"), "left_out"),
    "volume of the excluded": ("ONTAP", TAGS | OUT, {}, "AVAILABLE", ({}, {}, "CREATED"), "left_out"),
    "volume of a restore test": ("ONTAP", TAGS, {}, "AVAILABLE", (RESTORED, {}, "CREATED"), "left_out"),
    "DP": ("ONTAP", {}, {}, "AVAILABLE", (TAGS, {"OntapVolumeType": "DP"}, "CREATED"), "unfit"),
    "root": ("ONTAP", TAGS, {}, "AVAILABLE", ({}, {"StorageVirtualMachineRoot": True}, "CREATED"), ""),
    "FlexCache": ("ONTAP", TAGS, {}, "AVAILABLE", ({}, {"FlexCacheEndpointType": "CACHE"}, "CREATED"), "unfit"),
    "volume in the making": ("ONTAP", TAGS, {}, "AVAILABLE", ({}, {}, "CREATING"), "unfit"),
}


@pytest.mark.parametrize("case", TABLE)
def test_what_the_tags_select(world: World, case: str) -> None:
    kind, tags, configuration, lifecycle, volume, expected = TABLE[case]
    seeded = system = world.fsx.seed_file_system(kind, tags=tags, configuration=configuration)
    world.fsx.control.set_lifecycle(system, lifecycle)
    if volume:
        seeded = world.fsx.seed_volume(system, tags=volume[0], configuration=volume[1])
        world.fsx.control.set_lifecycle(seeded, volume[2])
    found = resources(world.fsx.client(), volumes=True)
    plan = parse(world.message("", target_tags=TAGS), world.now).plan
    members = select(plan, with_tags(world.fsx.client(), found, unread(found)))
    got = {one.id: name for name in ("targets", "left_out", "unfit") for one in getattr(members, name)}
    assert got == ({seeded: expected} if expected else {})


@pytest.mark.parametrize(
    ("types", "ontap", "calls"),
    [
        (["LUSTRE", "WINDOWS"], True, {"DescribeFileSystems"}),
        (None, False, {"DescribeFileSystems"}),
        (["ONTAP"], True, {"DescribeFileSystems", "DescribeVolumes", "ListTagsForResource"}),
    ],
)
def test_types_and_the_calls_that_they_need(
    world: World, types: list[str] | None, ontap: bool, calls: set[str]
) -> None:
    lustre = world.fsx.seed_file_system("LUSTRE", tags=TAGS)
    volumes = []
    if ontap:
        system = world.fsx.seed_file_system("ONTAP", tags=TAGS)
        volumes = sorted(world.fsx.seed_volume(system) for _ in range(3))
        world.fsx.seed_volume(system, configuration={"OntapVolumeType": "DP"})
    world.fsx.control.clear_calls()
    given: dict[str, Any] = {"target_types": types} if types else {}
    answer = world.invoke(world.message("", target_tags=TAGS, **given))
    assert answer["targets"] == (volumes if types == ["ONTAP"] else [lustre])
    counts = world.fsx.control.counts()
    assert counts.keys() == calls
    assert counts.get("ListTagsForResource", 0) == (len(volumes) if "ONTAP" in (types or []) else 0)


def test_a_volume_that_was_deleted_while_its_tags_were_read_is_no_target(world: World) -> None:
    system = world.fsx.seed_file_system("ONTAP", tags=TAGS)
    stays, goes = world.fsx.seed_volume(system), world.fsx.seed_volume(system)
    [raw] = world.fsx.client().describe_volumes(VolumeIds=[goes])["Volumes"]
    match = {"ResourceARN": raw["ResourceARN"]}
    world.fsx.control.fault("ResourceNotFound", "ListTagsForResource", times=None, match=match)
    assert world.invoke(world.message("", target_tags=TAGS))["targets"] == [stays]
