"""What AWS's handlers call for types that ministack makes in-process, written by hand from AWS's pages.

Nothing of it is taken from `constructs_lib.catalogue`, so that the tests don't compare the catalogue with
itself. Each service's page says which permission a call needs:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/permissions-reference-cw.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TABLE", "Handlers", "Needed"]


@dataclass(frozen=True, slots=True)
class Needed:
    """An action, the form of its resource, and the properties of which one makes AWS's handler call it.

    `{id}` is the physical id, `{name}` its last part, `{path}` the same without a slash in front; `{Bucket}`
    and the like are the template's own properties, `{each}` stands for every item of the list in the property
    `each`, `{each_name}` for its last part, and `{role}` is the ARN of the role that is made or that `each`
    names; `passes_to` is the service that a role is passed to.
    """

    action: str
    resource: str = "*"
    when: tuple[str, ...] = ()
    each: str = ""
    passes_to: str = ""


@dataclass(frozen=True, slots=True)
class Handlers:
    """What the handlers of a type call.

    `update` are the calls for properties, items and tags that come or get another value, `removed` those for
    what goes; `read` follows a creation and precedes an update.
    """

    create: tuple[Needed, ...]
    read: tuple[Needed, ...] = ()
    update: tuple[Needed, ...] = ()
    removed: tuple[Needed, ...] = ()
    delete: tuple[Needed, ...] = ()


def _all(prefix: str, resource: str, *names: str) -> tuple[Needed, ...]:
    return tuple(Needed(f"{prefix}:{name}", resource) for name in names)


_ROLE = "{role}"
_BUCKET = "arn:aws:s3:::{id}"
_GROUP = "arn:aws:logs:{region}:{account}:log-group:{id}"
_ALARM = "arn:aws:cloudwatch:{region}:{account}:alarm:{id}"
_DASHBOARD = "arn:aws:cloudwatch::{account}:dashboard/{id}"
_FUNCTION = "arn:aws:lambda:{region}:{account}:function:{id}"
_NAMED_FUNCTION = "arn:aws:lambda:{region}:{account}:function:{function}"
_QUEUE = "arn:aws:sqs:{region}:{account}:{name}"
_RULE = "arn:aws:events:{region}:{account}:rule/{id}"
_MAPPING = "arn:aws:lambda:{region}:{account}:event-source-mapping:{id}"
_SCHEDULE = "arn:aws:scheduler:{region}:{account}:schedule/default/{id}"
_PARAMETER = "arn:aws:ssm:{region}:{account}:parameter/{path}"
_CODE = Needed(
    "s3:GetObject", "arn:aws:s3:::{Code_S3Bucket}/{Code_S3Key}", when=("Code.S3Bucket", "Code.S3Key")
)
_PASS = Needed("iam:PassRole", "{Role}", when=("Role",), passes_to="lambda.amazonaws.com")
_PASS_TO_STATES = Needed("iam:PassRole", "{RoleArn}", when=("RoleArn",), passes_to="states.amazonaws.com")
_PASS_TO_SCHEDULER = Needed(
    "iam:PassRole", "{Target_RoleArn}", when=("Target.RoleArn",), passes_to="scheduler.amazonaws.com"
)

# What UpdateFunctionConfiguration changes.
# https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
_CONFIGURATION = (
    "DeadLetterConfig",
    "Description",
    "Environment",
    "EphemeralStorage",
    "FileSystemConfigs",
    "Handler",
    "KmsKeyArn",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "Role",
    "Runtime",
    "SnapStart",
    "Timeout",
    "TracingConfig",
    "VpcConfig",
)

# The calls that set one property of a bucket; Delete calls need the permission of the Put call.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_BUCKET_PROPERTIES = {
    "AccelerateConfiguration": "PutAccelerateConfiguration",
    "BucketEncryption": "PutEncryptionConfiguration",
    "CorsConfiguration": "PutBucketCORS",
    "LifecycleConfiguration": "PutLifecycleConfiguration",
    "LoggingConfiguration": "PutBucketLogging",
    "NotificationConfiguration": "PutBucketNotification",
    "OwnershipControls": "PutBucketOwnershipControls",
    "PublicAccessBlockConfiguration": "PutBucketPublicAccessBlock",
    "VersioningConfiguration": "PutBucketVersioning",
    "WebsiteConfiguration": "PutBucketWebsite",
}
_PUTS = tuple(Needed(f"s3:{call}", _BUCKET, when=(name,)) for name, call in _BUCKET_PROPERTIES.items())
_RETAG = Needed("s3:PutBucketTagging", _BUCKET, when=("Tags",))

# The Get call of each property that AWS::S3::Bucket has, and HeadBucket, which needs ListBucket.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
_BUCKET_READS = _all(
    "s3",
    _BUCKET,
    "GetAccelerateConfiguration",
    "GetAnalyticsConfiguration",
    "GetBucketAbac",
    "GetBucketCORS",
    "GetBucketLogging",
    "GetBucketMetadataTableConfiguration",
    "GetBucketNotification",
    "GetBucketObjectLockConfiguration",
    "GetBucketOwnershipControls",
    "GetBucketPublicAccessBlock",
    "GetBucketTagging",
    "GetBucketVersioning",
    "GetBucketWebsite",
    "GetEncryptionConfiguration",
    "GetIntelligentTieringConfiguration",
    "GetInventoryConfiguration",
    "GetLifecycleConfiguration",
    "GetMetricsConfiguration",
    "GetReplicationConfiguration",
    "ListBucket",
)


def _ec2(kind: str, create: str, *more: Needed) -> Handlers:
    """Return what creating a type of Amazon EC2 needs; tags are given with the resource."""
    arn = f"arn:aws:ec2:{{region}}:{{account}}:{kind}/{{id}}"
    actions = (Needed(create, arn), Needed("ec2:CreateTags", arn, when=("Tags",)))
    return Handlers(actions + tuple(Needed(one.action, arn, when=one.when) for one in more))


TABLE: dict[str, Handlers] = {
    # A role can be deleted only without policies.
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
    "AWS::IAM::Role": Handlers(
        create=(
            Needed("iam:CreateRole", _ROLE),
            Needed("iam:PutRolePolicy", _ROLE, when=("Policies",)),
            Needed("iam:AttachRolePolicy", _ROLE, each="ManagedPolicyArns"),
            Needed("iam:TagRole", _ROLE, when=("Tags",)),
        ),
        read=(
            *_all("iam", _ROLE, "GetRole", "ListRolePolicies", "ListAttachedRolePolicies", "ListRoleTags"),
            Needed("iam:GetRolePolicy", _ROLE, when=("Policies",)),
        ),
        update=(
            Needed("iam:UpdateAssumeRolePolicy", _ROLE, when=("AssumeRolePolicyDocument",)),
            Needed("iam:UpdateRole", _ROLE, when=("Description", "MaxSessionDuration")),
            Needed("iam:PutRolePermissionsBoundary", _ROLE, when=("PermissionsBoundary",)),
            Needed("iam:PutRolePolicy", _ROLE, when=("Policies",)),
            Needed("iam:AttachRolePolicy", _ROLE, each="ManagedPolicyArns"),
            Needed("iam:TagRole", _ROLE, when=("Tags",)),
        ),
        removed=(
            Needed("iam:UpdateRole", _ROLE, when=("Description", "MaxSessionDuration")),
            Needed("iam:DeleteRolePermissionsBoundary", _ROLE, when=("PermissionsBoundary",)),
            Needed("iam:DeleteRolePolicy", _ROLE, when=("Policies",)),
            Needed("iam:DetachRolePolicy", _ROLE, each="ManagedPolicyArns"),
            Needed("iam:UntagRole", _ROLE, when=("Tags",)),
        ),
        delete=(
            *_all("iam", _ROLE, "ListRolePolicies", "ListAttachedRolePolicies"),
            Needed("iam:DeleteRolePolicy", _ROLE, when=("Policies",)),
            Needed("iam:DetachRolePolicy", _ROLE, each="ManagedPolicyArns"),
            Needed("iam:DeleteRole", _ROLE),
        ),
    ),
    "AWS::IAM::Policy": Handlers(
        create=(Needed("iam:PutRolePolicy", _ROLE, each="Roles"),),
        update=(Needed("iam:PutRolePolicy", _ROLE, when=("PolicyDocument",), each="Roles"),),
        removed=(Needed("iam:DeleteRolePolicy", _ROLE, each="Roles"),),
        delete=(Needed("iam:DeleteRolePolicy", _ROLE, each="Roles"),),
    ),
    # A managed policy can be deleted only without attachments and other versions.
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
    "AWS::IAM::ManagedPolicy": Handlers(
        create=(Needed("iam:CreatePolicy", "{id}"), Needed("iam:AttachRolePolicy", _ROLE, each="Roles")),
        read=_all("iam", "{id}", "GetPolicy", "GetPolicyVersion", "ListEntitiesForPolicy"),
        update=(
            Needed("iam:ListPolicyVersions", "{id}", when=("PolicyDocument",)),
            Needed("iam:CreatePolicyVersion", "{id}", when=("PolicyDocument",)),
            Needed("iam:AttachRolePolicy", _ROLE, each="Roles"),
        ),
        removed=(Needed("iam:DetachRolePolicy", _ROLE, each="Roles"),),
        delete=(
            *_all("iam", "{id}", "ListEntitiesForPolicy", "ListPolicyVersions"),
            Needed("iam:DetachRolePolicy", _ROLE, each="Roles"),
            Needed("iam:DeletePolicy", "{id}"),
        ),
    ),
    # Tags of a new bucket are given with it, which needs TagResource.
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
    "AWS::S3::Bucket": Handlers(
        create=(
            Needed("s3:CreateBucket", _BUCKET),
            Needed("s3:TagResource", _BUCKET, when=("Tags",)),
            *_PUTS,
        ),
        read=_BUCKET_READS,
        update=(*_PUTS, _RETAG),
        removed=(*_PUTS, _RETAG),
        delete=_all("s3", _BUCKET, "ListBucket", "DeleteBucket"),
    ),
    "AWS::S3::BucketPolicy": Handlers(
        create=_all("s3", "arn:aws:s3:::{Bucket}", "PutBucketPolicy"),
        read=_all("s3", "arn:aws:s3:::{Bucket}", "GetBucketPolicy"),
        update=(Needed("s3:PutBucketPolicy", "arn:aws:s3:::{Bucket}", when=("PolicyDocument",)),),
        delete=_all("s3", "arn:aws:s3:::{Bucket}", "GetBucketPolicy", "DeleteBucketPolicy"),
    ),
    "AWS::KMS::Key": Handlers((Needed("kms:CreateKey"),)),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
    "AWS::Logs::LogGroup": Handlers(
        create=(
            Needed("logs:CreateLogGroup", _GROUP),
            Needed("logs:PutRetentionPolicy", _GROUP, when=("RetentionInDays",)),
            Needed("logs:TagResource", _GROUP, when=("Tags",)),
        ),
        read=(
            Needed("logs:DescribeLogGroups"),
            Needed("logs:DescribeResourcePolicies"),
            *_all("logs", _GROUP, "DescribeIndexPolicies", "GetDataProtectionPolicy", "ListTagsForResource"),
        ),
        update=(
            Needed("logs:PutRetentionPolicy", _GROUP, when=("RetentionInDays",)),
            Needed("logs:TagResource", _GROUP, when=("Tags",)),
        ),
        removed=(
            Needed("logs:DeleteRetentionPolicy", _GROUP, when=("RetentionInDays",)),
            Needed("logs:UntagResource", _GROUP, when=("Tags",)),
        ),
        delete=(Needed("logs:DescribeLogGroups"), Needed("logs:DeleteLogGroup", _GROUP)),
    ),
    # Lambda reads the code as whoever gives it. GetFunction shows the tags to who may list them.
    # https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
    "AWS::Lambda::Function": Handlers(
        create=(
            Needed("lambda:CreateFunction", _FUNCTION),
            _PASS,
            Needed("lambda:TagResource", _FUNCTION, when=("Tags",)),
            _CODE,
        ),
        read=_all(
            "lambda",
            _FUNCTION,
            "GetFunction",
            "GetFunctionCodeSigningConfig",
            "GetFunctionRecursionConfig",
            "GetFunctionScalingConfig",
            "GetRuntimeManagementConfig",
            "ListTags",
        ),
        update=(
            Needed("lambda:UpdateFunctionCode", _FUNCTION, when=("Code", "ImageConfig")),
            _CODE,
            Needed("lambda:UpdateFunctionConfiguration", _FUNCTION, when=_CONFIGURATION),
            _PASS,
            Needed("lambda:TagResource", _FUNCTION, when=("Tags",)),
        ),
        removed=(
            Needed("lambda:UpdateFunctionConfiguration", _FUNCTION, when=_CONFIGURATION),
            Needed("lambda:UntagResource", _FUNCTION, when=("Tags",)),
        ),
        delete=_all("lambda", _FUNCTION, "GetFunction", "DeleteFunction"),
    ),
    "AWS::Lambda::EventInvokeConfig": Handlers(
        create=_all("lambda", _NAMED_FUNCTION, "PutFunctionEventInvokeConfig"),
        read=_all("lambda", _NAMED_FUNCTION, "GetFunctionEventInvokeConfig"),
        update=_all("lambda", _NAMED_FUNCTION, "UpdateFunctionEventInvokeConfig"),
        delete=_all("lambda", _NAMED_FUNCTION, "DeleteFunctionEventInvokeConfig"),
    ),
    "AWS::Lambda::Permission": Handlers(
        create=_all("lambda", _NAMED_FUNCTION, "AddPermission"),
        read=_all("lambda", _NAMED_FUNCTION, "GetPolicy"),
        delete=_all("lambda", _NAMED_FUNCTION, "RemovePermission"),
    ),
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
    "AWS::SQS::Queue": Handlers(
        create=(
            Needed("sqs:CreateQueue", _QUEUE),
            Needed("sqs:TagQueue", _QUEUE, when=("Tags",)),
        ),
        read=_all("sqs", _QUEUE, "GetQueueAttributes", "ListQueueTags"),
        update=(
            Needed("sqs:SetQueueAttributes", _QUEUE, when=("DelaySeconds", "VisibilityTimeout")),
            Needed("sqs:TagQueue", _QUEUE, when=("Tags",)),
        ),
        removed=(Needed("sqs:UntagQueue", _QUEUE, when=("Tags",)),),
        delete=_all("sqs", _QUEUE, "GetQueueAttributes", "DeleteQueue"),
    ),
    # The policy is an attribute of the queue.
    "AWS::SQS::QueuePolicy": Handlers(
        create=(
            Needed("sqs:SetQueueAttributes", "arn:aws:sqs:{region}:{account}:{each_name}", each="Queues"),
        ),
        delete=(
            Needed("sqs:SetQueueAttributes", "arn:aws:sqs:{region}:{account}:{each_name}", each="Queues"),
        ),
    ),
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-manage-iam-access.html
    "AWS::Events::Rule": Handlers(
        create=(
            Needed("events:PutRule", _RULE),
            Needed("events:PutTargets", _RULE, when=("Targets",)),
            Needed("events:TagResource", _RULE, when=("Tags",)),
        ),
        read=_all("events", _RULE, "DescribeRule", "ListTargetsByRule"),
        update=(
            Needed("events:PutRule", _RULE, when=("EventPattern", "Description")),
            Needed("events:PutTargets", _RULE, when=("Targets",)),
        ),
        removed=(Needed("events:RemoveTargets", _RULE, when=("Targets",)),),
        delete=_all("events", _RULE, "ListTargetsByRule", "RemoveTargets", "DeleteRule"),
    ),
    # https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
    "AWS::Lambda::EventSourceMapping": Handlers(
        create=(
            Needed("lambda:CreateEventSourceMapping"),
            Needed("lambda:TagResource", _MAPPING, when=("Tags",)),
        ),
        read=_all("lambda", _MAPPING, "GetEventSourceMapping", "ListTags"),
        update=_all("lambda", _MAPPING, "UpdateEventSourceMapping"),
        delete=_all("lambda", _MAPPING, "GetEventSourceMapping", "DeleteEventSourceMapping"),
    ),
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html
    "AWS::Scheduler::Schedule": Handlers(
        create=(Needed("scheduler:CreateSchedule", _SCHEDULE), _PASS_TO_SCHEDULER),
        read=_all("scheduler", _SCHEDULE, "GetSchedule"),
        update=(Needed("scheduler:UpdateSchedule", _SCHEDULE), _PASS_TO_SCHEDULER),
        delete=_all("scheduler", _SCHEDULE, "GetSchedule", "DeleteSchedule"),
    ),
    # https://docs.aws.amazon.com/step-functions/latest/dg/concept-create-iam-advanced.html
    "AWS::StepFunctions::StateMachine": Handlers(
        create=(
            Needed("states:CreateStateMachine", "{id}"),
            _PASS_TO_STATES,
            Needed("states:TagResource", "{id}", when=("Tags",)),
        ),
        read=_all("states", "{id}", "DescribeStateMachine", "ListTagsForResource"),
        update=(
            Needed("states:UpdateStateMachine", "{id}", when=("DefinitionString", "RoleArn")),
            _PASS_TO_STATES,
            Needed("states:TagResource", "{id}", when=("Tags",)),
        ),
        removed=(Needed("states:UntagResource", "{id}", when=("Tags",)),),
        delete=_all("states", "{id}", "DescribeStateMachine", "DeleteStateMachine"),
    ),
    "AWS::CloudWatch::Alarm": Handlers(
        create=(
            Needed("cloudwatch:PutMetricAlarm", _ALARM),
            Needed("cloudwatch:TagResource", _ALARM, when=("Tags",)),
        ),
        read=_all("cloudwatch", _ALARM, "DescribeAlarms", "ListTagsForResource"),
        update=(
            Needed("cloudwatch:PutMetricAlarm", _ALARM),
            Needed("cloudwatch:TagResource", _ALARM, when=("Tags",)),
        ),
        removed=(Needed("cloudwatch:UntagResource", _ALARM, when=("Tags",)),),
        delete=_all("cloudwatch", _ALARM, "DescribeAlarms", "DeleteAlarms"),
    ),
    "AWS::CloudWatch::Dashboard": Handlers(
        create=_all("cloudwatch", _DASHBOARD, "PutDashboard"),
        read=_all("cloudwatch", _DASHBOARD, "GetDashboard", "ListTagsForResource"),
        update=(
            Needed("cloudwatch:PutDashboard", _DASHBOARD, when=("DashboardBody",)),
            Needed("cloudwatch:TagResource", _DASHBOARD, when=("Tags",)),
        ),
        removed=(Needed("cloudwatch:UntagResource", _DASHBOARD, when=("Tags",)),),
        delete=_all("cloudwatch", _DASHBOARD, "DeleteDashboards"),
    ),
    "AWS::Logs::QueryDefinition": Handlers(
        create=(Needed("logs:PutQueryDefinition"),),
        read=(Needed("logs:DescribeQueryDefinitions"),),
        update=(Needed("logs:PutQueryDefinition"),),
        delete=(Needed("logs:DeleteQueryDefinition"),),
    ),
    "AWS::SSM::Parameter": Handlers(
        create=(
            Needed("ssm:PutParameter", _PARAMETER),
            Needed("ssm:AddTagsToResource", _PARAMETER, when=("Tags",)),
        ),
        read=_all("ssm", _PARAMETER, "GetParameters", "ListTagsForResource"),
        update=(
            Needed("ssm:PutParameter", _PARAMETER, when=("Value", "Description", "Tier", "AllowedPattern")),
            Needed("ssm:AddTagsToResource", _PARAMETER, when=("Tags",)),
        ),
        removed=(Needed("ssm:RemoveTagsFromResource", _PARAMETER, when=("Tags",)),),
        delete=_all("ssm", _PARAMETER, "DeleteParameter"),
    ),
    "AWS::EC2::VPC": _ec2(
        "vpc",
        "ec2:CreateVpc",
        Needed("ec2:ModifyVpcAttribute", when=("EnableDnsHostnames", "EnableDnsSupport")),
    ),
    "AWS::EC2::Subnet": _ec2(
        "subnet", "ec2:CreateSubnet", Needed("ec2:ModifySubnetAttribute", when=("MapPublicIpOnLaunch",))
    ),
    "AWS::EC2::RouteTable": _ec2("route-table", "ec2:CreateRouteTable"),
    "AWS::EC2::SubnetRouteTableAssociation": Handlers(
        _all("ec2", "arn:aws:ec2:{region}:{account}:route-table/{RouteTableId}", "AssociateRouteTable")
    ),
    "AWS::EC2::SecurityGroup": _ec2(
        "security-group",
        "ec2:CreateSecurityGroup",
        Needed("ec2:AuthorizeSecurityGroupIngress", when=("SecurityGroupIngress",)),
        Needed("ec2:AuthorizeSecurityGroupEgress", when=("SecurityGroupEgress",)),
    ),
    "AWS::EC2::VPCEndpoint": _ec2("vpc-endpoint", "ec2:CreateVpcEndpoint"),
}
"""By type name."""
