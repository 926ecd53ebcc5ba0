"""A plan with target_tags that finds a thousand file systems and a thousand ONTAP volumes, at 20 ms a call of FSx."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from dev.benchmarks import peers
from dev.benchmarks.processes import detail
from dev.benchmarks.result import Limit, Result, pages
from dev.benchmarks.stage import Stage, stage

COUNT, ONTAP_SYSTEMS = 1000, 10
PAGE = 50  # of DescribeFileSystems and DescribeVolumes
LATENCY = 0.02
MOST_SECONDS = 60
TAGS = {"Backup": "daily"}
CANNOT = {peers.C7N: "starts no backups of volumes"}
# All pages, with the root volume of each OpenZFS file system; the tags of each ONTAP volume, as any may be excluded.
FLOOR = pages(COUNT + ONTAP_SYSTEMS, PAGE) + pages(2 * COUNT, PAGE) + COUNT


def prepare(scene: Stage) -> None:
    """Half of the volumes by their own tags, half by those of their file system."""
    scene.reset(latency=LATENCY, page=PAGE)
    scene.control("quotas", file_systems=COUNT + ONTAP_SYSTEMS, volumes_per_file_system=COUNT)

    def file_system(number: int) -> str:
        kind = "ONTAP" if number < ONTAP_SYSTEMS else "OPENZFS"
        tags = TAGS if kind != "ONTAP" or number % 2 else {}
        return str(scene.control("seed_file_system", file_system_type=kind, tags=tags))

    with ThreadPoolExecutor(8) as pool:
        systems = list(pool.map(file_system, range(COUNT + ONTAP_SYSTEMS)))

        def volume(number: int) -> None:
            tags = {} if number % ONTAP_SYSTEMS % 2 else TAGS
            scene.control("seed_volume", file_system_id=systems[number % ONTAP_SYSTEMS], tags=tags)

        list(pool.map(volume, range(COUNT)))


def waiting(scene: Stage) -> int:
    """Messages in the queue."""
    name = "ApproximateNumberOfMessages"
    found: Any = scene.connection.client("sqs").get_queue_attributes(QueueUrl=scene.queue, AttributeNames=[name])
    return int(found["Attributes"][name])


def row() -> list[Result]:
    event = {"version": 1, "action": "backup", "plan": {"name": "all", "target_tags": TAGS}}
    with stage() as scene:
        prepare(scene)
        run = scene.play(peers.ours([event])).checked()
        sent = waiting(scene)
    answer = json.loads(run.output.splitlines()[0])[0]
    if "error" in answer:
        raise RuntimeError(answer["error"])
    calls = sum((run.calls or {}).values())
    limits = [
        Limit(f"all found and sent ({sent} of {2 * COUNT})", sent == len(set(answer["targets"])) == 2 * COUNT),
        Limit(f"at most {MOST_SECONDS} s", run.seconds <= MOST_SECONDS),
        Limit(f"at most one call for each page and volume ({calls:,} of {FLOOR:,})", calls <= FLOOR),
    ]
    one = detail("ours", [run], f"{sent} messages")
    note = f"{COUNT} file systems and {COUNT} ONTAP volumes. Calls: {calls:,}, at the least {FLOOR:,}."
    return [Result(f"fleet-{COUNT}", run.seconds, "s", cannot=CANNOT, limits=limits, details=[one], note=note)]


ROWS: dict[str, Callable[[], list[Result]]] = {f"fleet-{COUNT}": row}
