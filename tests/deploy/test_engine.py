"""What templates need: exact statements, what is left and withheld, refusals."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.catalogue import Plane, called_action, handled_types, handlers
from constructs_lib.catalogue import actions as bedrock_actions
from constructs_lib.deploy import DeployError, DeployOptions, deploy_policy
from constructs_lib.deploy.needs import own_prefix
from constructs_lib.deploy.tables import names, pruning, services, words
from constructs_lib.templates import TemplateSource
from tests.deploy.templates import ACCOUNT, REGION, actions, derive, role, source, statement_for

_LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"
_CSC = f"arn:aws:lambda:{REGION}:{ACCOUNT}:code-signing-config"
_IAM = f"arn:aws:iam::{ACCOUNT}"
_SSM = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter"


def _function(**properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Role": {"Fn::GetAtt": ["Role", "Arn"]}, **properties},
    }


def test_a_queue_needs_exactly_its_handlers_on_its_name() -> None:
    policy = derive({"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}}})
    assert policy.documents == (
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "Sqs1",
                    "Effect": "Allow",
                    "Action": [
                        "sqs:CreateQueue",
                        "sqs:DeleteQueue",
                        "sqs:GetQueueAttributes",
                        "sqs:GetQueueUrl",
                        "sqs:ListQueueTags",
                        "sqs:SetQueueAttributes",
                        "sqs:TagQueue",
                        "sqs:UntagQueue",
                    ],
                    "Resource": f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs",
                }
            ],
        },
    )
    assert policy.statements[0].needed_by == ("app.json#Queue",)
    assert (policy.left, policy.withheld, policy.notes) == ((), (), ())


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ("App", f"{_LAMBDA}:App-*"),
        # Of 64 characters 14 are CloudFormation's own, and half of the rest is the stack's.
        ("S" * 40, f"{_LAMBDA}:{'S' * 24}*"),
        (None, f"{_LAMBDA}:*"),
    ],
)
def test_a_generated_name_is_held_to_what_survives_of_the_stack_name(
    stack: str | None, expected: str
) -> None:
    policy = derive({"Role": role(), "F": _function()}, stack=stack)
    assert statement_for(policy, "lambda:CreateFunction") == {"Resource": expected}


def test_a_bucket_is_called_in_lower_case() -> None:
    policy = derive({"B": {"Type": "AWS::S3::Bucket"}}, stack="MyApp")
    assert statement_for(policy, "s3:CreateBucket") == {"Resource": "arn:aws:s3:::myapp-*"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("jobs", ["jobs"]),
        ({"Fn::Sub": "${AWS::StackName}-jobs"}, ["App-jobs"]),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}]]}, ["a-*"]),
        ({"Fn::If": ["Is", "one", "two"]}, ["one", "two"]),
        ({"Ref": "Stage"}, ["*"]),
    ],
)
def test_a_name_is_held_as_far_as_the_template_says_it(name: Any, expected: list[str]) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}}
    policy = derive({"Q": queue}, Parameters={"Stage": {"Type": "String", "Default": "dev"}})
    arns = [f"arn:aws:sqs:{REGION}:{ACCOUNT}:{one}" for one in expected]
    assert statement_for(policy, "sqs:CreateQueue") == {"Resource": arns if len(arns) > 1 else arns[0]}


@pytest.mark.parametrize(
    "value",
    [5, {"Fn::If": ["Is", 5, {"Ref": "AWS::NoValue"}]}, {"Ref": "AWS::NoValue"}, {"Ref": "Parameter"}],
)
def test_a_property_counts_as_set_in_any_form(value: Any) -> None:
    pruned = derive({"Role": role(), "F": _function()})
    kept = derive({"Role": role(), "F": _function(ReservedConcurrentExecutions=value)})
    assert actions(kept) - actions(pruned) == {
        "lambda:PutFunctionConcurrency",
        "lambda:DeleteFunctionConcurrency",
    }


def test_a_property_inside_a_choice_counts_as_set() -> None:
    chosen = {"Fn::If": ["Is", {"S3Bucket": "code", "S3Key": "k"}, {"ZipFile": "x"}]}
    policy = derive({"Role": role(), "F": _function(Code=chosen)})
    assert statement_for(policy, "s3:GetObject") == {"Resource": "arn:aws:s3:::code/*"}


def test_tagging_is_never_pruned() -> None:
    policy = derive({"Role": role(), "F": _function()})
    assert {"lambda:TagResource", "lambda:UntagResource", "lambda:ListTags", "iam:TagRole"} <= actions(policy)


def test_a_role_is_passed_to_the_services_that_it_trusts_alone() -> None:
    policy = derive({"Role": role(), "F": _function()})
    assert statement_for(policy, "iam:PassRole") == {
        "Resource": f"{_IAM}:role/App-*",
        "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
    }


def test_a_role_from_elsewhere_is_passed_to_the_service_of_the_type() -> None:
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Role": f"{_IAM}:role/team/shared"}}
    assert statement_for(derive({"F": function}), "iam:PassRole") == {
        "Resource": f"{_IAM}:role/team/shared",
        "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
    }


def test_no_role_no_passing() -> None:
    assert "iam:PassRole" not in actions(derive({"T": {"Type": "AWS::SNS::Topic"}}))


def test_a_path_is_part_of_the_arn() -> None:
    policy = derive({"R": role(Path="/team/", RoleName="app")})
    assert statement_for(policy, "iam:CreateRole") == {"Resource": f"{_IAM}:role/team/app"}


def test_a_policy_changes_the_roles_that_it_names() -> None:
    policy = derive(
        {"P": {"Type": "AWS::IAM::Policy", "Properties": {"Roles": ["shared"], "PolicyName": "x"}}}
    )
    assert actions(policy) == {"iam:PutRolePolicy", "iam:GetRolePolicy", "iam:DeleteRolePolicy"}
    assert statement_for(policy, "iam:PutRolePolicy") == {"Resource": f"{_IAM}:role/shared"}


# ------------------------------------------------------------------------------------------- the boundary


def test_roles_without_a_named_boundary_are_refused() -> None:
    with pytest.raises(
        DeployError, match=r"app.json#R: the templates make roles .* --boundary NAME, .* --without-boundary"
    ):
        derive({"R": role()}, options=DeployOptions())


def test_roles_are_made_and_changed_with_the_boundary_only_and_it_is_kept() -> None:
    fence = f"{_IAM}:policy/Fence"
    made = role(PermissionsBoundary=fence, Policies=[{"PolicyName": "x", "PolicyDocument": {}}])
    policy = derive({"R": made}, options=DeployOptions(boundary="Fence"))
    condition = {"StringEquals": {"iam:PermissionsBoundary": fence}}
    for action in ("iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"):
        assert statement_for(policy, action) == {"Resource": f"{_IAM}:role/App-*", "Condition": condition}
    assert "iam:DeleteRolePermissionsBoundary" not in actions(policy)
    assert policy.statements[-1].as_json() == {
        "Sid": "KeepBoundary",
        "Effect": "Deny",
        "Action": [
            "iam:CreatePolicyVersion",
            "iam:DeletePolicy",
            "iam:DeletePolicyVersion",
            "iam:SetDefaultPolicyVersion",
        ],
        "Resource": fence,
    }
    assert policy.notes == ()


def test_a_role_without_the_boundary_is_named() -> None:
    policy = derive({"R": role()}, options=DeployOptions(boundary="Fence"))
    assert policy.notes == ("app.json#R does not have the boundary `Fence`: IAM will refuse to make it",)


# ---------------------------------------------------------------------- what CloudFormation calls itself


def test_the_version_of_the_bootstrap_is_read() -> None:
    version = {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/hnb659fds/version"}
    policy = derive({}, Parameters={"BootstrapVersion": version})
    assert actions(policy) == {"ssm:GetParameters"}
    assert statement_for(policy, "ssm:GetParameters") == {
        "Resource": f"{_SSM}/cdk-bootstrap/hnb659fds/version"
    }
    assert policy.statements[0].needed_by == ("app.json#BootstrapVersion",)


def test_parameters_of_aws_types_are_checked() -> None:
    declared = {"Vpc": {"Type": "AWS::EC2::VPC::Id"}, "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"}}
    assert actions(derive({}, Parameters=declared)) == {"ec2:DescribeVpcs", "ec2:DescribeSubnets"}


@pytest.mark.parametrize(
    ("reference", "action", "arn"),
    [
        ("{{resolve:ssm:/app/size:2}}", "ssm:GetParameters", f"{_SSM}/app/size"),
        (
            "{{resolve:secretsmanager:db:SecretString:password}}",
            "secretsmanager:GetSecretValue",
            f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-*",
        ),
        (
            {"Fn::Sub": "{{resolve:secretsmanager:arn:aws:secretsmanager:eu-west-1:1:secret:db-AbCdEf}}"},
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:eu-west-1:1:secret:db-AbCdEf",
        ),
    ],
)
def test_dynamic_references_are_resolved(reference: Any, action: str, arn: str) -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t", "DisplayName": reference}}
    assert statement_for(derive({"T": topic}), action) == {"Resource": arn}


_STACK = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack"


@pytest.mark.parametrize(
    ("given", "arn"),
    [
        ({}, f"{_STACK}/Search/*"),
        ({"Region": "eu-west-1"}, f"arn:aws:cloudformation:eu-west-1:{ACCOUNT}:stack/Search/*"),
        ({"StackName": {"Fn::Sub": "Search-${AWS::Region}"}}, f"{_STACK}/Search-{REGION}/*"),
        ({"StackName": {"Ref": "Unknown"}}, f"{_STACK}/*/*"),
    ],
)
def test_a_stack_whose_output_is_read_is_described(given: dict[str, Any], arn: str) -> None:
    read = {"Fn::GetStackOutput": {"StackName": "Search", "OutputName": "Id", **given}}
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t", "DisplayName": read}}
    assert statement_for(derive({"T": topic}), "cloudformation:DescribeStacks") == {"Resource": arn}


def test_a_role_that_reads_the_output_describes_the_stack_itself() -> None:
    role = "arn:aws:iam::444455556666:role/Reader"
    read = {"Fn::GetStackOutput": {"StackName": "Search", "OutputName": "Id", "RoleArn": role}}
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t", "DisplayName": read}}
    assert "cloudformation:DescribeStacks" not in actions(derive({"T": topic}))


def test_zones_of_the_region_are_described() -> None:
    zone = {"Fn::Select": [0, {"Fn::GetAZs": ""}]}
    subnet = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-1", "AvailabilityZone": zone}}
    assert "ec2:DescribeAvailabilityZones" in actions(derive({"S": subnet}))


def test_a_transform_of_aws_is_used_and_its_types_are_those_that_it_makes() -> None:
    function = {"Type": "AWS::Serverless::Function", "Properties": {"Handler": "x"}}
    policy = derive({"F": function}, Transform="AWS::Serverless-2016-10-31")
    arn = f"arn:aws:cloudformation:{REGION}:aws:transform/Serverless-2016-10-31"
    assert statement_for(policy, "cloudformation:CreateChangeSet") == {"Resource": arn}
    assert {"lambda:CreateFunction", "iam:CreateRole", "lambda:AddPermission"} <= actions(policy)
    assert "lambda:CreateAlias" not in actions(policy)


def test_a_macro_is_refused_without_its_function() -> None:
    with pytest.raises(
        DeployError, match=r"app.json: the macro `Mine` calls a function; name it with --service-token"
    ):
        derive({}, Transform=["Mine"])
    token = f"{_LAMBDA}:mine"
    policy = derive({}, Transform=["Mine"], options=DeployOptions(service_tokens=(token,)))
    assert statement_for(policy, "lambda:InvokeFunction") == {"Resource": token}


@pytest.mark.parametrize("kind", ["Custom::Thing", "AWS::CloudFormation::CustomResource"])
def test_a_custom_resource_calls_its_function_alone(kind: str) -> None:
    custom = {"Type": kind, "Properties": {"ServiceToken": {"Fn::GetAtt": ["F", "Arn"]}}}
    policy = derive({"Role": role(), "F": _function(FunctionName="provider"), "C": custom})
    assert statement_for(policy, "lambda:InvokeFunction") == {
        "Resource": [f"{_LAMBDA}:provider", f"{_LAMBDA}:provider:*"]
    }


def test_a_custom_resource_from_elsewhere_is_refused_without_its_function() -> None:
    custom = {"Type": "Custom::Thing", "Properties": {"ServiceToken": {"Ref": "Token"}}}
    with pytest.raises(
        DeployError, match=r"app.json#C: the function behind this custom resource .* --service-token ARN"
    ):
        derive({"C": custom}, Parameters={"Token": {"Type": "String"}})
    options = DeployOptions(service_tokens=(f"arn:aws:sns:{REGION}:{ACCOUNT}:t",))
    assert actions(derive({"C": custom}, options=options)) == {"sns:Publish"}


def test_the_key_of_the_assets_is_used_where_it_is_named() -> None:
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
    policy = derive({}, options=DeployOptions(asset_key=key))
    assert statement_for(policy, "kms:Decrypt") == {"Resource": key}


def test_a_service_linked_role_is_made_for_the_service_alone() -> None:
    policy = derive({"C": {"Type": "AWS::ECS::Cluster"}})
    assert statement_for(policy, "iam:CreateServiceLinkedRole") == {
        "Resource": f"{_IAM}:role/aws-service-role/ecs.amazonaws.com/*",
        "Condition": {"StringEquals": {"iam:AWSServiceName": "ecs.amazonaws.com"}},
    }


# -------------------------------------------------------------------------------------- several templates


def test_a_role_of_another_stack_is_held_through_its_export() -> None:
    exported = {"RoleArn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}, "Export": {"Name": "shared-role"}}}
    first = TemplateSource(
        "roles.json", {"Resources": {"Role": role()}, "Outputs": exported}, "Roles", ACCOUNT, REGION
    )
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Role": {"Fn::ImportValue": "shared-role"}}}
    second = TemplateSource("app.json", {"Resources": {"F": function}}, "App", ACCOUNT, REGION)
    policy = deploy_policy([first, second], DeployOptions(without_boundary=True))
    assert statement_for(policy, "iam:PassRole")["Resource"] == f"{_IAM}:role/Roles-*"


def test_a_nested_stack_is_deployed_with_the_same_role() -> None:
    stack = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "https://s3.amazonaws.com/assets/x.json"},
    }
    parent = TemplateSource(
        "p.json", {"Resources": {"N": stack}}, "App", ACCOUNT, REGION, nested={"N": "c.json"}
    )
    child = TemplateSource("c.json", {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}})
    policy = deploy_policy([parent, child])
    assert statement_for(policy, "cloudformation:CreateStack") == {
        "Resource": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/App-*/*"
    }
    assert statement_for(policy, "sqs:CreateQueue") == {"Resource": f"arn:aws:sqs:{REGION}:{ACCOUNT}:App-N-*"}
    assert statement_for(policy, "s3:GetObject") == {"Resource": "arn:aws:s3:::assets/*"}


def test_a_nested_stack_that_was_not_read_is_refused() -> None:
    stack = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://x/y"}}
    with pytest.raises(
        DeployError, match=r"app.json#N: the template of this nested stack was not read; give the cdk.out"
    ):
        derive({"N": stack})


def test_what_is_deployed_now_is_updated_and_removed() -> None:
    old = source({"Q": {"Type": "AWS::SQS::Queue"}, "T": {"Type": "AWS::SNS::Topic"}})
    new = {"Q": {"Type": "AWS::SQS::Queue"}}
    policy = derive(new, options=DeployOptions(deployed=[old]))
    added = actions(policy) - actions(derive(new))
    assert "sns:DeleteTopic" in added
    assert "sns:CreateTopic" not in added


def test_a_property_that_is_deployed_now_is_taken_away() -> None:
    old = source({"Role": role(), "F": _function(ReservedConcurrentExecutions=1)})
    new = {"Role": role(), "F": _function()}
    policy = derive(new, options=DeployOptions(deployed=[old], without_boundary=True))
    assert "lambda:DeleteFunctionConcurrency" in actions(policy) - actions(derive(new))


def test_a_kept_resource_is_not_deleted() -> None:
    kept = {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    assert "dynamodb:DeleteTable" not in actions(derive({"T": kept}))
    half = {**kept, "UpdateReplacePolicy": "Delete"}
    assert "dynamodb:DeleteTable" in actions(derive({"T": half}))


# -------------------------------------------------------------------------------------- data, unknown


@pytest.mark.parametrize(
    "kind", ["AWS::Nothing::Known", "AWS::SecurityLake::DataLake", "AWS::WAF::Rule", "My::Own::Type"]
)
def test_a_type_of_which_nothing_says_what_it_calls_is_refused(kind: str) -> None:
    with pytest.raises(
        DeployError, match=f"app.json#X: nothing says what CloudFormation calls for the type `{kind}`"
    ):
        derive({"X": {"Type": kind}})


@pytest.mark.parametrize("kind", ["AWS::CDK::Metadata", "AWS::CloudFormation::WaitConditionHandle"])
def test_some_types_need_nothing(kind: str) -> None:
    assert derive({"X": {"Type": kind}}).statements == ()


def test_a_data_action_is_withheld_and_its_flag_adds_it() -> None:
    session = {"S": {"Type": "AWS::Bedrock::Session"}}
    policy = derive(session)
    held_back = {one.action for one in policy.withheld}
    assert "bedrock:CreateSession" in held_back
    assert "--data-action bedrock:CreateSession adds it" in policy.withheld[0].why
    assert not held_back & actions(policy)
    given = derive(session, options=DeployOptions(data_actions=frozenset({"bedrock:CreateSession"})))
    assert actions(given) - actions(policy) == {"bedrock:CreateSession"}


def test_the_data_actions_of_all_handlers_are_listed() -> None:
    data = {name for name, one in bedrock_actions().items() if one.plane is Plane.DATA and not one.tagging}
    called = {}
    for kind in handled_types():
        row = handlers(kind)
        assert row is not None
        if found := sorted({name for listed in row.calls.values() for name in listed} & data):
            called[kind] = found
    assert called == {kind: sorted(row["actions"]) for kind, row in services()["data_actions"].items()}


# -------------------------------------------------------------------------------------- the hand tables


def test_the_hand_tables_name_types_and_actions_that_exist() -> None:
    for table in (names(), pruning(), services()["service_linked_roles"], services()["passed_to"]):
        assert [kind for kind in table if kind != "words" and handlers(kind) is None] == []
    for kind, row in pruning().items():
        if kind == "words":
            continue
        known = handlers(kind)
        assert known is not None
        assert row["page"].startswith("https://docs.aws.amazon.com/")
        called = {name for listed in known.calls.values() for name in listed}
        for path, listed in row.items():
            if path != "page":
                assert sorted(set(listed) - called) == [], (kind, path)
    assert all(called_action(name) for name in services()["parameter_types"].values())


def test_a_derived_policy_is_the_same_each_time_and_fits() -> None:
    many = {
        f"Q{n}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": f"{n}-" + "q" * 60}}
        for n in range(150)
    }
    first, second = derive(many), derive(dict(reversed(many.items())))
    assert first == second
    assert 1 < len(first.policies) <= 10
    sids = [one.sid for part in first.policies for one in part]
    assert len(sids) == len(set(sids))


def test_more_than_ten_managed_policies_are_refused() -> None:
    many = {
        f"Q{n}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": f"{n}-" + "q" * 70}}
        for n in range(700)
    }
    with pytest.raises(
        DeployError, match=r"need \d+ managed policies and a role takes 10: derive a policy for fewer stacks"
    ):
        derive(many)


def test_a_type_s_own_service_is_known_where_words_would_prune_it() -> None:
    services_of = {prefix[:-1] for prefix in words()}
    wrong = {}
    for kind in handled_types():
        row = handlers(kind)
        assert row is not None
        service = kind.split("::")[1].lower()
        if (
            row.known
            and any(row.calls.values())
            and service in services_of
            and own_prefix(kind, row) != service
        ):
            wrong[kind] = own_prefix(kind, row)
    # Their properties name a repository and a secret, so that the words keep what they call.
    assert wrong == {
        "AWS::ECR::PublicRepository": "ecr-public",
        "AWS::SecretsManager::SecretTargetAttachment": "rds",
    }


@pytest.mark.parametrize(
    ("kind", "properties", "action", "expected"),
    [
        # IAM lists profiles and policies for it, which a call needn't have, and not the guardrail itself.
        ("AWS::Bedrock::Guardrail", {}, "bedrock:CreateGuardrail", "*"),
        (
            "AWS::Bedrock::Guardrail",
            {},
            "bedrock:UpdateGuardrail",
            f"arn:aws:bedrock:{REGION}:{ACCOUNT}:guardrail/*",
        ),
        (
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            {},
            "elasticloadbalancing:CreateLoadBalancer",
            f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/*",
        ),
    ],
)
def test_what_is_made_without_an_arn_is_on_star(
    kind: str, properties: dict[str, Any], action: str, expected: Any
) -> None:
    policy = derive({"X": {"Type": kind, "Properties": properties}})
    assert statement_for(policy, action) == {"Resource": expected}


def test_a_guardrail_without_a_key_needs_no_key() -> None:
    guardrail = {"Type": "AWS::Bedrock::Guardrail", "Properties": {"Name": "x"}}
    assert not [name for name in actions(derive({"G": guardrail})) if name.startswith("kms:")]
    guardrail["Properties"] = {"Name": "x", "KmsKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"}
    assert statement_for(derive({"G": guardrail}), "kms:CreateGrant") == {
        "Resource": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
    }


def _flow(**properties: Any) -> dict[str, Any]:
    return {"F": {"Type": "AWS::Bedrock::Flow", "Properties": {"Name": "f", **properties}}}


def test_a_flow_makes_no_guardrail_and_reads_those_of_its_nodes() -> None:
    plain = {"Nodes": [{"Name": "In", "Type": "Input", "Configuration": {"Input": {}}}]}
    guarded = {
        "Nodes": [{"Configuration": {"Prompt": {"GuardrailConfiguration": {"GuardrailIdentifier": "g"}}}}]
    }
    reads = {"bedrock:GetGuardrail"}
    without = actions(derive(_flow(Definition=plain)))
    assert not {name for name in without if "Guardrail" in name or name.startswith(("s3:", "kms:"))}
    assert actions(derive(_flow(Definition=guarded))) - without == reads
    assert actions(derive(_flow(DefinitionString="{}"))) - without == reads
    in_s3 = actions(derive(_flow(DefinitionS3Location={"Bucket": "b", "Key": "k"})))
    assert in_s3 - without == reads | {"s3:GetObject", "s3:GetObjectVersion"}


_MAKE_GUARDRAILS = ("AWS::Bedrock::Guardrail", "AWS::Bedrock::EnforcedGuardrail")


@pytest.mark.parametrize(
    "kind",
    [t for t in handled_types() if t.startswith("AWS::Bedrock::") and not t.startswith(_MAKE_GUARDRAILS)],
)
def test_who_deploys_what_uses_a_guardrail_makes_none(kind: str) -> None:
    """The handlers of agents and flows list the making of guardrails, which are resources of their own."""
    wrote = {
        name
        for name in actions(derive({"X": {"Type": kind, "Properties": {}}}))
        if name.endswith(("Guardrail", "GuardrailVersion")) and not name.startswith("bedrock:Get")
    }
    assert wrote == set()


@pytest.mark.parametrize(
    ("stack", "expected"),
    [("App", "App-Provider*"), ("S" * 40, f"{'S' * 24}*Provider*"), (None, "*Provider*")],
)
def test_a_custom_resource_calls_no_other_function_of_the_stack(stack: str | None, expected: str) -> None:
    custom = {"Type": "Custom::Thing", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Provider", "Arn"]}}}
    policy = derive({"Role": role(), "Provider": _function(), "Chat": _function(), "C": custom}, stack=stack)
    assert statement_for(policy, "lambda:InvokeFunction") == {"Resource": f"{_LAMBDA}:{expected}"}


def test_names_that_refer_to_each_other_in_a_circle_are_refused() -> None:
    def queue(other: str) -> dict[str, Any]:
        return {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": other}}}

    with pytest.raises(DeployError, match="refer to each other in a circle"):
        derive({"A": queue("B"), "B": queue("A")})


def test_an_image_is_read_from_its_repository_alone() -> None:
    image = {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/assets:0123"}
    policy = derive({"Role": role(), "F": _function(Code={"ImageUri": image})})
    arn = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/assets"
    assert statement_for(policy, "ecr:SetRepositoryPolicy") == {"Resource": arn}


@pytest.mark.parametrize(
    ("resources", "action", "arn"),
    [
        (
            {
                "Q": {"Type": "AWS::SQS::Queue"},
                "X": {
                    "Type": "AWS::Lambda::EventSourceMapping",
                    "Properties": {
                        "FunctionName": f"{_LAMBDA}:other",
                        "EventSourceArn": {"Fn::GetAtt": ["Q", "Arn"]},
                    },
                },
            },
            "lambda:TagResource",
            f"arn:aws:lambda:{REGION}:{ACCOUNT}:event-source-mapping:*",
        ),
        (
            {
                "X": {
                    "Type": "AWS::Bedrock::KnowledgeBase",
                    "Properties": {"RoleArn": f"{_IAM}:role/r", "Name": "x"},
                }
            },
            "bedrock:TagResource",
            f"arn:aws:bedrock:{REGION}:{ACCOUNT}:knowledge-base/*",
        ),
        (
            {"X": {"Type": "AWS::Bedrock::Guardrail", "Properties": {"Name": "x"}}},
            "bedrock:ListTagsForResource",
            f"arn:aws:bedrock:{REGION}:{ACCOUNT}:guardrail/*",
        ),
        (
            {
                "X": {
                    "Type": "AWS::Bedrock::AgentAlias",
                    "Properties": {"AgentAliasName": "x", "AgentId": "ABCDEFGHIJ"},
                }
            },
            "bedrock:TagResource",
            f"arn:aws:bedrock:{REGION}:{ACCOUNT}:agent-alias/*",
        ),
        (
            {"X": {"Type": "AWS::Lambda::Function", "Properties": {"CodeSigningConfigArn": f"{_CSC}:csc-1"}}},
            "lambda:UntagResource",
            f"{_LAMBDA}:App-*",
        ),
    ],
)
def test_tags_are_those_of_the_resource_and_not_of_what_it_refers_to(
    resources: dict[str, Any], action: str, arn: str
) -> None:
    policy = derive(resources)
    found = [one.as_json()["Resource"] for one in policy.statements if action in one.actions]
    assert found == [arn]


def test_what_amazon_ec2_makes_along_with_a_resource_is_tagged_too() -> None:
    found = statement_for(derive({"X": {"Type": "AWS::EC2::Instance"}}), "ec2:CreateTags")["Resource"]
    assert f"arn:aws:ec2:{REGION}:{ACCOUNT}:*" in found  # its volumes, for example
