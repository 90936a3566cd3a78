"""What the handlers of one resource call, each action held to what it is called with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.catalogue import Plane, actions, called_action, handlers
from constructs_lib.deploy.model import DeployError, Need, Withheld
from constructs_lib.deploy.pruning import is_called, set_paths
from constructs_lib.deploy.scoping import NO_ID, scope
from constructs_lib.deploy.tables import services
from constructs_lib.deploy.values import ANY, Item, leaves
from constructs_lib.templates import mapping

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from constructs_lib.catalogue import ResourceHandlers
    from constructs_lib.deploy.model import DeployOptions

__all__ = ["ALL", "CUSTOM", "REMOVED", "UPDATED", "own_prefix", "resource_needs"]

ALL: Final = ("create", "read", "update", "delete")
UPDATED: Final = ("read", "update", "delete")
"""What changing a resource that stands, and rolling that back, runs of its old form."""
REMOVED: Final = ("read", "delete")
CUSTOM: Final = "AWS::CloudFormation::CustomResource"
_BUCKET_KEY: Final = re.compile(r"bucket", re.IGNORECASE)
_OBJECT_URL: Final = re.compile(
    r"s3://([^/]+)/|https://(?:s3[^/]*\.amazonaws\.com[^/]*/([^/]+)/|([^./]+)\.s3[^/]*/)"
)
_ROLE_KEY: Final = re.compile(r"role", re.IGNORECASE)


def resource_needs(
    item: Item, operations: Collection[str], options: DeployOptions
) -> Iterator[Need | Withheld]:
    """Yield what the handlers of a resource call in some operations.

    Raises:
        DeployError: Nothing says what the resource's type calls.

    """
    kind = item.type
    if kind == CUSTOM or kind.startswith("Custom::"):
        yield from _service_token(item, options)
        return
    row = handlers(kind)
    if row is None or not row.known:
        raise DeployError(_unknown(item))
    if row.becomes:
        # The transform chooses the properties, so that nothing is pruned.
        for made in _made(item, row):
            yield from resource_needs(made, operations, options)
        return
    paths = set_paths(item.body)
    called = {action for operation in operations for action in row.calls[operation]}
    if _is_kept(item):
        called -= set(row.calls["delete"]) - {
            action for one in ALL[:3] if one in operations for action in row.calls[one]
        }
    called.update(row.tagging)
    own = own_prefix(kind, row)
    for name in sorted(called):
        if not is_called(name, kind, own, paths, row.tagging):
            continue
        if kept_back := _withheld(name, item, options):
            yield kept_back
        else:
            yield from _need(name, item)


def _made(item: Item, row: ResourceHandlers) -> Iterator[Item]:
    """Yield the resources that a transform makes of one, with properties that only the transform knows."""
    optional = (name for key, made in row.becomes_with.items() if key in item.properties for name in made)
    for name in (*row.becomes, *optional):
        yield Item(item.at, item.logical_id, {"Type": name, "Properties": {"Fn::Transform": {}}})


def _withheld(name: str, item: Item, options: DeployOptions) -> Withheld | None:
    """Return why the policy does not hold a data action of Bedrock; ``None`` for all other actions."""
    known = actions().get(name)
    if known is None or known.plane is not Plane.DATA or known.tagging:
        return None
    forced = services()["data_actions"].get(item.type, {})
    if name not in forced.get("actions", ()):
        return Withheld(name, item.id, "a data action that no handler is known to force; report it")
    if name not in options.data_actions:
        return Withheld(name, item.id, f"a data action: {forced['why']}; --data-action {name} adds it")
    return None


def _unknown(item: Item) -> str:
    kind = item.type or "(none)"
    return (
        f"{item.id}: nothing says what CloudFormation calls for the type `{kind}`, neither handlers in the "
        "registry nor a row by hand; deploy it in a stack of its own, or add its row with AWS's page to "
        "`constructs_lib/catalogue/handlers.toml`"
    )


def _is_kept(item: Item) -> bool:
    """Whether neither removing nor replacing the resource deletes it.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    return item.body.get("DeletionPolicy") == "Retain" and item.body.get("UpdateReplacePolicy") == "Retain"


def own_prefix(kind: str, row: ResourceHandlers) -> str:
    """Return the IAM prefix of a type's own service: that of actions with the type's name, else of most."""
    noun = kind.rpartition("::")[2].lower()
    counted: dict[str, tuple[int, int]] = {}
    for action in {name for listed in row.calls.values() for name in listed}:
        prefix, _, name = action.partition(":")
        named, listed_times = counted.get(prefix, (0, 0))
        counted[prefix] = (named + (noun in name.lower()), listed_times + 1)
    return max(sorted(counted), key=counted.__getitem__) if counted else ""


def _need(name: str, item: Item) -> Iterator[Need]:
    action = called_action(name)
    if action is None:  # every name of the handlers is in the data
        message = f"{item.id}: `{name}` is not in the data; run `make facts`"
        raise DeployError(message)
    if name == "iam:PassRole":
        yield from _passed_roles(item)
    elif name == "iam:GetRole" and item.type != "AWS::IAM::Role":
        roles = tuple(sorted({arn for arn, _ in _roles(item)}))
        if roles:
            yield Need(name, roles, (), item.id)
    elif name == "iam:CreateServiceLinkedRole":
        yield from _service_linked(item)
    elif name in {"s3:GetObject", "s3:GetObjectVersion"} and item.type != "AWS::S3::Bucket":
        yield from _objects(name, item)
    else:
        arns, why = scope(action, item)
        yield Need(name, arns, (), item.id, why)


def _roles(item: Item) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the ARN of each role that a resource is given, with the services that may be passed it."""
    for path, node in leaves(item.properties):
        if not any(_ROLE_KEY.search(key) for key in path[-2:]):
            continue
        target = item.at.target(node)
        if target is not None and target.type == "AWS::IAM::Role":
            takers = _trusted(target)
            # A role that trusts no service can't be passed to one; it is assumed.
            for arn in target.arns() if takers else ():
                yield arn, takers
        elif target is not None and target.type == "AWS::Serverless::Function":
            continue
        else:
            for text in item.at.texts(node):
                if ":role/" in text:
                    yield text, _taker(item)
                elif text == ANY:
                    yield item.at.arn("arn:${Partition}:iam::${Account}:role/${Name}", ANY), _taker(item)
                elif item.type == "AWS::IAM::InstanceProfile" or "/" not in text:
                    yield item.at.arn("arn:${Partition}:iam::${Account}:role/${Name}", text), _taker(item)


def _trusted(role: Item) -> tuple[str, ...]:
    """Return the services that a role's trust policy names."""
    found: set[str] = set()
    document = mapping(role.properties.get("AssumeRolePolicyDocument"))
    listed = document.get("Statement")
    for statement in listed if isinstance(listed, list) else [listed]:
        named = mapping(mapping(statement).get("Principal")).get("Service")
        for one in named if isinstance(named, list) else [named] if named is not None else ():
            found.update(text for text in role.at.texts(one) if "*" not in text)
    return tuple(sorted(found))


def _taker(item: Item) -> tuple[str, ...]:
    """Return the service that a type passes roles to."""
    named = services()["passed_to"].get(item.type)
    if named:
        return (named,)
    return (f"{item.type.split('::')[1].lower()}.amazonaws.com",) if item.type.count("::") == 2 else ()


def _passed_roles(item: Item) -> Iterator[Need]:
    by_services: dict[tuple[str, ...], set[str]] = {}
    for arn, takers in _roles(item):
        by_services.setdefault(takers, set()).add(arn)
    if not by_services and "*" in set_paths(item.body):
        by_services[_taker(item)] = {
            item.at.arn("arn:${Partition}:iam::${Account}:role/${Name}", item.at.generated(64, lower=False))
        }
    for takers, arns in sorted(by_services.items()):
        condition = (("StringEquals", "iam:PassedToService", takers),) if takers else ()
        why = NO_ID if any(arn.endswith("role/*") for arn in arns) else ""
        yield Need("iam:PassRole", tuple(sorted(arns)), condition, item.id, why)


def _service_linked(item: Item) -> Iterator[Need]:
    named = services()["service_linked_roles"].get(item.type)
    if named:
        arns = tuple(
            item.at.arn("arn:${Partition}:iam::${Account}:role/aws-service-role/${Name}/*", one)
            for one in named
        )
        yield Need(
            "iam:CreateServiceLinkedRole",
            arns,
            (("StringEquals", "iam:AWSServiceName", tuple(named)),),
            item.id,
        )
        return
    arn = item.at.arn("arn:${Partition}:iam::${Account}:role/aws-service-role/${Name}", ANY)
    yield Need(
        "iam:CreateServiceLinkedRole", (arn,), (), item.id, "which service makes the role is not in our table"
    )


def _objects(name: str, item: Item) -> Iterator[Need]:
    """Yield reading the objects that a resource is made from: code, definitions, templates."""
    found: set[str] = set()
    for path, node in leaves(item.properties):
        for text in item.at.texts(node) if isinstance(node, (str, dict)) else ():
            if path and _BUCKET_KEY.search(path[-1]) and not text.startswith("arn:"):
                found.add(text)
            elif match := _OBJECT_URL.search(text):
                found.add(next(filter(None, match.groups())))
    if "*" in set_paths(item.body):
        found.add(ANY)
    if found:
        arns = tuple(sorted(item.at.arn("arn:${Partition}:s3:::${Name}/*", one) for one in found))
        yield Need(name, arns, (), item.id, NO_ID if ANY in found else "")


def _service_token(item: Item, options: DeployOptions) -> Iterator[Need]:
    """Yield calling the function or topic of a custom resource.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html
    """
    token = item.properties.get("ServiceToken")
    target = item.at.target(token)
    if target is not None and target.type == "AWS::Lambda::Function":
        # The application's own functions have the same prefix, and whoever calls them acts as them.
        named = target.properties.get("FunctionName") is not None
        name = target.at.function(target.logical_id)
        form = "arn:${Partition}:lambda:${Region}:${Account}:function:${Name}"
        arns = target.arns() if named else (target.at.arn(form, name),)
    else:
        arns = target.arns() if target is not None and target.arns() else item.at.texts(token)
    for arn in arns:
        if ":sns:" in arn or (target is not None and target.type == "AWS::SNS::Topic"):
            yield Need("sns:Publish", (arn,), (), item.id)
        elif ":lambda:" in arn:
            both = (arn,) if arn.endswith("*") else (arn, f"{arn}:*")
            yield Need("lambda:InvokeFunction", both, (), item.id)
        elif options.service_tokens:
            for one in options.service_tokens:
                yield Need("sns:Publish" if ":sns:" in one else "lambda:InvokeFunction", (one,), (), item.id)
        else:
            message = (
                f"{item.id}: the function behind this custom resource is not in the templates; name it with "
                "--service-token ARN"
            )
            raise DeployError(message)
