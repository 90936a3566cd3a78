from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Annotations, Match
from botocore.exceptions import ClientError

from constructs_lib import AppRole, BedrockVpcEndpoints, DeployRole, OperatorRole, PlanesError, catalogue
from constructs_lib.local.pytest_fixtures import local_aws, local_aws_server
from constructs_lib.platform.endpoint_policies import FIPS, SERVICES
from constructs_lib.review import Options, review_paths
from tests.cdk import ACCOUNT, PARTITION, Stack, resources, template

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.local import LocalAws

__all__ = ["local_aws", "local_aws_server"]

CORE = {"bedrock", "bedrock-agent", "bedrock-runtime", "bedrock-agent-runtime"}
DATA = {"bedrock-runtime", "bedrock-agent-runtime"}
LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")
NOVA = "amazon.nova-lite-v1:0"
RUNTIME = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:runtime/chat"


def vpc(stack: cdk.Stack, *kinds: ec2.SubnetType) -> ec2.Vpc:
    chosen = kinds or (ec2.SubnetType.PRIVATE_ISOLATED,)
    layers = [ec2.SubnetConfiguration(name=f"S{at}", subnet_type=kind) for at, kind in enumerate(chosen)]
    return ec2.Vpc(stack, "Vpc", subnet_configuration=layers)


def imported(stack: cdk.Stack, **more: Any) -> ec2.IVpc:
    known = {"vpc_id": "vpc-1", "availability_zones": ["us-east-1a", "us-east-1b"], **more}
    return ec2.Vpc.from_vpc_attributes(stack, "Vpc", **known)


def endpoints(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the properties of each endpoint by its service."""
    made = resources(found, "AWS::EC2::VPCEndpoint").values()
    return {e["Properties"]["ServiceName"].split("us-east-1.")[1]: e["Properties"] for e in made}


def policies(stack: cdk.Stack, **props: Any) -> dict[str, list[dict[str, Any]]]:
    BedrockVpcEndpoints(stack, "E", **{"vpc": vpc(stack), **props})
    return {name: e["PolicyDocument"]["Statement"] for name, e in endpoints(template(stack)).items()}


def role_arn(rest: str) -> dict[str, Any]:
    return {"Fn::Join": ["", ["arn:", PARTITION, f":iam::{ACCOUNT}:role/{rest}"]]}


def test_each_endpoint_admits_its_own_plane_for_this_account() -> None:
    found = policies(Stack())
    assert set(found) == CORE
    for service, statements in found.items():
        plane = catalogue.families()[service].plane
        expected = sorted(
            a.name for a in catalogue.actions().values() if a.family in CORE and a.plane is plane
        )
        assert statements == [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": expected,
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
            }
        ]


def test_every_service_has_an_endpoint_whose_policy_the_review_accepts(tmp_path: Path) -> None:
    stack = Stack()
    role = AppRole(stack, "Chat", assumed_by=LAMBDA, role_name="chat")
    own = vpc(stack)
    BedrockVpcEndpoints(stack, "E", vpc=own, services=SERVICES)
    BedrockVpcEndpoints(stack, "F", vpc=own, services=sorted(FIPS), fips=True)
    BedrockVpcEndpoints(
        stack,
        "G",
        vpc=own,
        services=["bedrock-agentcore"],
        for_roles=[role],
        oauth_resources=[RUNTIME],
    )
    found = template(stack)
    assert set(endpoints(found)) == {*SERVICES, *(f"{name}-fips" for name in FIPS)}
    assert all(e["PrivateDnsEnabled"] for e in endpoints(found).values())
    (tmp_path / "t.json").write_text(json.dumps(found), "utf-8")
    report = review_paths([str(tmp_path / "t.json")], Options())
    assert [f.message for f in report.findings if f.rule == "BP502"] == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_policy_has_only_actions_that_exist_and_fits(service: str) -> None:
    statements = policies(Stack(), services=[service])[service]
    [statement] = statements  # where an endpoint serves both planes, the CDK merges two equal statements
    named = statement["Action"]
    actions = [named] if isinstance(named, str) else named
    assert all(a.startswith("s3vectors:") or a in catalogue.actions() for a in actions)
    assert len(json.dumps(statements)) < 20_480


def test_each_role_is_named_as_text_in_the_endpoints_of_its_own_plane() -> None:
    stack = Stack()
    roles = [
        AppRole(stack, "Chat", assumed_by=LAMBDA, role_name="chat"),
        AppRole(stack, "Ask", assumed_by=LAMBDA),
        DeployRole(stack, "Deploy", name_prefix="Acme", assumed_by=iam.AccountRootPrincipal()),
        OperatorRole(stack, "Sync", assumed_by=LAMBDA, path="/ops/"),
        iam.Role(stack, "Other", assumed_by=LAMBDA, role_name="other"),
        f"arn:aws:iam::{ACCOUNT}:role/mine",
    ]
    found = policies(stack, for_roles=roles, services=[*CORE, "bedrock-mantle"])
    either = [f"arn:aws:iam::{ACCOUNT}:role/mine", role_arn("other")]
    data = [role_arn("bedrock-planes/app/*"), role_arn("bedrock-planes/app/chat"), *either]
    control = [role_arn("bedrock-planes/deploy/*"), role_arn("ops/*"), *either]
    for service, statements in found.items():
        expected = [data] if service in DATA else [control]
        expected = [control, data] if service == "bedrock-mantle" else expected
        named = [s["Condition"]["ArnLike"]["aws:PrincipalArn"] for s in statements]
        assert [sorted(map(str, names)) for names in named] == [sorted(map(str, e)) for e in expected]
        assert all(list(s["Condition"]) == ["ArnLike"] for s in statements)


@pytest.mark.parametrize(
    ("path", "services"),
    [("bedrock-planes/app/*", DATA), ("bedrock-planes/operator/x", CORE - DATA), ("bedrock-planes/*", CORE)],
)
def test_an_arn_in_the_path_of_a_kind_of_role_has_its_plane(path: str, services: set[str]) -> None:
    assert set(policies(Stack(), for_roles=[f"arn:aws:iam::{ACCOUNT}:role/{path}"])) == services


def test_an_imported_app_role_has_its_plane_by_its_path() -> None:
    stack = Stack()
    role = AppRole.from_role_arn(stack, "R", f"arn:aws:iam::{ACCOUNT}:role/bedrock-planes/app/chat")
    assert set(policies(stack, for_roles=[role])) == DATA


def test_app_roles_get_the_core_endpoints_of_their_plane() -> None:
    stack = Stack()
    assert set(policies(stack, for_roles=[AppRole(stack, "Chat", assumed_by=LAMBDA)])) == DATA


def test_an_organization_stands_in_place_of_the_account_and_beside_roles() -> None:
    organization = {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}
    stack = Stack()
    [alone] = policies(stack, services=["bedrock"], organization_id="o-exampleorgid")["bedrock"]
    assert alone["Condition"] == organization
    arn = f"arn:aws:iam::{ACCOUNT}:role/mine"
    [both] = policies(Stack(), services=["bedrock"], organization_id="o-exampleorgid", for_roles=[arn])[
        "bedrock"
    ]
    assert both["Condition"] == {**organization, "ArnLike": {"aws:PrincipalArn": arn}}


def test_callers_with_a_token_may_call_exactly_the_runtimes_named() -> None:
    gateway = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:gateway/tools"
    found = policies(
        Stack(),
        services=["bedrock-agentcore", "bedrock-agentcore.gateway", "bedrock-runtime"],
        oauth_resources=[RUNTIME, gateway],
    )
    assert {name: s[1:] for name, s in found.items()} == {
        "bedrock-runtime": [],
        "bedrock-agentcore": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": [
                    "bedrock-agentcore:GetRuntimeProtectedResourceMetadata",
                    "bedrock-agentcore:InvokeAgentRuntime",
                ],
                "Resource": RUNTIME,
            }
        ],
        "bedrock-agentcore.gateway": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": "bedrock-agentcore:InvokeGateway",
                "Resource": gateway,
            }
        ],
    }


ISOLATED, PRIVATE, PUBLIC = (
    ec2.SubnetType.PRIVATE_ISOLATED,
    ec2.SubnetType.PRIVATE_WITH_EGRESS,
    ec2.SubnetType.PUBLIC,
)


@pytest.mark.parametrize(
    ("kinds", "wanted", "said"),
    [
        ((PUBLIC, PRIVATE, ISOLATED), "S2", None),
        ((PUBLIC, PRIVATE), "S1", "private"),
        ((PUBLIC,), "S0", "public"),
    ],
)
def test_the_most_private_subnets_are_taken_and_others_are_said(
    kinds: tuple[ec2.SubnetType, ...], wanted: str, said: str | None
) -> None:
    stack = Stack()
    BedrockVpcEndpoints(stack, "E", vpc=vpc(stack, *kinds))
    for endpoint in endpoints(template(stack)).values():
        assert all(subnet["Ref"].startswith(f"Vpc{wanted}Subnet") for subnet in endpoint["SubnetIds"])
    messages = Annotations.from_stack(stack).find_info("*", Match.any_value())
    found = [str(m.entry.data) for m in messages if "subnets" in str(m.entry.data)]
    assert len(found) == (said is not None)
    assert all(f"in the {said} ones" in text for text in found)


def test_the_default_vpc_of_the_cdk_and_an_imported_one_do() -> None:
    stack = Stack()
    BedrockVpcEndpoints(stack, "E", vpc=ec2.Vpc(stack, "Vpc"))
    assert set(endpoints(template(stack))) == CORE
    stack = Stack()
    own = imported(stack, vpc_cidr_block="10.0.0.0/16", private_subnet_ids=["subnet-1", "subnet-2"])
    BedrockVpcEndpoints(stack, "E", vpc=own)
    found = template(stack)
    assert {str(e["SubnetIds"]) for e in endpoints(found).values()} == {"['subnet-1', 'subnet-2']"}
    [group] = resources(found, "AWS::EC2::SecurityGroup").values()
    assert [rule["CidrIp"] for rule in group["Properties"]["SecurityGroupIngress"]] == ["10.0.0.0/16"]


def test_the_clients_replace_the_range_of_the_vpc() -> None:
    stack = Stack()
    own = imported(stack, private_subnet_ids=["subnet-1", "subnet-2"])
    app = ec2.SecurityGroup.from_security_group_id(stack, "App", "sg-1")
    BedrockVpcEndpoints(stack, "E", vpc=own, clients=[ec2.Peer.ipv4("10.1.0.0/16"), app])
    found = template(stack)
    [group] = resources(found, "AWS::EC2::SecurityGroup").values()
    assert [rule["CidrIp"] for rule in group["Properties"]["SecurityGroupIngress"]] == ["10.1.0.0/16"]
    [rule] = resources(found, "AWS::EC2::SecurityGroupIngress").values()
    assert rule["Properties"]["SourceSecurityGroupId"] == "sg-1"


def test_a_role_here_and_an_endpoint_there_need_neither_stack_first() -> None:
    app = cdk.App(builtin_cloud_formation_validation=False, analytics_reporting=False)
    here, there = (cdk.Stack(app, name, env=cdk.Environment(account=ACCOUNT)) for name in ("Here", "There"))
    chat = AppRole(here, "Chat", assumed_by=LAMBDA)
    made = BedrockVpcEndpoints(there, "E", vpc=vpc(there), for_roles=[chat])
    # The other direction is a reference: in a cycle the synthesis would fail.
    cdk.CfnOutput(here, "Endpoint", value=made.endpoints["bedrock-runtime"].vpc_endpoint_id)
    assembly = app.synth()
    assert [d.id for d in assembly.get_stack_by_name("There").dependencies if d.id == "Here"] == []
    assert "There" in [d.id for d in assembly.get_stack_by_name("Here").dependencies]


def test_a_role_and_its_endpoint_fit_into_one_template() -> None:
    stack = Stack()
    chat = AppRole(stack, "Chat", assumed_by=LAMBDA)
    made = BedrockVpcEndpoints(stack, "E", vpc=vpc(stack), for_roles=[chat])
    chat.add_to_policy(
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            actions=["bedrock:InvokeModel"],
            resources=["*"],
            conditions={
                "StringNotEquals": {"aws:SourceVpce": made.endpoints["bedrock-runtime"].vpc_endpoint_id}
            },
        )
    )
    assert set(endpoints(template(stack))) == DATA  # template() looks for cycles


WRONG: dict[str, tuple[Callable[[Stack], dict[str, Any]], str]] = {
    "an unknown service": (
        lambda _: {"services": ["bedrock-mantel"]},
        "`bedrock-mantel`: choose from",
    ),
    "no service": (lambda _: {"services": []}, "has the value `none`: choose from"),
    "the registry, which has no endpoint": (lambda _: {"services": ["agent-registry"]}, "choose from"),
    "no role": (lambda _: {"for_roles": []}, "`for_roles` must be a list of roles: give at least one"),
    "a role as text": (lambda _: {"for_roles": "chat"}, "`for_roles` must be a list"),
    "a role's name": (lambda _: {"for_roles": ["chat"]}, "`for_roles` has `chat`: give a role, or the ARN"),
    "a user": (lambda _: {"for_roles": [f"arn:aws:iam::{ACCOUNT}:user/x"]}, "give a role, or the ARN"),
    "a number": (lambda _: {"for_roles": [3]}, "`for_roles` has `int`: give roles"),
    "a role without name and path": (
        lambda s: {"for_roles": [iam.Role(s, "R", assumed_by=LAMBDA)]},
        "the role `S/R`, whose name CloudFormation makes: give the role a `path` of its own or a `role_name`",
    ),
    "a role of the other plane": (
        lambda s: {"for_roles": [AppRole(s, "R", assumed_by=LAMBDA)], "services": ["bedrock"]},
        "no role of `for_roles` is for the plane of `bedrock`",
    ),
    "no organization's id": (lambda _: {"organization_id": "example"}, "`organization_id` .*o-exampleorgid"),
    "FIPS where there is none": (
        lambda _: {"fips": True, "services": ["bedrock-agent"]},
        "`bedrock-agent`, which has no FIPS endpoint",
    ),
    "no ARN for OAuth": (lambda _: {"oauth_resources": ["chat"]}, "`oauth_resources` has `chat`: give ARNs"),
    "all accounts for OAuth": (
        lambda _: {"oauth_resources": ["arn:aws:bedrock-agentcore:us-east-1::gateway/x"]},
        "`oauth_resources` has .*: give ARNs",
    ),
    "OAuth without its endpoint": (
        lambda _: {"oauth_resources": [RUNTIME]},
        "whose endpoint is not made: add `bedrock-agentcore` to `services`",
    ),
    "an imported VPC without its range": (
        lambda s: {"vpc": imported(s, private_subnet_ids=["a", "b"])},
        "the VPC `S/Vpc` was imported without its range: pass `clients`",
    ),
    "an imported VPC without subnets": (
        lambda s: {"vpc": imported(s, vpc_cidr_block="10.0.0.0/16")},
        "the VPC `S/Vpc` was imported without subnets: pass `subnets`",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_prop_is_refused_with_its_remedy(name: str) -> None:
    props, message = WRONG[name]
    stack = Stack()
    given = props(stack)
    given = given if "vpc" in given else {"vpc": vpc(stack), **given}
    with pytest.raises(PlanesError, match=message):
        BedrockVpcEndpoints(stack, "E", **given)


def test_fips_is_refused_outside_of_the_united_states_and_canada() -> None:
    stack = cdk.Stack(cdk.App(), "S", env=cdk.Environment(region="eu-central-1"))
    with pytest.raises(PlanesError, match="`fips` is True in `eu-central-1`"):
        BedrockVpcEndpoints(stack, "E", vpc=vpc(stack), fips=True)


@pytest.mark.parametrize(("roles", "fits"), [(430, True), (480, False)])
def test_a_policy_above_the_limit_fails_the_synthesis(roles: int, fits: bool) -> None:
    stack = Stack()
    names = [f"arn:aws:iam::{ACCOUNT}:role/team-{number:03}" for number in range(roles)]
    BedrockVpcEndpoints(stack, "E", vpc=vpc(stack), services=["bedrock-runtime"], for_roles=names)
    if fits:
        assert template(stack)
        return
    with pytest.raises(RuntimeError, match="the policy of the endpoint of `bedrock-runtime` has about 2"):
        template(stack)


def test_exactly_the_calls_of_the_named_roles_pass_through_the_local_endpoint(local_aws: LocalAws) -> None:
    stack = Stack()
    app_path = AppRole(stack, "Ask", assumed_by=LAMBDA)
    named = iam.Role(stack, "Other", assumed_by=LAMBDA, role_name="named")
    policy = json.dumps(
        {"Statement": policies(stack, for_roles=[app_path, named])["bedrock-runtime"]}
    ).replace(json.dumps(role_arn("named")), f'"arn:aws:iam::{local_aws.account}:role/named"')
    policy = policy.replace(
        json.dumps(role_arn("bedrock-planes/app/*")),
        f'"arn:aws:iam::{local_aws.account}:role/bedrock-planes/app/*"',
    )
    network, roles = local_aws.client("ec2"), local_aws.client("iam")
    endpoint = network.create_vpc_endpoint(
        VpcId=network.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"],
        ServiceName="com.amazonaws.us-east-1.bedrock-runtime",
        VpcEndpointType="Interface",
        PolicyDocument=policy,
    )["VpcEndpoint"]["VpcEndpointId"]
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{local_aws.account}:root"},
        "Action": "sts:AssumeRole",
    }
    allowed = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}
    answers = {}
    for path, name in (
        ("/bedrock-planes/app/", "any"),
        ("/", "named"),
        ("/", "unnamed"),
        ("/bedrock-planes/apps/", "near"),
        ("/bedrock-planes/deploy/", "deploy"),
    ):
        arn = roles.create_role(
            RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]})
        )["Role"]["Arn"]
        roles.put_role_policy(
            RoleName=name, PolicyName="p", PolicyDocument=json.dumps({"Statement": [allowed]})
        )
        client = local_aws.client("bedrock-runtime", role_arn=arn, vpc_endpoint_id=endpoint)
        try:
            client.converse(modelId=NOVA, messages=[{"role": "user", "content": [{"text": "hi"}]}])
            answers[name] = True
        except ClientError as error:
            answers[name] = "no VPC endpoint policy allows" not in str(error)
    assert answers == {"any": True, "named": True, "unnamed": False, "near": False, "deploy": False}


@pytest.mark.parametrize("first", ["There", "Here"])
def test_a_role_here_and_an_endpoint_there_deploy_in_any_order(
    local_aws: LocalAws, tmp_path: Path, first: str
) -> None:
    """Neither stack's template has a value of the other, so that both orders deploy, and go away again."""
    local_aws.reset()
    app = cdk.App(outdir=str(tmp_path), builtin_cloud_formation_validation=False, analytics_reporting=False)
    environment = cdk.Environment(account=local_aws.account, region=local_aws.region)
    plain = {
        name: cdk.Stack(
            app, name, env=environment, synthesizer=cdk.LegacyStackSynthesizer(), analytics_reporting=False
        )
        for name in ("Here", "There")
    }
    root = iam.ArnPrincipal(f"arn:aws:iam::{local_aws.account}:root")
    chat = AppRole(plain["Here"], "Chat", assumed_by=root)
    chat.grants.converse(NOVA)
    made = BedrockVpcEndpoints(plain["There"], "E", vpc=vpc(plain["There"]), for_roles=[chat])
    stranger = iam.Role(plain["Here"], "Stranger", assumed_by=root)
    stranger.add_to_policy(iam.PolicyStatement(actions=["bedrock:InvokeModel"], resources=["*"]))
    cdk.CfnOutput(plain["Here"], "Role", value=chat.role_arn)
    cdk.CfnOutput(plain["Here"], "Other", value=stranger.role_arn)
    cdk.CfnOutput(plain["There"], "Endpoint", value=made.endpoints["bedrock-runtime"].vpc_endpoint_id)
    assembly = app.synth()
    cloudformation = local_aws.client("cloudformation")
    told: dict[str, str] = {}
    order = [first, *({"Here", "There"} - {first})]
    for name in order:
        body = json.dumps(assembly.get_stack_by_name(name).template)
        cloudformation.create_stack(StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
        cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0.05})
        [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
        told |= {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    through = local_aws.client("bedrock-runtime", role_arn=told["Role"], vpc_endpoint_id=told["Endpoint"])
    messages = [{"role": "user", "content": [{"text": "hi"}]}]
    assert through.converse(modelId=NOVA, messages=messages)["output"]
    other = local_aws.client("bedrock-runtime", role_arn=told["Other"], vpc_endpoint_id=told["Endpoint"])
    with pytest.raises(ClientError, match="no VPC endpoint policy allows"):
        other.converse(modelId=NOVA, messages=messages)
    for name in order:
        cloudformation.delete_stack(StackName=name)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 0.05})
