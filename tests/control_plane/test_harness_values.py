"""Models, skills, hooks, file systems and authorizers of a harness: exact policies, refusals, validation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns

from constructs_lib import (
    GatewayAuth,
    Harness,
    HarnessApiFormat,
    HarnessAuthorizer,
    HarnessFileSystem,
    HarnessHook,
    HarnessHookTarget,
    HarnessMemory,
    HarnessModel,
    HarnessSkill,
    HarnessTool,
    HarnessTruncation,
    JwtClaim,
    MemoryRetrieval,
    PlanesError,
    PrivateEndpoint,
)
from tests.cdk import ACCOUNT, PARTITION, REGION, Stack, resources, template
from tests.control_plane.soundness import deployed_by, findings, valid
from tests.control_plane.test_coverage import harness as every_harness

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOVA = "amazon.nova-lite-v1:0"
HERE = f"bedrock-agentcore:{REGION}:{ACCOUNT}"
GATEWAY = f"arn:aws:{HERE}:gateway/tools-abcdefghij"
FILES = f"arn:aws:s3files:{REGION}:{ACCOUNT}:file-system/fs-0123456789abcdef0"
POINT = f"{FILES}/access-point/fsap-0123456789abcdef0"
KEYS = f"arn:aws:{HERE}:token-vault/default/apikeycredentialprovider/keys"
URL = "https://idp.example.com/.well-known/openid-configuration"
IDENTITIES = f"arn:aws:{HERE}:workload-identity-directory/default"


def _text(value: Any) -> Any:
    """Write ARNs as text: the partition is ``aws``, a reference its logical id."""
    if isinstance(value, list):
        return [_text(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value == PARTITION:
        return "aws"
    if set(value) == {"Fn::Join"}:
        separator, parts = value["Fn::Join"]
        return separator.join(str(_text(part)) for part in parts)
    if set(value) == {"Fn::GetAtt"}:
        return ".".join(value["Fn::GetAtt"])
    return {name: _text(one) for name, one in value.items()}


def added(**props: Any) -> list[dict[str, Any]]:
    """Return the statements that a harness has more than one with its model alone."""
    build = props.pop("build", None)
    held = []
    for more in ({}, props):
        stack = Stack(minimize=False)
        given = {"model": NOVA, **(more and build(stack) if build else more)}
        Harness(stack, "H", harness_name="chat", **given)
        held.append(
            [
                {name: value for name, value in _text(one).items() if name != "Effect"}
                for policy in resources(template(stack), "AWS::IAM::Policy").values()
                for one in policy["Properties"]["PolicyDocument"]["Statement"]
            ]
        )
    return [one for one in held[1] if one not in held[0]]


def built(build: Callable[[cdk.Stack], dict[str, Any]]) -> list[dict[str, Any]]:
    return added(build=build, some=True)


def _key(name: str, folder: str = "apikey") -> list[dict[str, Any]]:
    action, kind = {
        "apikey": ("GetResourceApiKey", "apikeycredentialprovider"),
        "oauth2": ("GetResourceOauth2Token", "oauth2credentialprovider"),
    }[folder]
    return [
        {
            "Action": f"bedrock-agentcore:{action}",
            "Resource": [
                f"arn:aws:{HERE}:token-vault/default/{kind}/{name}",
                f"arn:aws:{HERE}:token-vault/default",
                IDENTITIES,
                f"{IDENTITIES}/workload-identity/harness_chat-*",
            ],
        },
        {
            "Action": "secretsmanager:GetSecretValue",
            "Resource": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:"
            f"bedrock-agentcore-identity!default/{folder}/{name}-*",
        },
    ]


@pytest.mark.parametrize(
    "model",
    [
        HarnessModel.open_ai("gpt-5", api_key="keys"),
        HarnessModel.gemini("gemini-3", api_key=KEYS),
        HarnessModel.lite_llm("anthropic/claude", api_key="keys"),
    ],
)
def test_a_model_of_another_vendor_needs_its_key_and_no_model_of_bedrock(model: HarnessModel) -> None:
    stack = Stack(minimize=False)
    Harness(stack, "H", harness_name="chat", model=model)
    found = template(stack)
    held = [
        {name: value for name, value in _text(one).items() if name != "Effect"}
        for policy in resources(found, "AWS::IAM::Policy").values()
        for one in policy["Properties"]["PolicyDocument"]["Statement"]
    ]
    assert held[:2] == _key("keys")
    assert "bedrock:Invoke" not in json.dumps(held)


def test_a_secret_of_ones_own_is_named_exactly() -> None:
    secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:openai-AbCdEf"
    stack = Stack()
    model = HarnessModel.open_ai("gpt-5", api_key="keys", api_key_secret=secret)
    Harness(stack, "H", harness_name="chat", model=model)
    assert "bedrock-agentcore-identity!" not in json.dumps(template(stack))
    assert secret in json.dumps(template(stack))


def test_a_credential_provider_of_the_cdk_is_taken_as_it_is() -> None:
    stack = Stack(minimize=False)
    provider = agentcore.CfnApiKeyCredentialProvider(stack, "Keys", name="keys", api_key="unused")
    Harness(stack, "H", harness_name="chat", model=HarnessModel.open_ai("gpt-5", api_key=provider))
    [made] = resources(template(stack), "AWS::BedrockAgentCore::Harness").values()
    assert made["Properties"]["Model"]["OpenAiModelConfig"]["ApiKeyArn"] == {"Ref": "Keys"}


def test_a_model_without_a_key_needs_nothing() -> None:
    stack = Stack()
    Harness(stack, "H", model=HarnessModel.lite_llm("ollama/x", api_base="https://models.example.com"))
    policies = resources(template(stack), "AWS::IAM::Policy")
    assert "GetResourceApiKey" not in json.dumps(policies)
    assert "bedrock:Invoke" not in json.dumps(policies)


@pytest.mark.parametrize("api_format", [HarnessApiFormat.RESPONSES, HarnessApiFormat.CHAT_COMPLETIONS])
def test_openais_apis_of_bedrock_are_on_the_mantle_endpoint(api_format: HarnessApiFormat) -> None:
    stack = Stack(minimize=False)
    Harness(stack, "H", model=HarnessModel.bedrock("openai.gpt-oss-120b", api_format=api_format))
    found = template(stack)
    held = [
        _text(one)
        for policy in resources(found, "AWS::IAM::Policy").values()
        for one in policy["Properties"]["PolicyDocument"]["Statement"]
    ]
    assert held[:2] == [
        {
            "Action": "bedrock-mantle:CreateInference",
            "Effect": "Allow",
            "Resource": f"arn:aws:bedrock-mantle:{REGION}:{ACCOUNT}:project/default",
        },
        {
            "Action": "bedrock-mantle:CallWithBearerToken",
            "Effect": "Allow",
            "Resource": "*",
            "Condition": {"StringEquals": {"bedrock-mantle:BearerTokenType": "SHORT_TERM"}},
        },
    ]
    assert "bedrock:InvokeModel" not in json.dumps(held)


def test_a_gateway_is_invoked_with_the_role_or_with_a_token() -> None:
    invoke = [{"Action": "bedrock-agentcore:InvokeGateway", "Resource": GATEWAY}]
    oauth = GatewayAuth.oauth("idp", scopes=["read"])
    assert added(tools=[HarnessTool.gateway(GATEWAY)]) == invoke
    assert added(tools=[HarnessTool.gateway(GATEWAY, auth=GatewayAuth.aws_iam())]) == invoke
    assert added(tools=[HarnessTool.gateway(GATEWAY, auth=oauth)]) == _key("idp", "oauth2")
    assert added(tools=[HarnessTool.gateway(GATEWAY, auth=GatewayAuth.none())]) == []


def test_a_skill_in_a_bucket_is_read_below_its_folder_only() -> None:
    def build(stack: cdk.Stack) -> dict[str, Any]:
        bucket = s3.Bucket.from_bucket_name(stack, "B", "skills")
        return {"skills": [HarnessSkill.s3(bucket, "/skills/orders/")]}

    assert built(build) == [
        {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::skills/skills/orders/*"},
        {
            "Action": "s3:ListBucket",
            "Resource": "arn:aws:s3:::skills",
            "Condition": {"StringLike": {"s3:prefix": ["skills/orders", "skills/orders/*"]}},
        },
    ]


def test_the_key_of_the_bucket_opens_the_skill() -> None:
    def build(stack: cdk.Stack) -> dict[str, Any]:
        bucket = s3.Bucket(stack, "B", encryption_key=kms.Key(stack, "K"))
        return {"skills": [HarnessSkill.s3(bucket, "orders")]}

    [decrypt] = [one for one in built(build) if "kms" in one["Action"]]
    assert decrypt["Action"] == "kms:Decrypt"
    assert decrypt["Resource"].endswith(".Arn")


def test_skills_of_others_need_their_credential_alone() -> None:
    public = HarnessSkill.git("https://example.com/x.git")
    private = HarnessSkill.git("https://example.com/x.git", credential="token")
    assert added(skills=[HarnessSkill.aws(), HarnessSkill.path("/skills/a"), public]) == []
    assert added(skills=[private]) == _key("token")


def test_each_target_of_a_hook_is_called_exactly() -> None:
    def build(stack: cdk.Stack) -> dict[str, Any]:
        function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:look"
        targets = {
            "f": HarnessHookTarget.function(lambda_.Function.from_function_arn(stack, "F", function)),
            "t": HarnessHookTarget.topic(sns.Topic(stack, "T", master_key=kms.Key(stack, "K"))),
            "e": HarnessHookTarget.event_bus(events.EventBus.from_event_bus_name(stack, "E", "steps")),
        }
        return {"hooks": [HarnessHook.before_tool_call(name, one) for name, one in targets.items()]}

    found = built(build)
    assert [one["Action"] for one in found] == [
        "lambda:InvokeFunction",
        "sns:Publish",
        ["kms:Decrypt", "kms:GenerateDataKey"],
        "events:PutEvents",
    ]
    assert found[0]["Resource"] == f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:look"
    assert found[3]["Resource"] == f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/steps"


def test_a_file_system_is_mounted_through_its_access_point_only() -> None:
    network = {"subnets": ["subnet-12345678"], "security_groups": ["sg-12345678"]}

    def build(stack: cdk.Stack) -> dict[str, Any]:
        group = ec2.SecurityGroup.from_security_group_id(stack, "G", "sg-12345678")
        files = efs.FileSystem.from_file_system_attributes(
            stack, "F", file_system_id="fs-12345678", security_group=group
        )
        point = efs.AccessPoint.from_access_point_attributes(
            stack, "P", access_point_id="fsap-12345678", file_system=files
        )
        mounted = [
            HarnessFileSystem.session("/mnt/own"),
            HarnessFileSystem.efs(point, "/mnt/efs"),
            HarnessFileSystem.s3_files(POINT, "/mnt/files", read_only=True),
        ]
        return {"file_systems": mounted, **network}

    elastic = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}"
    assert built(build) == [
        {
            "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
            "Resource": f"{elastic}:file-system/fs-12345678",
            "Condition": {
                "ArnEquals": {"elasticfilesystem:AccessPointArn": f"{elastic}:access-point/fsap-12345678"}
            },
        },
        {
            "Action": ["elasticfilesystem:DescribeAccessPoints", "elasticfilesystem:DescribeMountTargets"],
            "Resource": [f"{elastic}:file-system/fs-12345678", f"{elastic}:access-point/fsap-12345678"],
        },
        {
            "Action": "s3files:ClientMount",
            "Resource": FILES,
            "Condition": {"ArnEquals": {"s3files:AccessPointArn": POINT}},
        },
        {
            "Action": ["s3files:GetAccessPoint", "s3files:GetFileSystem", "s3files:ListMountTargets"],
            "Resource": [FILES, POINT],
        },
    ]


def test_what_permits_nothing_adds_nothing() -> None:
    authorizer = HarnessAuthorizer.jwt(URL, allowed_clients=["web"])
    life = {"idle_timeout": cdk.Duration.minutes(1), "max_lifetime": cdk.Duration.days(14)}
    assert added(truncation=HarnessTruncation.none(), authorizer=authorizer, **life) == []


def test_every_prop_passes_cloudformations_validation_and_stays_on_the_data_plane(tmp_path: Path) -> None:
    found = valid(every_harness, tmp_path)
    verdicts, rules = findings(tmp_path)
    assert set(verdicts.values()) == {"data"}
    assert rules == set()
    assert deployed_by(found, {"bedrock-agentcore:CreateHarness", "iam:PassRole"}) == set()


def _bucket(stack: cdk.Stack) -> s3.IBucket:
    return s3.Bucket.from_bucket_name(stack, "B", "skills")


OFF: Any = "off"
REFUSED: dict[str, tuple[Callable[[cdk.Stack], object], str]] = {
    "a temperature of 2.1": (
        lambda s: HarnessModel.gemini("g", api_key="k", temperature=2.1),
        "`temperature` has the value `2.1`: pass a number from 0 to 2",
    ),
    "a top_k of 501": (
        lambda s: HarnessModel.gemini("g", api_key="k", top_k=501),
        "`top_k` has the value `501`: pass a number from 0 to 500",
    ),
    "no tokens": (
        lambda s: HarnessModel.bedrock(NOVA, max_tokens=0),
        "`max_tokens` has the value `0`: pass a whole number from 1",
    ),
    "no key for OpenAI": (
        lambda s: HarnessModel.open_ai("gpt-5"),  # type: ignore[call-arg]  # the point
        "`HarnessModel.open_ai` needs `api_key`: pass it",
    ),
    "Converse of OpenAI": (
        lambda s: HarnessModel.open_ai("g", api_key="k", api_format=HarnessApiFormat.CONVERSE_STREAM),
        "`api_format` has the value `converse_stream`: OpenAI has",
    ),
    "a format as text": (
        lambda s: HarnessModel.bedrock(NOVA, api_format="responses"),  # type: ignore[arg-type]  # the point
        "`api_format` has the value `responses`: pass one of",
    ),
    "settings twice": (
        lambda s: Harness(s, "H", model=HarnessModel.bedrock(NOVA), temperature=1),
        "`temperature` and `top_p` are settings of the `HarnessModel`",
    ),
    "a secret without its provider": (
        lambda s: HarnessModel.lite_llm("x", api_key_secret="arn"),
        "`api_key_secret` belongs to `api_key`",
    ),
    "parameters as text": (
        lambda s: HarnessModel.bedrock(NOVA, additional_params=OFF),
        "`additional_params` has the value `'off'`: pass a dictionary",
    ),
    "a skill over http": (
        lambda s: HarnessSkill.git("http://example.com/x.git"),
        "`url` has the value `http://example.com/x.git`: pass a URL that begins with https://",
    ),
    "a username alone": (
        lambda s: HarnessSkill.git("https://x.y", username="me"),
        "`username` and `credential_secret` belong to `credential`",
    ),
    "a whole bucket": (lambda s: HarnessSkill.s3(_bucket(s), "/"), "`prefix` is empty: name the folder"),
    "a folder with a wildcard": (
        lambda s: HarnessSkill.s3(_bucket(s), "skills/*"),
        r"`prefix` has the value `skills/\*`: name one folder, without wildcards",
    ),
    "a bucket as text": (
        lambda s: HarnessSkill.s3("skills", "orders"),  # type: ignore[arg-type]  # the point
        "`bucket` has the value `'skills'` of the type `str`: pass a bucket",
    ),
    "a skill as text": (
        lambda s: Harness(s, "H", model=NOVA, skills=["orders"]),  # type: ignore[list-item]  # the point
        "`skills` has the value `'orders'` of the type `str`: pass a skill",
    ),
    "a hook's name twice": (
        lambda s: Harness(
            s,
            "H",
            model=NOVA,
            hooks=[
                HarnessHook.before_invocation("a", HarnessHookTarget.topic(sns.Topic(s, "T"))),
                HarnessHook.after_invocation("a", HarnessHookTarget.topic(sns.Topic(s, "U"))),
            ],
        ),
        "`hooks` has the name `a` twice",
    ),
    "a hook's name with a space": (
        lambda s: HarnessHook.after_invocation("a b", HarnessHookTarget.topic(sns.Topic(s, "T"))),
        "`name` has the value `a b`: use 1-64 letters",
    ),
    "a function as a hook's target": (
        lambda s: HarnessHook.after_invocation("a", sns.Topic(s, "T")),  # type: ignore[arg-type]  # the point
        "`target` has a value of the type `Topic`: pass `HarnessHookTarget.function",
    ),
    "a hook of 16 minutes": (
        lambda s: HarnessHookTarget.function(
            lambda_.Function.from_function_name(s, "F", "f"), timeout=cdk.Duration.minutes(16)
        ),
        "`timeout` has the value `960`: pass a number from 1 to 900",
    ),
    "a topic as text": (
        lambda s: HarnessHookTarget.topic("t"),  # type: ignore[arg-type]  # the point
        "`topic` has a value of the type `str`: pass a topic",
    ),
    "a bus as text": (
        lambda s: HarnessHookTarget.event_bus("b"),  # type: ignore[arg-type]  # the point
        "`event_bus` has a value of the type `str`",
    ),
    "a mount elsewhere": (
        lambda s: HarnessFileSystem.session("/data"),
        "`mount_path` has the value `/data`: use a path such as /mnt/data",
    ),
    "a file system without a VPC": (
        lambda s: Harness(s, "H", model=NOVA, file_systems=[HarnessFileSystem.s3_files(POINT, "/mnt/a")]),
        "`file_systems` has one of EFS or S3 Files, which is in a VPC: give `subnets`",
    ),
    "a mount twice": (
        lambda s: Harness(
            s,
            "H",
            model=NOVA,
            file_systems=[HarnessFileSystem.session("/mnt/a"), HarnessFileSystem.session("/mnt/a/")],
        ),
        "`file_systems` has the path `/mnt/a` twice",
    ),
    "an access point of EFS for S3 Files": (
        lambda s: HarnessFileSystem.s3_files("arn:aws:elasticfilesystem:x", "/mnt/a"),
        "pass an ARN such as arn:aws:s3files",
    ),
    "a session of a second": (
        lambda s: Harness(s, "H", model=NOVA, idle_timeout=cdk.Duration.seconds(1)),
        "`idle_timeout` is 1 seconds: use 1 minute to 14 days",
    ),
    "a life in seconds": (
        lambda s: Harness(s, "H", model=NOVA, max_lifetime=60),  # type: ignore[arg-type]  # the point
        "`max_lifetime` has the value `60`: pass a `cdk.Duration`",
    ),
    "an authorizer for everybody": (
        lambda s: HarnessAuthorizer.jwt(URL),
        "the authorizer takes every token of its provider: give `allowed_audience`",
    ),
    "a URL that is no discovery": (
        lambda s: HarnessAuthorizer.jwt("https://idp.example.com", allowed_clients=["a"]),
        "`discovery_url` has the value `https://idp.example.com`: pass the URL that ends in",
    ),
    "a scope that isn't allowed": (
        lambda s: HarnessAuthorizer.jwt(URL, allowed_scopes=["a"], advertised_scopes={"b": "c"}),
        "`advertised_scopes` has `b`, which `allowed_scopes` hasn't: add it",
    ),
    "an audience as text": (
        lambda s: HarnessAuthorizer.jwt(URL, allowed_audience="orders"),
        "`allowed_audience` has the value `'orders'`: pass a list, also for one",
    ),
    "a claim of nothing": (
        lambda s: JwtClaim.contains_any("groups", []),
        "`values` is empty: name what the claim must contain",
    ),
    "an endpoint without subnets": (
        lambda s: PrivateEndpoint.managed_vpc(ec2.Vpc(s, "V"), subnets=[]),
        "`subnets` is empty: name the subnets",
    ),
    "a resource configuration as a name": (
        lambda s: PrivateEndpoint.lattice("idp"),
        "`resource_configuration` has the value `idp`: pass an id such as rcfg-",
    ),
    "a gateway's scopes as text": (
        lambda s: GatewayAuth.oauth("idp", scopes="read"),
        "`scopes` has the value `'read'`: pass a list",
    ),
    "an unknown grant type": (
        lambda s: GatewayAuth.oauth("idp", scopes=["read"], grant_type="password"),
        "`grant_type` has the value `password`: use CLIENT_CREDENTIALS or AUTHORIZATION_CODE",
    ),
    "a gateway's authentication as text": (
        lambda s: HarnessTool.gateway(GATEWAY, auth="oauth"),  # type: ignore[arg-type]  # the point
        "`auth` has the value `'oauth'`: pass `GatewayAuth.aws_iam",
    ),
    "a ratio of 1.5": (
        lambda s: HarnessTruncation.summarization(summary_ratio=1.5),
        "`summary_ratio` has the value `1.5`: pass a number from 0 to 1",
    ),
    "a truncation as text": (
        lambda s: Harness(s, "H", model=NOVA, truncation="none"),  # type: ignore[arg-type]  # the point
        "`truncation` has the value `'none'`: pass `HarnessTruncation.sliding_window",
    ),
    "a score of 1.8": (
        lambda s: MemoryRetrieval(relevance_score=1.8),
        "`relevance_score` has the value `1.8`: pass a number from 0 to 1",
    ),
    "a retrieval as a number": (
        lambda s: HarnessMemory.existing("m", retrieval={"/facts": 3}),  # type: ignore[dict-item]  # the point
        "`retrieval` has the value `3` of the type `int`",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_value_is_named_with_the_remedy(case: str) -> None:
    build, message = REFUSED[case]
    with pytest.raises(PlanesError, match=message):
        build(Stack())
