"""Every grant: exact statements, decided by another evaluator, and clean in the review."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest
from aws_cdk import aws_iam as iam
from hypothesis import given, settings
from hypothesis import strategies as st
from ministack.core import iam_evaluator

from constructs_lib import AppRole, DataPlaneGrants, PlanesError, catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.catalogue import verbs as table
from constructs_lib.review import review
from constructs_lib.templates import read_document
from tests.cdk import ACCOUNT, REGION, Stack, template
from tests.grants.grant_cases import CASES, Case, Request
from tests.grants.rendered import in_order, statements_of

LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")
IDS = [case.name for case in CASES]


def given_to_a_role(case: Case) -> Stack:
    # Minimizing merges and reorders; here each statement is to be seen as it was given.
    stack = Stack(minimize=False)
    case.give(AppRole(stack, "R", assumed_by=LAMBDA).grants)
    return stack


def decision(statements: list[dict[str, Any]], request: Request) -> str:
    """Return what ministack's evaluator says: `Allow`, `Deny` or `ImplicitDeny`."""
    action, resource, context = request
    keys = {key.lower(): value for key, value in context.items()}
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", **statement} for statement in statements],
    }
    found = iam_evaluator.evaluate(
        iam_evaluator.EvalContext(
            principal_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/app/session",
            principal_type="AssumedRole",
            principal_account=ACCOUNT,
            action=action,
            resource_arn=resource,
            region=keys.pop("aws:requestedregion", REGION),
            service_context=keys,
        ),
        [iam_evaluator.parse_policy_document(document)],
    )
    return str(found.decision)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_grant_is_exact(case: Case) -> None:
    # Stars that IAM demands have a policy of their own.
    assert in_order(statements_of(given_to_a_role(case))) == in_order(case.statements)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_it_allows_what_it_is_for_and_not_the_nearest_thing_beside_it(case: Case) -> None:
    assert decision(case.statements, case.allowed) == "Allow"
    assert decision(case.statements, case.denied) in ("ImplicitDeny", "Deny")


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_review_finds_no_scope_or_form_to_mend(case: Case) -> None:
    report = review(read_document(template(given_to_a_role(case))))
    assert [principal.kind for principal in report.principals if principal.name.startswith("R")] == ["app"]
    found = [f for f in report.findings if f.rule.startswith(("BP2", "BP3"))]
    # A note that nothing streams: streaming is given on request only.
    assert [(f.rule, f.message) for f in found if f.rule != "BP305"] == []


def test_every_verb_has_a_case_and_a_method() -> None:
    of_data = {name for name, family in catalogue.families().items() if family.plane is Plane.DATA}
    verbs = {name for name, verb in table.verbs().items() if verb.family in of_data}
    assert {case.verb for case in CASES} == verbs
    methods = {name for name, _ in inspect.getmembers(DataPlaneGrants, inspect.isfunction) if name[0] != "_"}
    assert methods == verbs - {"external_web_access"}


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_streaming_stands_beside_the_plain_action_or_nowhere(case: Case) -> None:
    for statement in case.statements:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        if "bedrock:InvokeModelWithResponseStream" in actions:
            assert "bedrock:InvokeModel" in actions


def test_a_service_principal_gets_what_an_app_role_gets() -> None:
    stack = Stack(minimize=False)
    DataPlaneGrants(iam.User(stack, "U")).converse("us.amazon.nova-lite-v1:0", streaming=True)
    [case] = [case for case in CASES if case.name == "a geographic profile"]
    assert statements_of(stack) == case.statements


@pytest.mark.parametrize("name", ["Builtin.Helpfulness", "ThirdParty.Relevance"])
def test_an_evaluator_of_aws_has_no_region_and_no_account(name: str) -> None:
    stack = Stack(minimize=False)
    AppRole(stack, "R", assumed_by=LAMBDA).grants.evaluate(name)
    evaluator = f"arn:aws:bedrock-agentcore:::evaluator/{name}"
    assert statements_of(stack) == [{"Action": "bedrock-agentcore:Evaluate", "Resource": evaluator}]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"namespaces": ["/a/"], "namespace_paths": ["/a/"]}, "can't hold for one call: call the grant once"),
        ({"namespace_paths": ["/a/*"]}, r"`namespace_paths` has the value `/a/\*`: pass a path without wild"),
        ({"namespace_paths": [""]}, "`namespace_paths` has the value ``: pass a path without wildcards"),
        ({"namespace_paths": ["/"]}, "`namespace_paths` has the value `/`: pass a path without wildcards"),
    ],
)
def test_a_call_has_a_namespace_or_a_path(options: dict[str, list[str]], message: str) -> None:
    grants = AppRole(Stack(), "R", assumed_by=LAMBDA).grants
    with pytest.raises(PlanesError, match=message):
        grants.memory_retrieve("m-1", **options)


@pytest.mark.parametrize("name", ["", "*", "/agents/*", "arn:aws:logs:us-east-1:111122223333:log-group:x"])
def test_a_log_group_is_one_name(name: str) -> None:
    grants = AppRole(Stack(), "R", assumed_by=LAMBDA).grants
    with pytest.raises(PlanesError, match=r"`log_groups` has the value .*: pass the name of one log group"):
        grants.recommendations(log_groups=[name])


@pytest.mark.parametrize(
    "evaluator",
    [
        "Builtin.",
        "arn:aws:bedrock-agentcore:us-east-1:111122223333:evaluator/Builtin.Helpfulness",
        "arn:aws:bedrock-agentcore:us-east-1::evaluator/ThirdParty.Relevance",
    ],
)
def test_an_evaluator_of_aws_in_ones_own_account_is_refused(evaluator: str) -> None:
    grants = AppRole(Stack(), "R", assumed_by=LAMBDA).grants
    with pytest.raises(PlanesError, match="its ARN no Region and no account; pass its id"):
        grants.evaluate(evaluator)
    grants.evaluate("arn:aws:bedrock-agentcore:::evaluator/Builtin.Helpfulness")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("111122223333:browser/aws.browser.v1", "aws:browser/aws.browser.v1"),
        ("aws:browser-custom/b-1", "111122223333:browser-custom/b-1"),
    ],
)
def test_a_tool_of_aws_is_in_the_account_aws_and_no_other_is(wrong: str, right: str) -> None:
    grants = AppRole(Stack(), "R", assumed_by=LAMBDA).grants
    with pytest.raises(PlanesError, match=r"`browser` has the value .*: pass the construct"):
        grants.use_browser(f"arn:aws:bedrock-agentcore:us-east-1:{wrong}")
    grants.use_browser(f"arn:aws:bedrock-agentcore:us-east-1:{right}")


@pytest.mark.parametrize("record", ["", "*", "x/y", "a?"])
def test_a_record_of_a_registry_is_one_id(record: str) -> None:
    grants = AppRole(Stack(), "R", assumed_by=LAMBDA).grants
    with pytest.raises(PlanesError, match=r"`records` has the value .*: pass the ids alone"):
        grants.search_registry("r-1", records=[record])


def test_a_grantee_that_is_no_construct_needs_a_scope() -> None:
    stack = Stack()
    principal = iam.ArnPrincipal("arn:aws:iam::111122223333:role/x")
    with pytest.raises(PlanesError, match="`scope` is missing: a grantee of the type `ArnPrincipal`"):
        DataPlaneGrants(principal)
    grant = DataPlaneGrants(principal, stack).converse("amazon.nova-lite-v1:0")
    assert not grant.success


def test_what_grants_return_can_be_waited_for() -> None:
    stack = Stack()
    made = AppRole(stack, "R", assumed_by=LAMBDA)
    for model in ("amazon.nova-lite-v1:0", "us.amazon.nova-lite-v1:0"):
        grant = made.grants.converse(model)
        grant.assert_success()
        grant.apply_before(iam.User(stack, f"U{model[0]}"))
    users = [r for r in template(stack)["Resources"].values() if r["Type"] == "AWS::IAM::User"]
    assert all(any("DefaultPolicy" in name for name in user["DependsOn"]) for user in users)


# -------------------------------------------------------------------- nothing makes a grant wider
_TEXT = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "*",
            "?",
            "a*",
            "arn:aws:bedrock:*:*:*",
            "*:*",
            "arn:*",
            "us.*",
            "global.*",
            "x/*",
            "aws.browser.v1",
            "",
        ]
    ),
    st.sampled_from(sorted(catalogue.actions())),
)


def _calls(grants: DataPlaneGrants, name: str, texts: list[str]) -> None:
    method = getattr(grants, name)
    parameters = inspect.signature(method).parameters.values()
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.VAR_POSITIONAL)]
    keyword = {
        p.name: texts[-1] if p.name in ("output", "input", "endpoint", "version") else [texts[-1]]
        for p in parameters
        if p.kind is p.KEYWORD_ONLY
        and p.name not in ("streaming", "external", "key", "model", "files", "profile")
    }
    method(*texts[: len(positional)], **keyword)


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(sorted({case.verb for case in CASES} - {"external_web_access"})),
    texts=st.lists(_TEXT, min_size=3, max_size=3),
)
def test_no_argument_makes_a_grant_emit_a_wildcard_or_a_control_action(name: str, texts: list[str]) -> None:
    given_actions: list[str] = []

    class Taker(iam.User):
        def take_grant(self, verb: str, statements: list[dict[str, Any]]) -> iam.IGrantable:
            for statement in statements:
                given_actions.extend(statement["Action"])
            raise PlanesError("seen")

    with pytest.raises((PlanesError, RuntimeError, TypeError)):
        _calls(DataPlaneGrants(_taker(Taker)), name, texts)
    for action in given_actions:
        known = catalogue.action(action)
        assert "*" not in action
        assert "?" not in action
        assert known is None or known.plane is Plane.DATA
        assert known is not None or action in _OF_OTHER_SERVICES


_OF_OTHER_SERVICES = {
    "kms:Decrypt",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetQueryResults",
    "logs:PutLogEvents",
    "logs:PutRetentionPolicy",
    "logs:StartQuery",
    "s3:GetObject",
    "s3:PutObject",
    "sagemaker:InvokeEndpoint",
    "sagemaker:InvokeEndpointWithResponseStream",
}
_STACK: list[Stack] = []


def _taker(kind: type[iam.User]) -> iam.User:
    """Make a user of the class in one stack that all examples share."""
    if not _STACK:
        _STACK.append(Stack())
    stack = _STACK[0]
    return kind(stack, f"T{len(stack.node.children)}")


# --------------------------------------------------------------------- the table against the reference
def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _fits(action: catalogue.Action, resource: str) -> bool:
    """Whether IAM checks the action on a resource of that form."""
    if not action.resource_types:
        return resource == "*"
    forms = [form for name in action.resource_types for form in catalogue.resource_types()[name].arns]
    return any(re.fullmatch(re.sub(r"\\\$\\\{\w+\\\}", "[^ ]+", re.escape(form)), resource) for form in forms)


def test_every_pair_that_is_emitted_is_one_of_the_reference() -> None:
    pairs, wrong = set(), []
    for case in CASES:
        for statement in case.statements:
            keys = [key for held in statement.get("Condition", {}).values() for key in held]
            for name in _listed(statement["Action"]):
                known = catalogue.action(name)
                if known is None:
                    continue
                for resource in _listed(statement["Resource"]):
                    pairs.add((case.verb, name, resource, *keys))
                    if not _fits(known, resource) and statement.get("Effect") != "Deny":
                        wrong.append((case.verb, name, resource))
                missing = [k for k in keys if not k.startswith("aws:") and k not in known.condition_keys]
                wrong += [(case.verb, name, key) for key in missing]
    print(f"{len(pairs)} pairs of the grants agree with the reference")  # noqa: T201 - the figure is wanted with -s
    assert wrong == []


def test_a_pair_that_is_not_of_the_reference_is_told_apart() -> None:
    agent, generate = catalogue.action("bedrock:InvokeAgent"), catalogue.action("bedrock:RetrieveAndGenerate")
    assert agent is not None
    assert generate is not None
    assert not _fits(agent, f"arn:aws:bedrock:us-east-1:{ACCOUNT}:agent/A")
    assert not _fits(generate, f"arn:aws:bedrock:us-east-1:{ACCOUNT}:knowledge-base/K")
