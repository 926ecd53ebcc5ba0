"""TagResource, UntagResource and ListTagsForResource."""

from dev.fsx_emulator import identifiers, tags
from dev.fsx_emulator.backend import StrictFSxBackend
from dev.fsx_emulator.errors import ServiceError
from dev.fsx_emulator.model import Json
from dev.fsx_emulator.views import tagged


def tag_resource(backend: StrictFSxBackend, parameters: Json) -> Json:
    """TagResource: adds tags or gives existing ones another value."""
    arn = _resource(backend, parameters["ResourceARN"])
    tags.check(parameters["Tags"])
    tags.merge(parameters["Tags"], backend.tags_of(arn))
    backend.tagger.tag_resource(arn, parameters["Tags"])
    return {}


def untag_resource(backend: StrictFSxBackend, parameters: Json) -> Json:
    """UntagResource: keys that the resource does not have are no error."""
    arn = _resource(backend, parameters["ResourceARN"])
    backend.tagger.untag_resource_using_names(arn, parameters["TagKeys"])
    return {}


def list_tags_for_resource(backend: StrictFSxBackend, parameters: Json) -> Json:
    """ListTagsForResource, in pages like every listing."""
    arn = _resource(backend, parameters["ResourceARN"])
    weighted = ((identifiers.weight(tag["Key"]), tag) for tag in backend.tags_of(arn))
    shown, further = backend.page(("ListTagsForResource", arn), weighted, parameters)
    return {**tagged(shown), **further}


def _resource(backend: StrictFSxBackend, arn: str) -> str:
    """The ARN of an existing resource of this account and Region.

    The request's pattern has refused other services' ARNs already, so NotServiceResourceError never occurs.

    Raises:
        ServiceError: ResourceNotFound, also for resources of another account or Region.
    """
    identifier = arn.rpartition("/")[2]
    holders = (backend.backups, backend.file_systems, backend.volumes)
    if not any(identifier in holder and holder[identifier].resource_arn == arn for holder in holders):
        raise ServiceError("ResourceNotFound", "There is no resource with this ARN.", {"ResourceARN": arn})
    return arn
