"""What a harness of this app and an imported one have in common."""

from __future__ import annotations

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces import aws_bedrockagentcore as refs

from constructs_lib import grants as _grants

__all__ = ["HarnessBase"]


@jsii.implements(refs.IHarnessRef)
class HarnessBase(cdk.Resource):
    """What a harness of this app and an imported one have in common."""

    harness_arn: str
    harness_id: str

    @property
    def harness_ref(self) -> refs.HarnessReference:
        """The reference that other libraries' constructs take."""
        return refs.HarnessReference(harness_arn=self.harness_arn)

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow ``InvokeHarness``, which needs ``InvokeAgentRuntime`` on the harness too (data plane)."""
        return _grants.grant(grantee, "invoke_harness", {"harness": _grants.on_arns(self.harness_arn)})
