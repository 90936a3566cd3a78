"""The condition keys that requests to any service may carry.

The list is AWS's page, with the cross-service keys that it lists among the properties of the role session:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
Three keys are on pages of their own: those of managed MCP servers
(https://docs.aws.amazon.com/agent-toolkit/latest/userguide/security_iam_troubleshoot.html,
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSMcpServiceActionsFullAccess.html), and the
owner of the source, which Amazon SNS puts into policies
(https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html).
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["global_condition_keys"]

# A key that ends in a slash has any name behind it.
_KEYS = """
aws:PrincipalAccount aws:PrincipalArn aws:PrincipalIsAWSService aws:PrincipalOrgID aws:PrincipalOrgPaths
aws:PrincipalServiceName aws:PrincipalServiceNamesList aws:PrincipalTag/ aws:PrincipalType aws:userid
aws:username
aws:AssumedRoot aws:ChatbotSourceArn aws:Ec2InstanceSourcePrivateIPv4 aws:Ec2InstanceSourceVpc
aws:FederatedProvider aws:MultiFactorAuthAge aws:MultiFactorAuthPresent aws:SignInSessionArn
aws:SourceIdentity aws:TokenIssueTime codebuild:BuildArn codebuild:ProjectArn ec2:RoleDelivery
ec2:SourceInstanceArn glue:CredentialIssuingService glue:RoleAssumedBy identitystore:UserId
lambda:SourceFunctionArn ssm:SourceInstanceArn
aws:SourceIp aws:SourceVpc aws:SourceVpcArn aws:SourceVpce aws:VpcSourceIp aws:VpceAccount aws:VpceOrgID
aws:VpceOrgPaths
aws:ResourceAccount aws:ResourceOrgID aws:ResourceOrgPaths aws:ResourceTag/
aws:CalledVia aws:CalledViaAWSMCP aws:CalledViaFirst aws:CalledViaLast aws:CurrentTime aws:EpochTime
aws:IsMcpServiceAction aws:referer aws:RequestedRegion aws:RequestTag/ aws:SecureTransport aws:SourceAccount
aws:SourceArn aws:SourceOrgID aws:SourceOrgPaths aws:SourceOwner aws:TagKeys aws:UserAgent
aws:ViaAWSMCPService aws:ViaAWSService
""".split()  # noqa: SIM905 - sixty names are read more easily as a text


@cache
def global_condition_keys() -> Mapping[str, str]:
    """Return the global condition keys as AWS writes them, by the name in lower case.

    A key that ends in a slash (`aws:PrincipalTag/`) takes any name behind it.
    """
    return MappingProxyType({key.lower(): key for key in _KEYS})
