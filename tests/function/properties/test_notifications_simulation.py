"""Five plans (fifty with the nightly profile) for thirty days, then one of them silent for two: who hears of what."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

from tests.function.properties.profile import PROFILE
from tests.support.world import World

PLANS = 50 if PROFILE == "nightly" else 5
WELL, SILENT, AFTER = 30, 2, 2  # days
EVERY = 4  # hours
REPORT_HOUR = 6


def test_a_well_fleet_is_silent_and_a_stop_is_four_notifications(world: World) -> None:
    control = world.fsx.control
    control.quotas(file_systems=PLANS)
    control.listing(page_size=1000, short_pages=False)
    control.durations(backup=60)
    control.set_time(world.now.replace(minute=0, second=0))
    names = [f"plan-{number:02}" for number in range(PLANS)]
    for name in names:
        target = world.fsx.seed_file_system("OPENZFS")
        world.schedule(target, name=name, notify_on_success=False, retention={"days": 1})
    mails: dict[str, Counter[str]] = {"always": Counter(), "problems": Counter()}

    def hear(kind: str) -> None:
        mails[kind].update(mail.attributes["outcome"] for mail in world.topic.mails)
        world.topic.mails.clear()

    def send(message: dict[str, Any]) -> None:
        world.send({**message, "scheduled_time": f"{world.now:%Y-%m-%dT%H:%M:%SZ}"})
        while world.deliver():
            pass

    def play(days: int, silent: str = "") -> None:
        for hour in range(days * 24):
            begin = world.now
            if hour % EVERY == 0:
                for name in names:
                    if name != silent:
                        send(json.loads(world.scheduler.schedules["prod", name]["Target"]["Input"]))
                world.advance(minutes=5)
                while world.deliver():
                    pass
            hear("problems")
            if begin.hour == REPORT_HOUR:
                for kind in mails:
                    send({"action": "report", "plans": names, "notify": kind, "schedule": "cron(0 6 * * ? *)"})
                    hear(kind)
            control.set_time(begin + timedelta(hours=1))
            send({"action": "check", "plans": names, "interval_minutes": 60})
            hear("problems")

    play(WELL)
    well = dict(mails["problems"]), dict(mails["always"])
    play(SILENT, names[-1])
    play(AFTER)
    stopped = mails["problems"]
    print(f"{PLANS} plans, {WELL} days: {well[0]} with problems, {well[1]} with always; a stop: {dict(stopped)}")
    assert well == ({}, {"REPORT": WELL})
    assert stopped == {"LATE": 1, "REPORT": 1, "RECOVERED": 1}
    assert not world.queue.records
    assert not world.queue.dead_letters
