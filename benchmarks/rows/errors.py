"""Ten targets, one of which FSx refuses for good: how much of the healthy work is done, and is anybody told?"""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks import peers
from benchmarks.processes import Run, Side, detail
from benchmarks.result import Limit, Result
from benchmarks.stage import Stage, purge_event, stage

if TYPE_CHECKING:
    from collections.abc import Callable

TARGETS = 10
STRUCK = (2, 5, 8)  # which of the ten, a round each
ON_DELETE = ("BackupBeingCopied", "BackupNotFound", "BackupRestoring")
ON_CREATE = ("ServiceLimitExceeded", "BadRequest")


def start_event(target: str, name: str = "home") -> dict[str, Any]:
    """An occurrence that is due now."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"version": 1, "action": "start", "scheduled_time": now, "plan": {"name": name, "file_system_id": target}}


def create_policy() -> dict[str, Any]:
    """As Cloud Custodian documents it."""
    return {
        "resource": "aws.fsx",
        "actions": [{"type": "backup", "copy-tags": True, "tags": {"BackupSource": "CloudCustodian"}}],
    }


def sides(fault: str, targets: list[str]) -> list[Side]:
    if fault in ON_CREATE:
        return peers.present(
            peers.ours([start_event(target) for target in targets]), peers.custodian("create", **create_policy())
        )
    return peers.present(
        peers.ours([purge_event(target) for target in targets]),
        peers.custodian("purge", **peers.purge_policy()),
        peers.plain(*targets),
    )


def once(scene: Stage, side: Side, fault: str, struck: int) -> tuple[Run, float, str]:
    """The run, percent of the nine healthy targets that were served, and how the tenth became known."""
    scene.reset()
    targets = scene.file_systems(TARGETS)
    if fault in ON_CREATE:
        scene.control(
            "fault", fault=fault, operation="CreateBackup", times=None, match={"FileSystemId": targets[struck]}
        )
        name = targets[struck]
    else:
        old = scene.backups([{"target_id": target, "hours": 240} for target in targets])
        scene.backups([{"target_id": target, "hours": 1} for target in targets])
        scene.control("fault", fault=fault, operation="DeleteBackup", times=None, match={"BackupId": old[struck]})
        name = old[struck]
    with scene.told() as told:
        run = scene.play(side)
        mails = [mail for mail in told() if name in mail["Subject"] + mail["Message"]]
    left = scene.left()
    if fault in ON_CREATE:
        served = {backup["FileSystem"]["FileSystemId"] for backup in left} - {targets[struck]}
    else:
        healthy = set(old) - {name}
        served = healthy - {backup["BackupId"] for backup in left}
    known = "told" if mails else f"exit status {run.status}" if run.status else "nobody told"
    return run, 100 * len(served) / (TARGETS - 1), known


def row(fault: str) -> list[Result]:
    runs: dict[str, list[tuple[Run, float, str]]] = {}
    targets = [f"fs-{number:017x}" for number in range(TARGETS)]
    with stage() as scene:
        for struck in STRUCK:
            for side in sides(fault, targets):
                runs.setdefault(side.name, []).append(once(scene, side, fault, struck))
    shares = {name: median(share for _, share, _ in of_side) for name, of_side in runs.items()}
    details = [
        detail(name, [run for run, _, _ in of_side], f"{shares[name]:.0f}% of the healthy nine; {of_side[0][2]}")
        for name, of_side in runs.items()
    ]
    known = {known for _, _, known in runs["ours"]}
    limits = [Limit("every healthy target served", min(share for _, share, _ in runs["ours"]) == 100)]
    if fault != "BackupNotFound":  # gone is what was wanted
        limits.append(Limit("people are told of the tenth", known == {"told"}))
    names = (peers.C7N,) if fault in ON_CREATE else (peers.C7N, peers.PLAIN)
    return [
        Result(f"healthy-{fault}", shares["ours"], "%", {name: shares.get(name) for name in names}, limits, details)
    ]


ROWS: dict[str, Callable[[], list[Result]]] = {
    f"healthy-{fault}": (lambda fault=fault: row(fault))  # type: ignore[misc]
    for fault in (*ON_DELETE, *ON_CREATE)
}
