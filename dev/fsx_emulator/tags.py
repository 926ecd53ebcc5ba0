"""Rules on tags. Pure."""

from dev.fsx_emulator.errors import bad_request
from dev.fsx_emulator.model import Json

MOST_TAGS = 50  # of one resource; shape Tags


def check(tags: list[Json]) -> None:
    """Refuse what the shape's own limits let through: reserved keys, one key twice.

    Raises:
        ServiceError: BadRequest.
    """
    keys = [tag["Key"] for tag in tags]
    reserved = next((key for key in keys if key.lower().startswith("aws:")), None)
    if reserved is not None:
        raise bad_request(f"Tag keys that start with aws: are reserved for use by AWS: {reserved}")
    if len(set(keys)) < len(keys):
        raise bad_request("A tag key may be given only once.")


def inheritable(tags: list[Json]) -> list[Json]:
    """The tags that a resource hands on: AWS's own (`aws:`) stay where they are."""
    return [tag for tag in tags if not tag["Key"].lower().startswith("aws:")]


def merge(own: list[Json], inherited: list[Json]) -> list[Json]:
    """Both sets; where they disagree, `own` wins.

    Raises:
        ServiceError: BadRequest when the sum exceeds what one resource may carry.
    """
    merged = {tag["Key"]: tag["Value"] for tag in [*inherited, *own]}
    if len(merged) > MOST_TAGS:
        raise bad_request(f"A resource can have at most {MOST_TAGS} tags, not {len(merged)}.")
    return [{"Key": key, "Value": value} for key, value in merged.items()]
