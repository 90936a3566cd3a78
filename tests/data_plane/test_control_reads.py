"""Control reads at runtime are an opt-in on exact ARNs: grants, the role, its check and its boundary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib import AppRole, DataPlaneBoundary, PlanesError, catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.catalogue.verbs import CONTROL_READS
from constructs_lib.data_plane.boundary import boundary_document, fingerprint_of
from constructs_lib.data_plane.quotas import size_of
from constructs_lib.grants.facades import DataPlaneGrants
from constructs_lib.iam import Request, decide, parse_document
from constructs_lib.review.rules import bp102_control_read_at_runtime as bp102
from tests.cdk import ACCOUNT, Stack, arn, resources, template

if TYPE_CHECKING:
    from pathlib import Path

LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")
AT = f"arn:aws:bedrock:us-east-1:{ACCOUNT}"
PROFILE, GUARDRAIL = "us.amazon.nova-lite-v1:0", f"{AT}:guardrail/abc123"
PROFILE_ARN = f"{AT}:inference-profile/{PROFILE}"
READ = {"Effect": "Allow", "Action": "bedrock:GetInferenceProfile"}


def made(stack: cdk.Stack, **props: Any) -> AppRole:
    return AppRole(stack, "R", assumed_by=LAMBDA, **props)


def held(stack: cdk.Stack) -> list[tuple[str, str]]:
    """Return each control read that the stack's policies give, with its resource."""
    text = json.dumps(resources(template(stack), "AWS::IAM::Policy"))
    text = text.replace(json.dumps(arn("")).removesuffix(':"]]}'), '"arn:aws').replace('"]]}', '"')
    documents = [policy["Properties"]["PolicyDocument"] for policy in json.loads(text).values()]
    statements = [each for document in documents for each in document["Statement"]]
    reads = CONTROL_READS.values()
    return [
        (each["Action"], each["Resource"])
        for each in statements
        if isinstance(each["Action"], str) and each["Action"] in reads
    ]


def test_each_read_is_a_control_read_of_its_resource_and_a_note_of_the_review() -> None:
    for kind, name in CONTROL_READS.items():
        action = catalogue.actions()[name]
        assert action.plane is Plane.CONTROL
        assert f"bedrock:{kind}" in action.resource_types
        assert name in bp102._DOCUMENTED


@pytest.mark.parametrize(
    ("resource", "read"),
    [
        (PROFILE, "bedrock:GetInferenceProfile"),
        (f"{AT}:imported-model/abc123", "bedrock:GetImportedModel"),
        (f"{AT}:provisioned-model/abc123", "bedrock:GetProvisionedModelThroughput"),
    ],
)
@pytest.mark.parametrize("verb", ["converse", "invoke", "responses", "invoke_async", "invoke_bidirectional"])
def test_a_grant_gives_the_read_of_what_is_called_on_its_exact_arn(
    verb: str, resource: str, read: str
) -> None:
    stack = Stack()
    more = {"output": "answers"} if verb == "invoke_async" else {}
    getattr(made(stack, control_reads=True).grants, verb)(resource, control_reads=True, **more)
    assert held(stack) == [(read, resource if resource.startswith("arn") else PROFILE_ARN)]


@pytest.mark.parametrize("verb", ["apply_guardrail", "enforced_guardrail", "require_guardrail"])
def test_a_grant_of_a_guardrail_gives_its_read(verb: str) -> None:
    stack = Stack(minimize=False)
    getattr(made(stack, control_reads=True).grants, verb)(GUARDRAIL, control_reads=True)
    assert held(stack) == [("bedrock:GetGuardrail", GUARDRAIL)]


@pytest.mark.parametrize(
    "imported",
    [
        lambda stack, **props: AppRole.from_role_arn(stack, "App", f"arn:aws:iam::{ACCOUNT}:role/r", **props),
        lambda stack, **props: AppRole.from_role_name(stack, "App", "r", **props),
        lambda stack, **props: AppRole.from_role(
            stack, "App", iam.Role.from_role_name(stack, "I", "r"), **props
        ),
    ],
    ids=["from_role_arn", "from_role_name", "from_role"],
)
def test_an_imported_role_takes_the_read_with_the_same_option(imported: Any) -> None:
    stack = Stack()
    imported(stack, control_reads=True).grants.converse(PROFILE, control_reads=True)
    assert held(stack) == [("bedrock:GetInferenceProfile", PROFILE_ARN)]
    with pytest.raises(PlanesError, match="`control_reads=True`"):
        imported(Stack()).grants.converse(PROFILE, control_reads=True)


def test_no_grant_gives_a_read_that_it_was_not_asked_for() -> None:
    stack = Stack()
    role = made(stack, control_reads=True)
    role.grants.converse(PROFILE)
    role.grants.apply_guardrail(GUARDRAIL)
    assert held(stack) == []


def test_any_other_principal_is_given_it_too() -> None:
    stack = Stack()
    DataPlaneGrants(iam.Role(stack, "R", assumed_by=LAMBDA)).converse(PROFILE, control_reads=True)
    assert held(stack) == [("bedrock:GetInferenceProfile", PROFILE_ARN)]


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("amazon.nova-lite-v1:0", "finds nothing to read in"),
        (f"{AT}:custom-model-deployment/abc123", "finds nothing to read in"),
    ],
)
def test_what_has_no_read_is_refused(model: str, says: str) -> None:
    stack = Stack()
    with pytest.raises(PlanesError, match=f"`control_reads` {says}"):
        made(stack, control_reads=True).grants.converse(model, control_reads=True)
    assert held(stack) == []


def test_a_role_that_does_not_opt_in_refuses_the_grant_and_says_how() -> None:
    role = made(Stack())
    with pytest.raises(PlanesError, match=r"can't hold `bedrock:GetInferenceProfile`.*`control_reads=True`"):
        role.grants.converse(PROFILE, control_reads=True)


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("bedrock:GetInferenceProfile", PROFILE_ARN, True),
        ("bedrock:getinferenceprofile", PROFILE_ARN, True),
        ("bedrock:GetInferenceProfile", f"{AT}:application-inference-profile/abc", True),
        ("bedrock:GetCustomModel", f"{AT}:custom-model/abc", True),
        ("bedrock:GetGuardrail", GUARDRAIL, True),
        ("bedrock:GetInferenceProfile", "*", False),
        ("bedrock:GetInferenceProfile", f"{AT}:inference-profile/*", False),
        ("bedrock:GetInferenceProfile", f"{AT}:inference-profile/us.amazon.nova-lite-v1:?", False),
        ("bedrock:GetInferenceProfile", GUARDRAIL, False),
        ("bedrock:GetInferenceProfile", f"{AT}:inference-profile/", False),
        ("bedrock:Get*", PROFILE_ARN, False),
        ("bedrock:ListInferenceProfiles", "*", False),
        ("bedrock:GetFoundationModel", "arn:aws:bedrock:us-east-1::foundation-model/x", False),
        ("bedrock:DeleteInferenceProfile", PROFILE_ARN, False),
        ("bedrock:GetAgent", f"{AT}:agent/abc", False),
    ],
)
def test_a_role_that_opts_in_holds_these_reads_on_exact_arns_only(
    action: str, resource: str, *, allowed: bool
) -> None:
    statement = iam.PolicyStatement(actions=[action], resources=[resource])
    role = made(Stack(), control_reads=True)
    if allowed:
        assert role.add_to_policy(statement)
        return
    with pytest.raises(PlanesError, match="can't hold"):
        role.add_to_policy(statement)


def test_families_and_regions_leave_it_its_reads() -> None:
    role = made(Stack(), control_reads=True, families=["bedrock-runtime"], allowed_regions=["us-east-1"])
    assert role.add_to_policy(
        iam.PolicyStatement(actions=["bedrock:GetInferenceProfile"], resources=[PROFILE_ARN])
    )
    with pytest.raises(PlanesError, match="`allowed_regions` leave out"):
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["bedrock:GetInferenceProfile"],
                resources=[PROFILE_ARN.replace("us-east-1", "eu-west-1")],
            )
        )


def test_the_boundary_opens_these_reads_and_nothing_else() -> None:
    holds = parse_document(
        {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}, name="h", path="h", pointer=""
    )
    control = [name for name, action in catalogue.actions().items() if action.plane is not Plane.DATA]

    def passing(document: dict[str, Any]) -> set[str]:
        boundary = parse_document(document, name="b", path="b", pointer="")
        return {name for name in control if decide(Request(name, "*"), [holds], boundary=boundary)}

    assert passing(boundary_document()) == set()
    assert passing(boundary_document(control_reads=True)) == {*CONTROL_READS.values()}
    roles = [f"arn:aws-us-gov:iam::111122223333:role/tenant-{n:02}-reader" for n in range(20)]
    assert size_of(boundary_document(roles, control_reads=True)) <= 6144


def test_the_role_has_a_boundary_of_its_own_and_says_so_in_its_mark() -> None:
    stack = Stack()
    made(stack, control_reads=True)
    found = template(stack)
    [role] = resources(found, "AWS::IAM::Role").values()
    mark = role["Metadata"]["bedrock-planes:role"]
    assert mark["control_reads"] is True
    assert mark["boundary"]["sha256"] == fingerprint_of(boundary_document(control_reads=True))
    [boundary] = resources(found, "AWS::IAM::ManagedPolicy").values()
    assert "bedrock:GetGuardrail" in json.dumps(boundary)


def test_a_shared_boundary_must_leave_the_reads_open() -> None:
    stack = Stack()
    shared = DataPlaneBoundary.from_deploy_stack(stack, "B", "AcmeDeployRole")
    with pytest.raises(PlanesError, match="can't have `control_reads` under the boundary that it shares"):
        made(stack, control_reads=True, permissions_boundary=shared)
    opened = DataPlaneBoundary.from_deploy_stack(stack, "C", "AcmeDeployRole", control_reads=True)
    AppRole(stack, "S", assumed_by=LAMBDA, control_reads=True, permissions_boundary=opened)


def test_an_existing_role_can_opt_in() -> None:
    stack = Stack()
    role = AppRole.from_role(stack, "X", iam.Role(stack, "T", assumed_by=LAMBDA), control_reads=True)
    role.grants.converse(PROFILE, control_reads=True)
    assert held(stack) == [("bedrock:GetInferenceProfile", PROFILE_ARN)]


# ------------------------------------------------------------ the finished template
@pytest.mark.parametrize(
    ("opts_in", "resource", "passes"),
    [
        (True, PROFILE_ARN, True),
        (True, {"Fn::Sub": "arn:aws:bedrock:us-east-1:${AWS::AccountId}:inference-profile/x"}, True),
        (True, "*", False),
        (True, f"{AT}:inference-profile/*", False),
        (True, {"Fn::Sub": "arn:aws:bedrock:us-east-1:${AWS::AccountId}:inference-profile/*"}, False),
        (False, PROFILE_ARN, False),
    ],
)
def test_the_finished_template_is_held_to_it(
    tmp_path: Path, resource: Any, *, opts_in: bool, passes: bool
) -> None:
    app = cdk.App(outdir=str(tmp_path / "out"), builtin_cloud_formation_validation=False)
    stack = cdk.Stack(app, "S", env=cdk.Environment(account=ACCOUNT, region="us-east-1"))
    role = made(stack, control_reads=opts_in)
    document = {"Version": "2012-10-17", "Statement": [{**READ, "Resource": resource}]}
    role.checked_resource.add_property_override("Policies", [{"PolicyName": "p", "PolicyDocument": document}])
    if passes:
        app.synth()
        return
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()


def test_a_boundary_with_more_reads_than_these_fails_the_synthesis(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path / "out"), builtin_cloud_formation_validation=False)
    stack = cdk.Stack(app, "S", env=cdk.Environment(account=ACCOUNT, region="us-east-1"))
    role = made(stack, control_reads=True)
    app.synth()
    boundary = role.node.find_child("Boundary")
    assert isinstance(boundary, DataPlaneBoundary)
    boundary.add_statements(iam.PolicyStatement(actions=["bedrock:GetAgent"], resources=["*"]))
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth(force=True)
