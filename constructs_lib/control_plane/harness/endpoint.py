"""The endpoints of a harness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces import aws_bedrockagentcore as refs

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    check_length,
    check_pattern,
    check_tags,
    with_explained_calls,
)
from constructs_lib.control_plane.harness.base import HarnessBase
from constructs_lib.control_plane.harness.parts import first_letter
from constructs_lib.control_plane.naming import path_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct


__all__ = ["HarnessEndpoint", "HarnessEndpointBase"]


@jsii.implements(refs.IHarnessEndpointRef)
class HarnessEndpointBase(cdk.Resource):
    """What an endpoint of this app and an imported one have in common."""

    harness_endpoint_arn: str
    harness_arn: str

    @property
    def harness_endpoint_ref(self) -> refs.HarnessEndpointReference:
        """The reference that other libraries' constructs take."""
        return refs.HarnessEndpointReference(harness_endpoint_arn=self.harness_endpoint_arn)

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow ``InvokeHarness`` at this endpoint, which is checked on the harness too (data plane)."""
        targets = {
            "harness": _grants.on_arns(self.harness_arn),
            "harness_endpoint": _grants.on_arns(self.harness_endpoint_arn),
        }
        return _grants.grant(grantee, "invoke_harness", targets)


@with_explained_calls
class HarnessEndpoint(HarnessEndpointBase):
    """A name for a version of a harness: callers keep it while the version behind it changes.

    Args:
        harness: The harness.
        endpoint_name: 1-48 letters, digits and ``_``, the first a letter; create-only. Default: made of the
            construct's path.
        target_version: The version that answers, such as ``"2"``. Default: the newest when it is made.
        description: 1-256 characters. Default: none.
        tags: Keys and values. Default: those of the stack.

    Attributes:
        harness_endpoint_arn: Its ARN.
        harness_arn: The ARN of the harness.

    Raises:
        PlanesError: A prop is wrong.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrockagentcore-harnessendpoint.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        harness: HarnessBase,
        endpoint_name: str | None = None,
        target_version: str | None = None,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        check_pattern(
            "endpoint_name",
            endpoint_name,
            r"[a-zA-Z][a-zA-Z0-9_]{0,47}",
            "use 1-48 letters, digits and _, the first a letter",
        )
        check_pattern("target_version", target_version, r"[1-9][0-9]{0,4}", 'pass a version such as "2"')
        check_length("description", description, 1, 256)
        check_tags(tags)
        if not isinstance(harness, HarnessBase):
            raise PlanesError(
                f"`harness` has a value of the type `{type(harness).__name__}`: pass a `Harness`, or "
                "`Harness.from_harness_arn(...)` for one that exists"
            )
        super().__init__(scope, construct_id)
        self._l1 = agentcore.CfnHarnessEndpoint(
            self,
            "Resource",
            harness_id=harness.harness_id,
            endpoint_name=endpoint_name or first_letter(path_name(self, 47, join="_")),
            target_version=target_version,
            description=description,
        )
        for key, value in (tags or {}).items():
            cdk.Tags.of(self._l1).add(key, value)
        self.harness_endpoint_arn: str = self._l1.attr_arn
        self.harness_arn: str = harness.harness_arn

    @staticmethod
    def from_harness_endpoint_arn(
        scope: Construct, construct_id: str, harness_endpoint_arn: str
    ) -> HarnessEndpointBase:
        """Refer to an endpoint that exists."""
        check_pattern(
            "harness_endpoint_arn",
            harness_endpoint_arn,
            r"arn:[\w-]+:bedrock-agentcore:[\w-]+:\d{12}:harness/[\w-]+/harness-endpoint/\w+",
            "pass an ARN such as arn:aws:bedrock-agentcore:us-east-1:111122223333:harness/chat-abcdefghij/"
            "harness-endpoint/live",
        )
        parts = cdk.Fn.split("/", harness_endpoint_arn)
        imported = HarnessEndpointBase(scope, construct_id, environment_from_arn=harness_endpoint_arn)
        imported.harness_endpoint_arn = harness_endpoint_arn
        imported.harness_arn = f"{cdk.Fn.select(0, parts)}/{cdk.Fn.select(1, parts)}"
        return imported
