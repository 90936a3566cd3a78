from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib import AppRole, DataPlaneBoundary, PlanesError, catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.data_plane import boundary as boundary_module
from constructs_lib.data_plane.boundary import boundary_document, fingerprint_of
from constructs_lib.data_plane.quotas import size_of
from constructs_lib.iam import Request, compress, decide, expand, matches, parse_document
from tests.cdk import ACCOUNT, Stack, resources, template
from tests.older_catalogues import OlderCatalogue, older_catalogues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.iam import Policy

DATA = sorted(name for name, action in catalogue.actions().items() if action.plane is Plane.DATA)


CONTROL = sorted(set(catalogue.actions()) - set(DATA))
APP_PATH = "/bedrock-planes/app/"
PARTITIONS = ("aws", "aws-cn", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-us-gov")


def policy(*roles: str, families: Sequence[str] | None = None) -> Policy:
    return parse_document(boundary_document(roles, families), name="b", path="b.json", pointer="")


def allowed(boundary: Policy, action: str, resource: str = "*") -> bool:
    """Return whether a role that holds everything may do it under the boundary."""
    everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    holds = parse_document(everything, name="h", path="h.json", pointer="")
    return bool(decide(Request(action, resource), [holds], boundary=boundary))


def data_patterns(document: dict[str, Any]) -> list[str]:
    return [p for p in document["Statement"][1]["Action"] if not p.startswith("iam:")]


def test_it_allows_of_bedrock_exactly_the_data_actions() -> None:
    found = {name for pattern in data_patterns(boundary_document()) for name in expand(pattern)}
    assert sorted(found) == DATA
    boundary = policy()
    assert not [action for action in CONTROL if allowed(boundary, action)]


def test_few_actions_are_listed_by_their_full_names() -> None:
    document = boundary_document(families=["bedrock-runtime"])
    assert not [pattern for pattern in data_patterns(document) if "*" in pattern]


def test_no_pattern_is_a_whole_service_or_a_bare_noun() -> None:
    for pattern in data_patterns(boundary_document()):
        head, star, tail = pattern.partition(":")[2].partition("*")
        assert not star or head or sum(letter.isupper() for letter in tail) > 1, pattern


FORMS: tuple[dict[str, Any], ...] = ({}, {"nouns": True}, {"nouns": True, "verbs": True})


@pytest.mark.parametrize("form", FORMS, ids=lambda form: "-".join(form) or "words")
@pytest.mark.parametrize("older", older_catalogues(), ids=lambda older: older.date)
def test_made_on_an_earlier_day_it_matches_no_control_action_that_came_later(
    older: OlderCatalogue, form: dict[str, Any]
) -> None:
    patterns = compress(older.on(Plane.DATA), whole_words=True, among=older.actions, **form)
    later = [name for name in CONTROL if name not in older.actions]
    assert [(p, name) for p in patterns for name in later if matches(p, name)] == []


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize("count", [0, 1, 10, 25])
@pytest.mark.parametrize("path", ["/", APP_PATH])
@pytest.mark.parametrize("control_reads", [False, True])
def test_it_fits_into_a_managed_policy(partition: str, count: int, path: str, *, control_reads: bool) -> None:
    """Names of 28 characters; the longest have 64."""
    roles = [f"arn:{partition}:iam::111122223333:role{path}orders-{n:02}-{'x' * 18}" for n in range(count)]
    document = boundary_document(roles, control_reads=control_reads)
    assert size_of(document) <= 6144
    assert document["Statement"][2].get("NotResource", []) == roles


def decisions(boundary: Policy, actions: Sequence[str], resources: Sequence[str]) -> list[bool]:
    return [allowed(boundary, action, resource) for action in actions for resource in resources]


def test_every_form_decides_the_same() -> None:
    """Of all known actions of Bedrock, each cut and escalation, and becoming roles that are named and not."""
    full = boundary_module._document(DATA, [ROLE])
    forms = [
        boundary_module._document(written, [ROLE], named=named)
        for named, written in boundary_module._forms(DATA)
    ]
    sizes = [size_of(form) for form in forms]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 5
    parsed = [parse_document(form, name="b", path="b.json", pointer="") for form in (full, *forms)]
    known = [*DATA, *CONTROL, *ESCALATIONS["actions"], "s3:GetObject", "iam:GetRole"]
    others = ["sts:AssumeRole", "sts:assumerole", "sts:AssumeRoot"]
    found = [
        (decisions(each, known, ["*"]), decisions(each, others, [ROLE, f"{ROLE}2", f"{ROLE}/x", "*"]))
        for each in parsed
    ]
    assert found[1:] == found[:1] * 5


def test_names_are_left_out_before_patterns_get_shorter() -> None:
    path = f"arn:aws:iam::111122223333:role{APP_PATH}"
    found = []
    for count in (10, 23, 25):
        document = boundary_document([f"{path}tenant-{n:02}-reader" for n in range(count)])
        found.append(
            ("Sid" in document["Statement"][0], "bedrock-agentcore:*ABTest*" in data_patterns(document))
        )
    assert found == [(True, False), (False, False), (False, True)]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: "-".join(form) or "words")
def test_every_form_of_the_patterns_is_exact(form: dict[str, Any]) -> None:
    patterns = compress(DATA, whole_words=True, **form)
    assert sorted({name for pattern in patterns for name in expand(pattern)}) == DATA
    assert not [pattern for pattern in patterns if pattern.endswith(":*")]


@pytest.mark.parametrize("partition", PARTITIONS)
def test_roles_with_the_longest_names_are_counted(partition: str) -> None:
    roles = [
        f"arn:{partition}:iam::111122223333:role/bedrock-planes/operator/{n:02}{'x' * 62}" for n in range(25)
    ]
    with pytest.raises(PlanesError, match=r"name fewer roles \(the first (\d+) of 25 fit\)") as refused:
        boundary_document(roles)
    found = re.search(r"first (\d+)", str(refused.value))
    fits = int(found[1]) if found else 0
    assert size_of(boundary_document(roles[:fits])) <= 6144
    with pytest.raises(PlanesError):
        boundary_document(roles[: fits + 1])


def test_a_role_that_is_a_token_is_counted_at_its_longest() -> None:
    tokens = [cdk.Fn.import_value(f"Role{n}") for n in range(25)]
    with pytest.raises(PlanesError, match="name fewer roles"):
        boundary_document(tokens)


def test_a_role_of_the_app_is_counted_with_its_own_path() -> None:
    stack = Stack()
    deep = [AppRole(stack, f"R{n}", assumed_by=LAMBDA, path=f"/{'x' * 500}/").role_arn for n in range(5)]
    with pytest.raises(PlanesError, match=r"the first (\d+) of 5 fit") as refused:
        boundary_document(deep)
    found = re.search(r"first (\d+)", str(refused.value))
    fits = int(found[1]) if found else 0
    boundary_document(deep[:fits])
    size = size_of(boundary_document())
    assert size + (fits + 1) * 603 > 6144 >= size + (fits - 1) * 603
    shallow = [AppRole(stack, f"S{n}", assumed_by=LAMBDA).role_arn for n in range(5)]
    boundary_document(shallow)


ROLE = "arn:aws:iam::111122223333:role/reader"


def test_a_role_that_is_not_named_is_denied_and_not_only_left_out() -> None:
    assert boundary_document()["Statement"][2] == {
        "Sid": "NamedRoles",
        "Effect": "Deny",
        "Action": "sts:AssumeRole",
        "Resource": "*",
    }
    assert allowed(policy(ROLE), "sts:AssumeRole", ROLE)
    assert not allowed(policy(ROLE), "sts:AssumeRole", f"{ROLE}2")
    assert not allowed(policy(), "sts:AssumeRole", ROLE)


ESCALATIONS = json.loads(Path(__file__).with_name("escalations.json").read_text("utf-8"))


def test_of_the_known_escalations_those_left_open_are_on_the_page() -> None:
    """The page says why each of them is left open."""
    boundary = policy()
    data = set(DATA)
    left = [action for action in ESCALATIONS["actions"] if action not in data and allowed(boundary, action)]
    page = Path(__file__).parents[2].joinpath("docs", "boundary.md").read_text("utf-8")
    assert [action for action in left if f"`{action}`" not in page] == []
    named = set(re.findall(r"`([a-z0-9-]+:[A-Z]\w+)`", page.partition("## What is left open")[2]))
    assert sorted(named - set(left) - data - {"iam:PassRole", "sts:AssumeRole"}) == []
    print(f"{len(ESCALATIONS['actions'])} escalations: {len(left)} left open")  # noqa: T201 - the count is asked for


@pytest.mark.parametrize(
    "action",
    [
        "cloudformation:DescribeStacks",
        "sso:CreateAccountAssignment",
        "lambda:UpdateFunctionCode",
        "ssm:StartSession",
        "eks:UpdateAccessEntry",
        "cloudtrail:StopLogging",
        "aws-marketplace:Subscribe",
        "agent-registry:CreateRegistry",
        "iam:CreatePolicyVersion",
    ],
)
def test_what_leads_directly_to_other_rights_is_cut(action: str) -> None:
    assert not allowed(policy(), action)


@pytest.mark.parametrize(
    "action", ["s3:GetObject", "lambda:InvokeFunction", "ssm:GetParameter", "iam:GetRole", "eks:ListClusters"]
)
def test_what_an_application_needs_stays(action: str) -> None:
    assert allowed(policy(), action)


def test_each_cut_is_on_the_page_with_its_reason_and_the_page_of_aws() -> None:
    page = Path(__file__).parents[2].joinpath("docs", "boundary.md").read_text("utf-8")
    rows = re.findall(
        r"^\| `([^`]+)` \| ([^|]+) \| \[[^]]+\]"
        r"\(https://docs\.aws\.amazon\.com/service-authorization/latest/reference/list_\w+\.html\) \|$",
        page,
        re.MULTILINE,
    )
    assert sorted(pattern for pattern, _ in rows) == sorted(boundary_module._CUT)


def test_a_stack_has_one_and_a_stranger_in_its_place_is_named() -> None:
    stack = Stack()
    assert DataPlaneBoundary.of(stack).node.path == DataPlaneBoundary.of(stack).node.path
    other = Stack()
    Construct(other, "DataPlaneBoundary")
    with pytest.raises(PlanesError, match="`S/DataPlaneBoundary` is in the way of the boundary"):
        DataPlaneBoundary.of(other)


# ------------------------------------------------------------ one boundary beside the deploy role
LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")
NAME = "AcmeDeployRole-DataPlaneBoundary-us-east-1"


def test_a_shared_boundary_has_a_name_that_begins_with_its_stack() -> None:
    stack = Stack("AcmeDeployRole")
    DataPlaneBoundary(stack, "B", shared=True)
    (made,) = resources(template(stack), "AWS::IAM::ManagedPolicy").values()
    assert made["Properties"]["ManagedPolicyName"] == NAME


def test_an_app_role_takes_it_from_the_stack_of_the_deploy_role() -> None:
    stack = Stack("AcmeApp")
    shared = DataPlaneBoundary.from_deploy_stack(stack, "B", "AcmeDeployRole")
    AppRole(stack, "R", assumed_by=LAMBDA, permissions_boundary=shared)
    found = template(stack)
    assert resources(found, "AWS::IAM::ManagedPolicy") == {}
    (role,) = resources(found, "AWS::IAM::Role").values()
    assert NAME in json.dumps(role["Properties"]["PermissionsBoundary"])
    assert ACCOUNT in json.dumps(role["Properties"]["PermissionsBoundary"])
    assert role["Metadata"]["bedrock-planes:role"]["boundary"] == {
        "name": NAME,
        "sha256": fingerprint_of(boundary_document()),
    }


def test_a_role_that_the_shared_boundary_does_not_name_can_not_be_assumable() -> None:
    stack = Stack()
    shared = DataPlaneBoundary.from_deploy_stack(stack, "B", "AcmeDeployRole", assumable_roles=[ROLE])
    AppRole(stack, "R", assumed_by=LAMBDA, permissions_boundary=shared, assumable_roles=[ROLE])
    with pytest.raises(PlanesError, match=f"can't assume `{ROLE}2` under the boundary that it shares"):
        AppRole(stack, "S", assumed_by=LAMBDA, permissions_boundary=shared, assumable_roles=[f"{ROLE}2"])


def test_the_check_of_the_finished_template_knows_a_shared_boundary() -> None:
    """Alone, without the stack that makes it; replaced, it is seen."""
    stack = Stack("AcmeApp")
    shared = DataPlaneBoundary.from_deploy_stack(stack, "B", "AcmeDeployRole")
    role = AppRole(stack, "R", assumed_by=LAMBDA, permissions_boundary=shared)
    stack.node.root.synth()  # type: ignore[attr-defined]  # the root of a test's stack is an app
    role.checked_resource.permissions_boundary = "arn:aws:iam::aws:policy/AdministratorAccess"
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        stack.node.root.synth(force=True)  # type: ignore[attr-defined]  # the root of a test's stack is an app
