"""The sandbox's commands: `python -m dev.sandbox up | env | status | fire [SCHEDULE...] | down`."""

import argparse
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path

from dev.sandbox.aws import ACCOUNT, REGION, Sandbox, SandboxError, end
from dev.sandbox.scheduler import Outcome, Scheduler
from dev.sandbox.state import STATE_FILE, State
from dev.terraform import misled

_FAILED = {Outcome.DEAD_LETTERED, Outcome.DROPPED}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status says whether it did what it was asked."""
    options = _parser().parse_args(arguments)
    try:
        match options.command:
            case "up":
                return _up(options)
            case "down":
                return _down(options.state_file)
            case "env":
                print(_exports(_running(options.state_file)))
            case "status":
                return _status(options.state_file)
            case "fire":
                return _fire(options)
    except SandboxError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("sandbox: interrupted, everything ended", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dev.sandbox", description=__doc__)
    parser.add_argument("--state-file", type=Path, default=STATE_FILE, help="where `up` writes what the others need")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start the sandbox and leave it running")
    up.add_argument("--region", default=REGION)
    up.add_argument("--account", default=ACCOUNT, help="twelve digits")
    up.add_argument("--aws-port", type=int, default=0, help="port for LocalStack; 0: a free one")
    up.add_argument("--fsx-port", type=int, default=0, help="port for the FSx emulator; 0: a free one")
    commands.add_parser("env", help="print the variables for Terraform, the AWS CLI and boto3")
    commands.add_parser("status", help="say what runs")
    fire = commands.add_parser("fire", help="deliver schedules now, as EventBridge Scheduler would")
    fire.add_argument("schedule", nargs="*", help="names; none: all")
    fire.add_argument("--group", help="only schedules of this group")
    fire.add_argument("--scheduled-time", type=_utc, help="the occurrence's time, like 2026-03-22T18:00:00Z")
    commands.add_parser("down", help="end the sandbox that `up` started")
    return parser


def _utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _up(options: argparse.Namespace) -> int:
    if said := misled():
        print(f"sandbox: {said}", file=sys.stderr)
    earlier = State.load(options.state_file)
    if earlier is not None and earlier.running():
        print("sandbox: already running", file=sys.stderr)
    else:
        if earlier is not None:
            end(earlier, options.state_file)  # what a half-started or half-ended one left
        Sandbox(
            region=options.region,
            account=options.account,
            aws_port=options.aws_port,
            fsx_port=options.fsx_port,
            progress=lambda text: print(text, file=sys.stderr),
            state_file=options.state_file,
        ).start()
    print(_exports(_running(options.state_file)))
    print("# To end it: python -m dev.sandbox down")
    return 0


def _down(state_file: Path) -> int:
    state = State.load(state_file)
    if state is None:
        print("sandbox: nothing to end", file=sys.stderr)
        return 0
    end(state, state_file)
    print(f"sandbox: ended {', '.join(f'{process.name} ({process.pid})' for process in state.processes)}")
    return 0


def _status(state_file: Path) -> int:
    state = State.load(state_file)
    if state is None:
        print("sandbox: not running")
        return 1
    for process in state.processes:
        print(f"{process.name}\tpid {process.pid}\t{'running' if process.alive() else 'ended'}")
    print(
        f"AWS\t{state.connection.aws_endpoint}\nFSx\t{state.connection.fsx_endpoint}\nlogs\t{state.connection.folder}"
    )
    return 0 if state.running() else 1


def _fire(options: argparse.Namespace) -> int:
    scheduler = Scheduler(_running(options.state_file).connection.client)
    known = scheduler.names(options.group)
    unknown = set(options.schedule) - {name for _, name in known}
    if unknown:
        raise SandboxError(f"no schedule named {', '.join(sorted(unknown))}; there are: {[name for _, name in known]}")
    firings = [
        scheduler.fire(name, group=group, scheduled_time=options.scheduled_time)
        for group, name in known
        if not options.schedule or name in options.schedule
    ]
    for firing in firings:
        print(f"{firing.group}/{firing.schedule}\t{firing.outcome}\t{firing.scheduled_time}\t{firing.error}".rstrip())
    return 1 if any(firing.outcome in _FAILED for firing in firings) else 0


def _running(state_file: Path) -> State:
    state = State.load(state_file)
    if state is None or not state.running():
        raise SandboxError("not running. Start it: python -m dev.sandbox up")
    return state


def _exports(state: State) -> str:
    variables = state.connection.environment().items()
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables)


if __name__ == "__main__":
    sys.exit(main())
