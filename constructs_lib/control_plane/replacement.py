"""What becomes of a resource that an update replaces, so that those who hold its id are not left without."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from constructs import IConstruct

__all__ = ["OnReplace", "followed", "keep_removed", "keep_replaced", "refer_weakly", "resources_below"]

# Of no use to a knowledge base that is kept: its role stays as it is, and functions serve deployments only.
_NOT_KEPT = frozenset(("AWS::IAM::Role", "AWS::Lambda::Function"))


class OnReplace(Enum):
    """What becomes of the old resource when an update replaces it.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html
    """

    DELETE = "DELETE"
    """It is deleted at the end of the update. A stack that imports its id blocks the update."""
    KEEP = "KEEP"
    """It stays, outside the stack, until you delete it. Other stacks have its id until they are deployed."""


_REMOVED = {
    cdk.RemovalPolicy.RETAIN: cdk.CfnDeletionPolicy.RETAIN,
    cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE: cdk.CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE,
}


def keep_removed(policy: cdk.RemovalPolicy, resources: Iterable[cdk.CfnResource]) -> None:
    """Keep what a resource needs when it leaves the stack, if the resource is kept by this policy.

    What an update replaces goes as without it.
    """
    if (kept := _REMOVED.get(policy)) is None:
        return
    for resource in resources:
        options = resource.cfn_options
        options.deletion_policy = kept
        options.update_replace_policy = cdk.CfnDeletionPolicy.DELETE


def keep_replaced(resources: Iterable[cdk.CfnResource]) -> None:
    """Keep the old one of each resource when an update replaces it; what is left goes with the stack.

    CloudFormation's validation warns of one policy without the other, so the default of the other is written.
    That of a cluster is a snapshot:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    for resource in resources:
        options = resource.cfn_options
        options.update_replace_policy = cdk.CfnDeletionPolicy.RETAIN
        if options.deletion_policy is None:
            is_cluster = resource.cfn_resource_type == "AWS::RDS::DBCluster"
            options.deletion_policy = (
                cdk.CfnDeletionPolicy.SNAPSHOT if is_cluster else cdk.CfnDeletionPolicy.DELETE
            )


def resources_below(scope: IConstruct) -> list[cdk.CfnResource]:
    """Return the L1s below a construct that hold or open data: no roles and no functions."""
    found = [one for one in scope.node.find_all() if isinstance(one, cdk.CfnResource)]
    return [one for one in found if one.cfn_resource_type not in _NOT_KEPT]


def refer_weakly(resource: cdk.CfnResource) -> None:
    """Let other stacks read the attributes of a resource by ``Fn::GetStackOutput``, which blocks no update.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
    """
    cdk.CrossStackReferences.of(resource).produce(cdk.ReferenceStrength.WEAK)


@jsii.implements(cdk.IStringProducer)
class _Followed:
    def __init__(self, stack: cdk.Stack, attribute: str, fingerprint_of: Callable[[], str]) -> None:
        self._stack, self._attribute, self._fingerprint_of = stack, attribute, fingerprint_of

    def produce(self, context: cdk.IResolveContext) -> str:
        if cdk.Stack.of(context.scope) is self._stack:
            return self._attribute
        # A list of one is that one, whatever joins it.
        delimiter = "x" if context.preparing else self._fingerprint_of()
        return cdk.Token.as_string({"Fn::Join": [delimiter, [self._attribute]]})


def followed(resource: cdk.CfnResource, attribute: str, fingerprint_of: Callable[[], str]) -> str:
    """Return a token of an attribute that changes the templates of other stacks when the resource changes.

    A weak reference reads the same in their templates whatever the id is. Neither the CDK CLI nor
    CloudFormation would see a reason to deploy them again. So the fingerprint is in their text, where it has
    no effect on the value.

    Args:
        resource: The resource.
        attribute: A token of its attribute.
        fingerprint_of: Gives the fingerprint of what replaces the resource.
    """
    return cdk.Lazy.uncached_string(_Followed(cdk.Stack.of(resource), attribute, fingerprint_of))
