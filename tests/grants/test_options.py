"""What makes an app role less than any app role: families, guardrail, endpoints, Regions, tiers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from constructs_lib import AppRole, PlanesError
from constructs_lib.data_plane.quotas import size_findings, size_of
from tests.cdk import ACCOUNT, Stack, resources, template
from tests.grants.rendered import plain, statements_of
from tests.grants.test_grants import decision

if TYPE_CHECKING:
    from collections.abc import Callable

LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")
NOVA = "amazon.nova-lite-v1:0"
MODEL = f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}"
GUARDRAIL = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:guardrail/abcdef123456"


def role(stack: cdk.Stack, **options: Any) -> AppRole:
    return AppRole(stack, "R", **{"assumed_by": LAMBDA, **options})


def allow(*actions: str, resource: str = "*") -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=list(actions), resources=[resource])


def held(stack: Stack) -> list[dict[str, Any]]:
    """Return all statements of the one role: its own inline policies, then its default policy."""
    [made] = resources(template(stack), "AWS::IAM::Role").values()
    inline = [p["PolicyDocument"]["Statement"] for p in made["Properties"].get("Policies", [])]
    return [plain(one) for statements in inline for one in statements] + statements_of(stack)


def synthesize(stack: Stack) -> None:
    """Synthesize with all checks, as the CDK CLI does."""
    app = cdk.App.of(stack)
    assert app is not None
    app.synth()


# ------------------------------------------------------------------------------------------ families
def test_only_the_named_families_are_taken_and_left_by_the_boundary() -> None:
    stack = Stack()
    made = role(stack, families=["bedrock-runtime"])
    made.grants.converse(NOVA)
    with pytest.raises(
        PlanesError, match="`bedrock:Retrieve`: it belongs to the family `bedrock-agent-runtime`"
    ):
        made.grants.retrieve("KB12345678")
    with pytest.raises((PlanesError, RuntimeError), match="add `bedrock-agentcore` to them"):
        made.add_to_policy(allow("bedrock-agentcore:InvokeGateway"))
    [boundary] = resources(template(stack), "AWS::IAM::ManagedPolicy").values()
    actions = boundary["Properties"]["PolicyDocument"]["Statement"][1]["Action"]
    assert "bedrock:InvokeModel" in actions
    assert "bedrock:Retrieve" not in actions


# ----------------------------------------------------------------------------------- required guardrail
@pytest.mark.parametrize(
    ("version", "good", "bad"),
    [
        ("1", [f"{GUARDRAIL}:1"], [f"{GUARDRAIL}:2", GUARDRAIL, f"{GUARDRAIL}x:1"]),
        (None, [f"{GUARDRAIL}:1", f"{GUARDRAIL}:22"], [GUARDRAIL, f"{GUARDRAIL}x:1"]),
        ("DRAFT", [GUARDRAIL], [f"{GUARDRAIL}:1"]),
    ],
)
def test_a_required_guardrail_lets_only_its_calls_through(
    version: str | None, good: list[str], bad: list[str]
) -> None:
    stack = Stack()
    role(stack, required_guardrail=("abcdef123456", version)).grants.converse(NOVA)
    statements = held(stack)
    key = "bedrock:GuardrailIdentifier"
    request = ("bedrock:InvokeModel", MODEL)
    assert [decision(statements, (*request, {key: value})) for value in good] == ["Allow"] * len(good)
    assert [decision(statements, (*request, {key: value})) for value in bad] == ["Deny"] * len(bad)
    assert decision(statements, (*request, {})) == "Deny"
    assert decision(statements, ("bedrock:ApplyGuardrail", GUARDRAIL, {})) == "Allow"


INNER: list[Callable[[AppRole], object]] = [
    lambda r: r.grants.retrieve_and_generate("KB12345678", NOVA),
    lambda r: r.grants.invoke_agent("AGENT12345/ALIAS12345"),
    lambda r: r.grants.inline_agent(NOVA),
    lambda r: r.grants.agentic_retrieve("KB12345678"),
    lambda r: r.grants.rerank("amazon.rerank-v1:0"),
    lambda r: r.add_to_policy(allow("bedrock:RetrieveAndGenerate")),
    lambda r: r.add_to_policy(allow("bedrock:InvokeAgent")),
]


@pytest.mark.parametrize("give", INNER)
def test_a_required_guardrail_and_calls_that_lack_it_are_refused_together(
    give: Callable[[AppRole], object],
) -> None:
    made = role(Stack(), required_guardrail=("abcdef123456", "1"))
    with pytest.raises(
        (PlanesError, RuntimeError), match="calls that AWS makes inside it carry no guardrail"
    ):
        give(made)


def test_and_in_the_other_order() -> None:
    made = role(Stack())
    made.grants.invoke_agent("AGENT12345/ALIAS12345")
    with pytest.raises(
        PlanesError, match=r"can't require a guardrail: it holds `invoke_agent`.*use another role"
    ):
        made.grants.require_guardrail("abcdef123456")
    other = role(Stack())
    other.grants.require_guardrail("abcdef123456")
    with pytest.raises(PlanesError, match="carry no guardrail"):
        other.grants.invoke_agent("AGENT12345/ALIAS12345")


# -------------------------------------------------------------------------------------- where from
def test_calls_outside_the_endpoint_are_denied_but_those_of_aws_on_the_roles_behalf() -> None:
    stack = Stack()
    role(stack, required_vpc_endpoints=["vpce-1"]).grants.retrieve_and_generate("KB12345678", NOVA)
    statements = held(stack)
    request = ("bedrock:InvokeModel", MODEL)
    assert decision(statements, (*request, {"aws:SourceVpce": "vpce-1"})) == "Allow"
    assert decision(statements, (*request, {"aws:SourceVpce": "vpce-2"})) == "Deny"
    assert decision(statements, (*request, {})) == "Deny"
    assert decision(statements, (*request, {"aws:ViaAWSService": "true"})) == "Allow"


def test_other_regions_are_denied_and_profiles_that_reach_them_are_refused() -> None:
    stack = Stack()
    made = role(stack, allowed_regions=["us-east-1"])
    made.grants.converse(NOVA)
    with pytest.raises(
        PlanesError, match="is answered in the Region `us-east-2`, which the role's `allowed_regions`"
    ):
        made.grants.converse(f"us.{NOVA}")
    with pytest.raises(
        PlanesError, match=r"foundation-model/amazon.nova-2-lite-v1:0` is answered in any Region"
    ):
        made.grants.converse("global.amazon.nova-2-lite-v1:0")
    statements = held(stack)
    assert decision(statements, ("bedrock:InvokeModel", MODEL, {})) == "Allow"
    assert (
        decision(statements, ("bedrock:InvokeModel", MODEL, {"aws:RequestedRegion": "us-east-2"})) == "Deny"
    )


def test_other_tiers_are_denied() -> None:
    stack = Stack()
    role(stack, service_tiers=["default", "flex"]).grants.converse(NOVA)
    statements = held(stack)
    tiers = {
        tier: decision(statements, ("bedrock:InvokeModel", MODEL, {"bedrock:ServiceTier": tier}))
        for tier in ("default", "flex", "priority", "reserved")
    }
    assert tiers == {"default": "Allow", "flex": "Allow", "priority": "Deny", "reserved": "Deny"}
    assert decision(statements, ("bedrock:InvokeModel", MODEL, {})) == "Allow"


def test_a_session_must_carry_exactly_the_tags() -> None:
    stack = Stack()
    role(
        stack,
        assumed_by=iam.AccountRootPrincipal(),
        session_tags=["team"],
        max_session_duration=cdk.Duration.hours(2),
    )
    [made] = resources(template(stack), "AWS::IAM::Role").values()
    assert made["Properties"]["MaxSessionDuration"] == 7200
    [trust] = made["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert trust["Condition"] == {
        "Null": {"aws:RequestTag/team": "false"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]},
    }


WRONG: list[tuple[dict[str, Any], str]] = [
    (
        {"families": ["bedrock"]},
        "`families` has `bedrock`, which is not a family of the data plane: use .*bedrock-agent-runtime,",
    ),
    ({"families": []}, "`families` is empty"),
    ({"allowed_regions": ["us-*"]}, r"`allowed_regions` has `us-\*`: name Regions"),
    ({"allowed_regions": []}, "`allowed_regions` is empty"),
    ({"service_tiers": ["fast"]}, "`fast` is not a service tier: use default, flex, priority, reserved"),
    (
        {"service_tiers": ["default", "flex", "priority", "reserved"]},
        "name some of the service tiers and not all",
    ),
    ({"required_guardrail": ("abc", "latest")}, "`version` has the value `latest`: use a number, DRAFT"),
    ({"session_tags": ["team"]}, "`session_tags` can't be asked of `lambda.amazonaws.com`"),
]


@pytest.mark.parametrize(("options", "message"), WRONG)
def test_a_wrong_option_is_named_with_the_remedy(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanesError, match=message):
        role(Stack(), **options)


# --------------------------------------------------------------------------------------- boundaries
def test_an_organizations_boundary_is_respected_unless_ours_is_enforced() -> None:
    for enforced in (False, True):
        stack = Stack()
        theirs = iam.ManagedPolicy.from_managed_policy_name(stack, "Theirs", "theirs")
        iam.PermissionsBoundary.of(stack.node.root).apply(theirs)
        role(stack, enforce_boundary=enforced)
        [made] = resources(template(stack), "AWS::IAM::Role").values()
        boundary = plain(made["Properties"]["PermissionsBoundary"])
        assert (boundary == f"arn:aws:iam::{ACCOUNT}:policy/theirs") is not enforced


# ------------------------------------------------------------------------------------ existing roles
def test_a_role_of_this_app_becomes_an_app_role() -> None:
    stack = Stack()
    plain_role = iam.Role(stack, "Plain", assumed_by=LAMBDA)
    wrapped = AppRole.from_role(stack, "App", plain_role)
    wrapped.grants.converse(NOVA)
    s3.Bucket(stack, "Bucket").grant_read(wrapped)
    with pytest.raises(
        (PlanesError, RuntimeError), match="the app role `S/App` can't hold `bedrock:CreateAgent`"
    ):
        wrapped.add_to_policy(allow("bedrock:CreateAgent"))
    found = template(stack)
    [made] = resources(found, "AWS::IAM::Role").values()
    mark = made["Metadata"]["bedrock-planes:role"]
    assert (mark["kind"], mark["checked"]) == ("app", True)
    assert "PermissionsBoundary" in made["Properties"]
    [policy] = resources(found, "AWS::IAM::Policy").values()
    assert [s["Action"] for s in policy["Properties"]["PolicyDocument"]["Statement"]] == [
        "bedrock:InvokeModel",
        ["s3:GetBucket*", "s3:GetObject*", "s3:List*"],
    ]


def test_what_a_wrapped_role_holds_elsewhere_is_found_at_synth() -> None:
    stack = Stack()
    plain_role = iam.Role(stack, "Plain", assumed_by=LAMBDA)
    AppRole.from_role(stack, "App", plain_role)
    plain_role.add_to_policy(allow("bedrock:CreateAgent"))
    with pytest.raises(RuntimeError, match=r"can't hold `bedrock:CreateAgent`|ValidationFailed"):
        synthesize(stack)


def test_an_imported_role_gets_its_policy_and_keeps_its_boundary() -> None:
    stack = Stack()
    imported = iam.Role.from_role_name(stack, "Imported", "their-role")
    AppRole.from_role(stack, "App", imported, families=["bedrock-runtime"]).grants.converse(NOVA)
    [policy] = resources(template(stack), "AWS::IAM::Policy").values()
    assert policy["Properties"]["Roles"] == ["their-role"]
    with pytest.raises(
        PlanesError, match="`enforce_boundary` can't be kept for `S/Other`: the role is imported"
    ):
        AppRole.from_role(stack, "Other", imported, enforce_boundary=True)


# ----------------------------------------------------------------------------------------- limits of IAM
def test_many_grants_split_by_themselves() -> None:
    stack = Stack()
    made = role(stack)
    for number in range(150):
        made.grants.retrieve_and_generate(
            f"KB{number:08}", f"arn:aws:bedrock:us-east-1:{ACCOUNT}:provisioned-model/{number:08}"
        )
        made.add_to_policy(allow(f"s3:Get{number}", resource=f"arn:aws:s3:::bucket-{number}-{'x' * 60}"))
    found = template(stack)
    sizes = [
        size_of(policy["Properties"]["PolicyDocument"])
        for kind, limit in (("AWS::IAM::Policy", 10_240), ("AWS::IAM::ManagedPolicy", 6_144))
        for policy in resources(found, kind).values()
        if size_of(policy["Properties"]["PolicyDocument"]) <= limit
    ]
    assert len(sizes) == len(resources(found, "AWS::IAM::Policy")) + len(
        resources(found, "AWS::IAM::ManagedPolicy")
    )
    assert len(sizes) > 3


def document(characters: int) -> dict[str, Any]:
    empty = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ""}],
    }
    empty["Statement"][0]["Resource"] = "x" * (characters - size_of(empty))  # type: ignore[index]  # a list of one statement, not the Any of JSON
    return empty


def test_the_size_is_counted_as_iam_does() -> None:
    assert size_of(document(500)) == 500
    assert size_of({"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":x"]]}) == len('"arn:aws:x"')


SIZES: list[tuple[list[tuple[str, int]], int, list[str]]] = [
    ([("AWS::IAM::Policy", 10_240)], 0, []),
    (
        [("AWS::IAM::Policy", 10_000), ("AWS::IAM::Role", 341)],
        0,
        ["about 10341 characters, 101 more than IAM takes"],
    ),
    ([("AWS::IAM::ManagedPolicy", 6_144)], 1, []),
    (
        [("AWS::IAM::ManagedPolicy", 6_150)],
        1,
        ["about 6150 characters, 6 more than IAM takes (6144): split it"],
    ),
    ([], 21, ["has 21 managed policies, 1 more than IAM takes (20): use several roles"]),
]


@pytest.mark.parametrize(("documents", "attached", "messages"), SIZES)
def test_what_outgrows_a_limit_says_by_how_much_and_what_to_do(
    documents: list[tuple[str, int]], attached: int, messages: list[str]
) -> None:
    found = list(size_findings("R", [(kind, document(size)) for kind, size in documents], attached))
    assert len(found) == len(messages)
    assert all(wanted in message for wanted, message in zip(messages, found, strict=True))


def test_inline_policies_that_are_too_long_together_fail_the_synthesis() -> None:
    stack = Stack()
    long = iam.PolicyDocument(statements=[allow("s3:GetObject", resource=f"arn:aws:s3:::{'x' * 9000}")])
    made = role(stack, inline_policies={"Long": long})
    made.add_to_policy(allow("s3:PutObject", resource=f"arn:aws:s3:::{'y' * 3000}"))
    with pytest.raises(
        RuntimeError, match=r"more than IAM takes \(10240\): move statements of other services"
    ):
        synthesize(stack)


def test_limits_are_kept_in_the_finished_template_too() -> None:
    stack = Stack()
    made = role(stack, families=["bedrock-runtime"])
    iam.CfnPolicy(
        stack,
        "Late",
        policy_name="late",
        roles=[made.role_name],
        policy_document={"Statement": [{"Effect": "Allow", "Action": "bedrock:Retrieve", "Resource": "*"}]},
    )
    with pytest.raises(RuntimeError, match="`S/R` can't hold `bedrock:Retrieve`: it belongs to the family"):
        synthesize(stack)


# -------------------------------------------------------------------------- guardrails across Regions
EU = ["eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"]
APAC = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
]


@pytest.mark.parametrize(
    ("region", "profile", "expected"),
    [
        ("us-east-1", "us", ["us-east-1", "us-east-2", "us-west-2"]),
        # The source itself is a destination of us-west-1 alone.
        ("us-west-1", "us", ["us-east-1", "us-east-2", "us-west-1", "us-west-2"]),
        ("us-gov-west-1", "us-gov", ["us-gov-east-1", "us-gov-west-1"]),
        ("eu-west-1", "eu", EU),
        ("il-central-1", "eu", sorted([*EU, "il-central-1"])),
        ("eu-west-2", "uk", ["eu-west-2"]),
        ("ap-southeast-2", "au", ["ap-southeast-2"]),
        ("ca-central-1", "ca", ["ca-central-1", "ca-west-1"]),
        ("ap-northeast-1", "apac", APAC),
        # Newer Regions of Asia have more destinations, most of them themselves among these.
        ("ap-southeast-3", "apac", sorted([*APAC, "ap-south-2", "ap-southeast-3", "ap-southeast-4"])),
        ("ap-southeast-4", "apac", sorted([*APAC, "ap-south-2", "ap-southeast-4"])),
        (
            "me-central-1",
            "apac",
            sorted([*APAC, "ap-south-2", "ap-southeast-3", "ap-southeast-4", "me-central-1"]),
        ),
    ],
)
def test_a_guardrail_profile_is_granted_in_every_region_that_may_evaluate(
    region: str, profile: str, expected: list[str]
) -> None:
    stack = Stack(minimize=False)
    guardrail = f"arn:aws:bedrock:{region}:{ACCOUNT}:guardrail/abcdef123456"
    role(stack).grants.apply_guardrail(guardrail, profile=f"{profile}.guardrail.v1:0")
    own, *others = statements_of(stack)[0]["Resource"]
    assert own == guardrail
    assert [arn.split(":")[3] for arn in others] == expected


@pytest.mark.parametrize(
    ("region", "profile"),
    [("eu-west-1", "us"), ("ap-south-2", "apac"), ("us-east-1", "eu"), ("sa-east-1", "sa")],
)
def test_a_guardrail_profile_whose_regions_are_not_known_is_refused_with_the_page(
    region: str, profile: str
) -> None:
    guardrail = f"arn:aws:bedrock:{region}:{ACCOUNT}:guardrail/abcdef123456"
    with pytest.raises(
        PlanesError, match=rf"as called from `{region}` are not documented: name them, as https://docs"
    ):
        role(Stack()).grants.apply_guardrail(guardrail, profile=f"{profile}.guardrail.v1:0")
