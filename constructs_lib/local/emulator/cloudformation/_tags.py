"""Tags of a resource through its service's API: read back, added, changed and taken away.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html (tagging)
"""

from __future__ import annotations

from typing import Any

from constructs_lib.local.emulator.cloudformation._shapes import api_value

__all__ = ["change_tags", "read_tags"]


# Any: botocore makes its clients at run time, from data.
def read_tags(client: Any, resource: str) -> None:
    """Make the call that AWS's read handler makes; nothing here needs the answer."""
    client.list_tags_for_resource(**{_resource_member(client, "ListTagsForResource"): resource})


def change_tags(client: Any, resource: str, old: object, new: object) -> None:
    """Bring the tags from `old` to `new`: first what goes, then what comes or has another value."""
    before, after = _by_key(old), _by_key(new)
    gone = sorted(before.keys() - after.keys())
    if gone:
        client.untag_resource(**{_resource_member(client, "UntagResource"): resource}, tagKeys=gone)
    added = {key: value for key, value in after.items() if before.get(key) != value}
    if added:
        shape = client.meta.service_model.operation_model("TagResource").input_shape
        client.tag_resource(
            **{_resource_member(client, "TagResource"): resource},
            tags=api_value(shape.members["tags"], added),
        )


def _resource_member(client: Any, operation: str) -> str:
    """Return the first member of the operation: `resourceArn` or `resourceARN`."""
    members = client.meta.service_model.operation_model(operation).input_shape.members
    return str(next(iter(members)))


def _by_key(tags: object) -> dict[str, str]:
    if isinstance(tags, dict):
        return {str(key): str(value) for key, value in tags.items()}
    return {str(tag["Key"]): str(tag["Value"]) for tag in tags} if isinstance(tags, list) else {}
