"""What CloudFormation calls to create, read, change and delete the resources of these constructs.

For each resource type the list is what its handlers in the CloudFormation registry call, as far as the
properties that the constructs set make them.
Source: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html (handlers)
and https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from constructs_lib.cdk_support import HANDLER_ID, ROLE_PATHS
from constructs_lib.data_plane import HARMLESS_POLICIES
from constructs_lib.platform.invocation_logging import OWNER_PARAMETER

__all__ = [
    "Scope",
    "bedrock_statements",
    "foundation_statements",
    "is_handler",
    "network_statements",
    "usage_statements",
]

# Actions that create something have no ARN to be checked against yet.
_CREATE = ("bedrock:CreateGuardrail", "bedrock:CreateKnowledgeBase")
_CREATE_AGENT = ("bedrock:CreateAgent",)
_TAGS = ("bedrock:ListTagsForResource", "bedrock:TagResource", "bedrock:UntagResource")
_GUARDRAIL = (
    "bedrock:CreateGuardrailVersion",
    "bedrock:DeleteGuardrail",
    "bedrock:GetGuardrail",
    "bedrock:UpdateGuardrail",
)
_KNOWLEDGE_BASE = (
    "bedrock:CreateDataSource",
    "bedrock:DeleteDataSource",
    "bedrock:DeleteKnowledgeBase",
    "bedrock:GetDataSource",
    "bedrock:GetKnowledgeBase",
    "bedrock:ListDataSources",
    "bedrock:UpdateDataSource",
    "bedrock:UpdateKnowledgeBase",
)
_AGENT = (
    "bedrock:AssociateAgentKnowledgeBase",
    "bedrock:CreateAgentAlias",
    "bedrock:DeleteAgent",
    "bedrock:DisassociateAgentKnowledgeBase",
    "bedrock:GetAgent",
    "bedrock:GetAgentKnowledgeBase",
    "bedrock:ListAgentActionGroups",
    "bedrock:ListAgentCollaborators",
    "bedrock:ListAgentKnowledgeBases",
    "bedrock:PrepareAgent",
    "bedrock:UpdateAgent",
    "bedrock:UpdateAgentKnowledgeBase",
)
_AGENT_ALIAS = ("bedrock:DeleteAgentAlias", "bedrock:GetAgentAlias", "bedrock:UpdateAgentAlias")
_VECTORS = (
    "s3vectors:CreateIndex",
    "s3vectors:CreateVectorBucket",
    "s3vectors:DeleteIndex",
    "s3vectors:DeleteVectorBucket",
    "s3vectors:GetIndex",
    "s3vectors:GetVectorBucket",
    "s3vectors:ListTagsForResource",
    "s3vectors:TagResource",
    "s3vectors:UntagResource",
)
_BUCKET = (
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:GetAccelerateConfiguration",
    "s3:GetAnalyticsConfiguration",
    "s3:GetBucketAbac",
    "s3:GetBucketCORS",
    "s3:GetBucketLogging",
    "s3:GetBucketMetadataTableConfiguration",
    "s3:GetBucketNotification",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPolicy",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetBucketWebsite",
    "s3:GetEncryptionConfiguration",
    "s3:GetIntelligentTieringConfiguration",
    "s3:GetInventoryConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetMetricsConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:ListBucket",
    "s3:ListTagsForResource",
    "s3:PutBucketLogging",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:TagResource",
    "s3:UntagResource",
)
_FUNCTION = (
    "lambda:CreateFunction",
    "lambda:DeleteFunction",
    "lambda:DeleteFunctionEventInvokeConfig",
    "lambda:GetFunction",
    "lambda:GetFunctionCodeSigningConfig",
    "lambda:GetFunctionConfiguration",
    "lambda:GetFunctionEventInvokeConfig",
    "lambda:GetFunctionRecursionConfig",
    "lambda:GetFunctionScalingConfig",
    "lambda:GetRuntimeManagementConfig",
    "lambda:ListTags",
    "lambda:PutFunctionEventInvokeConfig",
    "lambda:TagResource",
    "lambda:UntagResource",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
    "lambda:UpdateFunctionEventInvokeConfig",
)
# How the logical ids of functions behind custom resources begin, which CloudFormation calls itself: this
# library's handlers, and the CDK's own providers (`AwsCustomResource`, emptying buckets, the default security
# group, log retention, the provider framework). A function of the application is not among them, so that the
# deploy role can't run models through it. Names hold at least the first 24 characters of a logical id.
_HANDLERS = (
    HANDLER_ID,
    "AWS679f53fac002430cb0da5",
    "CustomS3AutoDeleteObject",
    "CustomVpcRestrictDefault",
    "LogRetentionaae0aa3c5b4d",
    "*frameworkonEvent",
)
_HANDLER = re.compile(
    r":function:[^:]*-(?:" + "|".join(name.replace("*", "[^:-]*") for name in _HANDLERS) + ")"
)
_LOG_GROUP = (
    "logs:CreateLogGroup",
    "logs:DeleteLogGroup",
    "logs:DeleteRetentionPolicy",
    "logs:DescribeIndexPolicies",
    "logs:GetDataProtectionPolicy",
    "logs:ListTagsForResource",
    "logs:PutRetentionPolicy",
    "logs:TagResource",
    "logs:UntagResource",
)
# Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/permissions-reference-cw.html
_DASHBOARD = ("cloudwatch:DeleteDashboards", "cloudwatch:GetDashboard", "cloudwatch:PutDashboard")
_ALARM = ("cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm")
_CLOUDWATCH_TAGS = (
    "cloudwatch:ListTagsForResource",
    "cloudwatch:TagResource",
    "cloudwatch:UntagResource",
)
_QUERIES = ("logs:DeleteQueryDefinition", "logs:DescribeQueryDefinitions", "logs:PutQueryDefinition")
_ROLE = (
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:ListRoleTags",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)
_ATTACH = ("iam:AttachRolePolicy", "iam:DetachRolePolicy")
# The kinds of the roles that the stacks make.
_MADE = ("app", "operator", "service")
_POLICY = (
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:ListEntitiesForPolicy",
    "iam:ListPolicyVersions",
)
_PARAMETER = (
    "ssm:AddTagsToResource",
    "ssm:DeleteParameter",
    "ssm:GetParameters",
    "ssm:ListTagsForResource",
    "ssm:PutParameter",
    "ssm:RemoveTagsFromResource",
)
_NETWORK_READ = (
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInstances",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroupRules",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeVpcEncryptionControls",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcs",
)
_NETWORK = (
    "ec2:AssociateRouteTable",
    "ec2:AuthorizeSecurityGroupEgress",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateRouteTable",
    "ec2:CreateSecurityGroup",
    "ec2:CreateSubnet",
    "ec2:CreateTags",
    "ec2:CreateVpc",
    "ec2:CreateVpcEndpoint",
    "ec2:DeleteRouteTable",
    "ec2:DeleteSecurityGroup",
    "ec2:DeleteSubnet",
    "ec2:DeleteTags",
    "ec2:DeleteVpc",
    "ec2:DeleteVpcEndpoints",
    "ec2:DisassociateRouteTable",
    "ec2:ModifySubnetAttribute",
    "ec2:ModifyVpcAttribute",
    "ec2:ModifyVpcEndpoint",
    "ec2:RevokeSecurityGroupEgress",
    "ec2:RevokeSecurityGroupIngress",
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the statements hold: one account and Region, and names that begin with ``prefix``.

    ``prefix`` is how the stacks' names begin, from which CloudFormation makes the names of resources; where a
    service takes lower case only, it is the prefix in lower case. ``itself`` is the name of the stack of the
    deploy role, whose roles and policies it may never touch, and ``path`` the path of that role.
    ``role_paths`` are IAM paths of roles beside this library's own and ``/``.
    """

    partition: str
    region: str
    account: str
    prefix: str
    parameters: str
    itself: str
    path: str = ROLE_PATHS["deploy"]
    role_paths: tuple[str, ...] = ()

    def arn(self, service: str, resource: str, *, region: bool = True, account: bool = True) -> str:
        """Return an ARN of this account."""
        where = f"{self.region if region else ''}:{self.account if account else ''}"
        return f"arn:{self.partition}:{service}:{where}:{resource}"

    def roles(self) -> list[str]:
        """Return the ARNs of the roles that the stacks make: this library's, those of the CDK and others."""
        paths = ("/", *(ROLE_PATHS[kind] for kind in _MADE), *self.role_paths)
        return [self.arn("iam", f"role{path}{self.prefix}*", region=False) for path in dict.fromkeys(paths)]

    def itself_and_its_like(self) -> list[str]:
        """Return the ARNs of the roles and policies of the deploy role's stack, and of all deploy roles."""
        roles = (f"role{path}{self.itself}*" for path in dict.fromkeys(("/", self.path)))
        every = f"role{ROLE_PATHS['deploy']}*"
        return [self.arn("iam", name, region=False) for name in (*roles, every, f"policy/{self.itself}*")]


def is_handler(resource: str) -> bool:
    """Whether an ARN or a pattern of ARNs means functions behind custom resources only."""
    return _HANDLER.search(resource) is not None


def _allow(
    sid: str, actions: tuple[str, ...], *resources: str, **conditions: dict[str, Any]
) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": list(resources),
    }
    if conditions:
        statement["Condition"] = conditions
    return statement


def bedrock_statements(scope: Scope, *, agents: bool) -> list[dict[str, Any]]:
    """Return the control actions of Bedrock and S3 Vectors, and passing the roles that Bedrock assumes."""
    here = {"aws:RequestedRegion": scope.region}
    kinds = ["guardrail/*", "knowledge-base/*", *(["agent/*", "agent-alias/*"] if agents else [])]
    lower = scope.prefix.lower()
    statements = [
        _allow("Create", (*_CREATE, *(_CREATE_AGENT if agents else ())), "*", StringEquals=here),
        _allow("Guardrails", _GUARDRAIL, scope.arn("bedrock", "guardrail/*")),
        _allow("KnowledgeBases", _KNOWLEDGE_BASE, scope.arn("bedrock", "knowledge-base/*")),
        _allow("Tags", _TAGS, *(scope.arn("bedrock", kind) for kind in kinds)),
        _allow("Vectors", _VECTORS, scope.arn("s3vectors", f"bucket/{lower}*")),
    ]
    if agents:
        # Associating a knowledge base is checked against the agent and against the knowledge base.
        statements += [
            _allow(
                "Agents", _AGENT, *(scope.arn("bedrock", kind) for kind in ("agent/*", "knowledge-base/*"))
            ),
            _allow("AgentAliases", _AGENT_ALIAS, scope.arn("bedrock", "agent-alias/*")),
        ]
    return [
        *statements,
        _allow(
            "PassRoles",
            ("iam:PassRole",),
            *scope.roles(),
            StringEquals={"iam:PassedToService": ["bedrock.amazonaws.com", "lambda.amazonaws.com"]},
        ),
    ]


def foundation_statements(scope: Scope) -> list[dict[str, Any]]:
    """Return what the constructs need beside Bedrock: roles, buckets, functions, log groups, parameters."""
    lower = scope.prefix.lower()
    roles = scope.roles()
    policy = scope.arn("iam", f"policy/{scope.prefix}*", region=False)
    shared = scope.arn("iam", f"policy/{scope.itself}-DataPlaneBoundary-*", region=False)
    harmless = [f"arn:{scope.partition}:iam::aws:policy/{name}" for name in sorted(HARMLESS_POLICIES)]
    return [
        _allow("Roles", _ROLE, *roles),
        _allow(
            "Boundaries",
            ("iam:PutRolePermissionsBoundary",),
            *roles,
            ArnLike={"iam:PermissionsBoundary": [policy, shared]},
        ),
        # Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_iam_limit-managed.html
        _allow("HarmlessPolicies", _ATTACH, *roles, ArnEquals={"iam:PolicyARN": harmless}),
        _allow("Policies", _POLICY, policy),
        {"Sid": "NotItself", "Effect": "Deny", "Action": "iam:*", "Resource": scope.itself_and_its_like()},
        _allow("Buckets", _BUCKET, f"arn:{scope.partition}:s3:::{lower}*"),
        _allow(
            "Assets",
            ("s3:GetBucketLocation", "s3:GetObject", "s3:GetObjectVersion"),
            f"arn:{scope.partition}:s3:::cdk-*-assets-{scope.account}-{scope.region}",
            f"arn:{scope.partition}:s3:::cdk-*-assets-{scope.account}-{scope.region}/*",
        ),
        _allow("Functions", _FUNCTION, scope.arn("lambda", f"function:{scope.prefix}*")),
        _allow(
            "Handlers",
            ("lambda:InvokeFunction",),
            *(scope.arn("lambda", f"function:{scope.prefix}*-{logical}*") for logical in _HANDLERS),
        ),
        _allow("LogGroups", _LOG_GROUP, scope.arn("logs", f"log-group:{scope.prefix}*")),
        _allow("ListLogGroups", ("logs:DescribeLogGroups", "logs:DescribeResourcePolicies"), "*"),
        _allow(
            "Parameters",
            _PARAMETER,
            scope.arn("ssm", f"parameter/{scope.parameters}/*"),
            scope.arn("ssm", f"parameter{OWNER_PARAMETER}"),
        ),
        _allow("Bootstrap", ("ssm:GetParameters",), scope.arn("ssm", "parameter/cdk-bootstrap/*")),
    ]


def usage_statements(scope: Scope) -> list[dict[str, Any]]:
    """Return what dashboards, alarms and saved queries need."""
    return [
        # Saved queries have no ARN, and they read nothing themselves.
        _allow("Queries", _QUERIES, "*", StringEquals={"aws:RequestedRegion": scope.region}),
        _allow("Alarms", (*_ALARM, *_CLOUDWATCH_TAGS), scope.arn("cloudwatch", f"alarm:{scope.prefix}*")),
        _allow(
            "Dashboards",
            (*_DASHBOARD, *_CLOUDWATCH_TAGS),
            scope.arn("cloudwatch", f"dashboard/{scope.prefix}*", region=False),
        ),
    ]


def network_statements(scope: Scope) -> list[dict[str, Any]]:
    """Return what a VPC without a way out and its interface endpoints need."""
    return [
        _allow("Network", _NETWORK, scope.arn("ec2", "*")),
        # The describing actions have no resource types.
        _allow("ReadNetwork", _NETWORK_READ, "*", StringEquals={"aws:RequestedRegion": scope.region}),
    ]
