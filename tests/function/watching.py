"""Time that passes with its health checks, and what came of them."""

from botocore.exceptions import ClientError

from tests.support.world import DEPLOYMENT, Mail, World


def outcomes(world: World) -> list[str]:
    return [mail.attributes["outcome"] for mail in world.topic.mails]


def only(world: World) -> Mail:
    """The one notification that there is."""
    [mail] = world.topic.mails
    return mail


def late_plans(world: World) -> list[float]:
    return world.cloudwatch.values("LatePlans", Deployment=DEPLOYMENT)


def pass_hours(world: World, hours: float) -> None:
    """Time passes with its health checks, and with nothing else."""
    for _ in range(int(hours * 2)):
        world.advance(minutes=30)
        world.check()


def silence(world: World, error: str, operation: str) -> None:
    if operation == "GetSchedule":
        world.scheduler.broken = ClientError({"Error": {"Code": error}}, operation)
    else:
        world.fsx.control.fault(error, operation, times=None)
