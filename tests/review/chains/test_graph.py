"""Chains between principals: a walk finds what a search without memory finds, and does little work."""

from __future__ import annotations

import random
from collections import deque
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.review import Options
from constructs_lib.review.chains import Graph, matching
from constructs_lib.review.chains import graph as graph_module
from constructs_lib.review.engine import review, review_model
from constructs_lib.templates import read_document

if TYPE_CHECKING:
    from constructs_lib.review.chains import Node
    from constructs_lib.templates import Model

_SERVICES = ("lambda.amazonaws.com", "bedrock.amazonaws.com", "ecs-tasks.amazonaws.com")
_RUNNERS = ("lambda:CreateFunction", "bedrock:CreateFlow", "ecs:RunTask")


def _role(chance: random.Random, count: int) -> dict[str, Any]:
    """Return a role that trusts a few and may do a few things."""
    principals: list[dict[str, Any]] = [{"Service": chance.choice(_SERVICES)} for _ in range(2)]
    principals.append({"AWS": chance.choice(["*", {"Fn::GetAtt": [f"R{chance.randrange(count)}", "Arn"]}])})
    actions: list[list[str]] = [["bedrock:InvokeModel"], ["bedrock:CreateGuardrail"], ["sqs:SendMessage"]]
    targets = [
        "*",
        "arn:aws:iam::*:role/*",
        {"Fn::GetAtt": [f"R{chance.randrange(count)}", "Arn"]},
        "arn:aws:iam::111122223333:role/other",
    ]
    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", "Action": chance.choice(actions), "Resource": "*"}
    ]
    for _ in range(chance.randrange(3)):
        running = chance.sample(_RUNNERS[:2], chance.randrange(1, 3))
        statements.append({"Effect": "Allow", "Action": running, "Resource": "*"})
        statements.append({"Effect": "Allow", "Action": "iam:PassRole", "Resource": chance.choice(targets)})
    if chance.random() < 0.3:
        to = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": chance.choice(targets)}
        statements.append(to)
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Statement": [
                    {"Effect": "Allow", "Principal": item, "Action": "sts:AssumeRole"} for item in principals
                ]
            },
            "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": statements}}],
        },
    }


def _nodes(seed: int, count: int) -> list[Node]:
    chance = random.Random(seed)
    resources = {f"R{index}": _role(chance, count) for index in range(count)}
    return review_model(read_document({"Resources": resources}), Options()).nodes


def _ends(start: Node, graph: Graph, *, memory: bool) -> dict[str, int]:
    """Return the control principals that a search finds, each with the number of steps."""
    walk = graph.walk()
    found: dict[str, int] = {}
    seen = {start.id}
    queue = deque([(start, 0)])
    while queue:
        here, count = queue.popleft()
        for step in (walk if memory else graph.walk()).steps(here):
            if step.target.id in seen:
                continue
            seen.add(step.target.id)
            if step.target.control_write:
                found[step.target.id] = count + 1
            else:
                queue.append((step.target, count + 1))
    return found


@pytest.mark.parametrize("seed", range(20))
def test_a_walk_leaves_out_only_roles_that_it_has_found(seed: int) -> None:
    nodes = _nodes(seed, 12)
    graph = Graph(nodes)
    both = [(_ends(n, graph, memory=True), _ends(n, graph, memory=False)) for n in nodes]
    assert any(ends for ends, _ in both)
    assert all(ends == expected for ends, expected in both)


def test_walks_through_many_wide_statements_do_little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every principal may pass every role, a walk tests the roles once, not once for each principal."""
    calls: list[str] = []
    known = matching.pattern_covers_role

    def counted(pattern: str, role: Node, holder: Node) -> bool:
        calls.append(pattern)
        return known(pattern, role, holder)

    monkeypatch.setattr(graph_module, "pattern_covers_role", counted)
    nodes = _nodes(0, 300)
    graph = Graph(nodes)
    start = next(
        node
        for node in nodes
        if node.data
        and any("iam:PassRole" in item.actions and "*" in item.resources for item in node.permissions)
    )
    assert len(_ends(start, graph, memory=True)) > 50
    assert len(calls) < 40 * len(nodes)


def test_a_pattern_is_compared_with_a_role_once_for_all_principals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every principal may assume every role, searches from all of them compare each pair once."""
    compared: list[tuple[str, str]] = []
    known = matching.pattern_covers_role

    def counted(pattern: str, role: Node, holder: Node) -> bool:
        compared.append((pattern, role.id))
        return known(pattern, role, holder)

    monkeypatch.setattr(graph_module, "pattern_covers_role", counted)
    assume = [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": f"arn:aws:iam::*:role/*{digit}*"}
        for digit in range(3)
    ]
    account = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
    resources = {f"R{index}": _bare([assume[index % 3]], account) for index in range(60)}
    for index, role in enumerate(resources.values()):
        role["Properties"]["RoleName"] = f"r{index}"
    nodes = review_model(read_document({"Resources": resources}), Options()).nodes
    graph = Graph(nodes)
    for node in nodes:
        _ends(node, graph, memory=True)
    assert len(compared) == len(set(compared)) == 3 * len(nodes)


def test_only_the_nearest_of_very_many_control_principals_are_reported() -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    passing = ["iam:PassRole", "lambda:CreateFunction", "bedrock:InvokeModel"]
    given = {"App": passing} | {f"Deploy{index}": ["bedrock:CreateAgent"] for index in range(40)}
    resources = {
        name: {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {"Statement": [trust]},
                "Policies": [
                    {
                        "PolicyName": "p",
                        "PolicyDocument": {
                            "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]
                        },
                    }
                ],
            },
        }
        for name, actions in given.items()
    }
    model: Model = read_document({"Resources": resources})
    chains = [item for item in review(model).findings if item.rule == "BP105"]
    assert len(chains) == 25
    assert {item.principal for item in chains} == {"document#App"}


_ARN = {"Fn::GetAtt": ["Deploy", "Arn"]}
_OTHER = {"Fn::GetAtt": ["Other", "Arn"]}


def _bare(statements: list[dict[str, Any]], principal: dict[str, Any]) -> dict[str, Any]:
    trust = {"Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}}
    inline = {"PolicyName": "p", "PolicyDocument": {"Statement": statements}}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": trust, "Policies": [inline]},
    }


def _chained(*statements: dict[str, Any], also: dict[str, Any] | None = None) -> set[str]:
    """Return the roles from which a chain leads to the role `Deploy` of their template."""
    invoke = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}
    account = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
    create = {"Effect": "Allow", "Action": "bedrock:CreateGuardrail", "Resource": "*"}
    service = {"Service": "lambda.amazonaws.com"}
    resources = {
        "App": _bare([invoke, *statements], service),
        "Deploy": _bare([create], {**account, **service}),
        **(also or {}),
    }
    found = review(read_document({"Resources": resources}, "t")).findings
    return {str(finding.principal).partition("#")[2] for finding in found if finding.rule == "BP105"}


@pytest.mark.parametrize(
    ("deny", "is_reached"),
    [
        ({"Action": "s3:*", "Resource": "*"}, True),
        ({"Action": "sts:*", "Resource": _ARN}, False),
        ({"Action": ["iam:PassRole", "sts:AssumeRole"], "Resource": [_OTHER, _ARN]}, False),
        ({"Action": "*", "Resource": "arn:*:iam::*:role/*-Deploy-*"}, False),
        ({"Action": "*", "Resource": _OTHER}, True),
        ({"Action": "sts:*", "NotResource": "arn:aws:s3:::bucket"}, False),
        ({"Action": "sts:*", "NotResource": ["arn:aws:s3:::bucket", _ARN]}, True),
        ({"Action": "*", "Resource": _ARN, "Condition": {"Bool": {"a": "b"}}}, True),
        ({"NotAction": "sts:AssumeRole", "Resource": _ARN}, True),
    ],
)
@pytest.mark.parametrize("allowed", ["*", "arn:aws:iam::*:role/*", [_ARN, _OTHER]])
def test_a_deny_on_some_roles_removes_only_these(
    allowed: Any, deny: dict[str, Any], is_reached: bool
) -> None:
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": allowed}
    expected = {"App"} if is_reached else set()
    assert _chained(assume, {"Effect": "Deny", **deny}) == expected


@pytest.mark.parametrize("action", ["iam:PassRole", "lambda:CreateFunction"])
@pytest.mark.parametrize(("resource", "is_reached"), [(_ARN, False), (_OTHER, True)])
def test_a_deny_of_passing_removes_the_role_that_it_names(
    action: str, resource: Any, is_reached: bool
) -> None:
    run = {"Effect": "Allow", "Action": ["iam:PassRole", "lambda:CreateFunction"], "Resource": "*"}
    deny = {"Effect": "Deny", "Action": action, "Resource": resource}
    # A function is not a role, so a Deny of its actions on a role removes nothing.
    expected = {"App"} if is_reached or action != "iam:PassRole" else set()
    assert _chained(run, deny) == expected


def test_a_walk_follows_a_pattern_again_where_a_deny_no_longer_applies() -> None:
    wide = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": _ARN}
    account = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
    assert _chained(wide, deny, also={"Middle": _bare([wide], account)}) == {"App"}
