from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib import catalogue
from constructs_lib.iam import names_of
from constructs_lib.iam.action_sets import types_of
from constructs_lib.iam.decision import Request, decide
from constructs_lib.iam.effective_permissions import Effective, effective
from constructs_lib.iam.model import UNRESOLVED, Policy
from tests.iam.build import KB, MODEL, actions_of, allow, deny, policy
from tests.iam.strategies import ACTIONS, ALLOWS, DENIES, RESOURCES, STATEMENTS, policies
from tests.iam.witness import pieces_of, witness

R, RG = "bedrock:Retrieve", "bedrock:RetrieveAndGenerate"
AGENT = "arn:aws:bedrock:us-east-1:111122223333:agent/A"
ALIAS = "arn:aws:bedrock:us-east-1:111122223333:agent-alias/A/B"
ODD_MODEL = MODEL.replace("::", ":111122223333:")
ALL_KB = ":bedrock:*:*:knowledge-base/*"
IF = {"Bool": {"aws:SecureTransport": "true"}}

BUT_KB = {"Effect": "Deny", "Action": "*", "NotResource": KB}
BUT_R = {"Effect": "Deny", "NotAction": R, "Resource": "*"}
NO_BEDROCK = {"Effect": "Allow", "NotAction": ["x:*", "bedrock*:*"], "Resource": "*"}
NO_ARN = {"Effect": "Allow", "Action": "bedrock:Retrieve*", "NotResource": "arn:*"}

EVERY_PREFIX = [f"{prefix}:*" for prefix in catalogue.prefixes()]

CASES: list[tuple[str, list[dict[str, Any]], set[str]]] = [
    ("exact", [allow(R, KB)], {R}),
    ("any letter case", [allow("BEDROCK:rEtRiEvE", KB)], {R}),
    ("question mark", [allow("bedrock:Retriev?", KB)], {R}),
    ("wildcard", [allow("bedrock:Retrieve*")], {R, RG}),
    ("an ARN on an action that takes only *", [allow(RG, KB)], set()),
    ("the wrong resource type", [allow("bedrock:InvokeAgent", AGENT)], set()),
    ("the right resource type", [allow("bedrock:InvokeAgent", ALIAS)], {"bedrock:InvokeAgent"}),
    ("an alias without its id", [allow("bedrock:InvokeAgent", ALIAS.removesuffix("/B"))], set()),
    (
        "an account in a model's ARN",
        [allow("bedrock:InvokeModel", MODEL.replace("::", ":111122223333:"))],
        set(),
    ),
    (
        "a model without Region",
        [allow("bedrock:InvokeModel", "arn:aws:bedrock:::foundation-model/m")],
        {"bedrock:InvokeModel"},
    ),
    (
        "a star over colons",
        [allow("bedrock:InvokeModel", "arn:aws:bedrock:*:foundation-model/m")],
        {"bedrock:InvokeModel"},
    ),
    ("another service's ARN", [allow(R, "arn:aws:s3:::bucket/*")], set()),
    ("another service's action", [allow("s3:*")], set()),
    ("a condition on an Allow stays", [allow(R, KB, Condition=IF)], {R}),
    ("Deny on everything", [allow("bedrock:Retrieve*"), deny(R)], {RG}),
    ("Deny in any letter case", [allow(R), deny("BEDROCK:*")], set()),
    ("Deny with a condition", [allow(R), deny(R, Condition=IF)], {R}),
    ("Deny on one ARN of many", [allow(R), deny(R, KB)], {R}),
    ("Deny on exactly that ARN", [allow(R, KB), deny(R, KB)], set()),
    (
        "Deny on the whole type",
        [allow("bedrock:Retrieve*"), deny("*", "arn:aws:bedrock:*:*:knowledge-base/*")],
        {RG},
    ),
    (
        "Deny on the type in any partition",
        [allow(R), deny("*", f"arn:{UNRESOLVED}:bedrock:*:*:knowledge-base/*")],
        set(),
    ),
    ("Deny on an ARN in another partition", [allow(R), deny("*", "arn:aws-cn:bedrock:*")], {R}),
    ("Deny by two halves", [allow(R, KB + "*"), deny(R, KB), deny(R, KB + "?*")], set()),
    ("Deny on the resource * only", [allow("bedrock:Retrieve*"), deny("*", "?")], {R}),
    ("Deny on an open resource", [allow(R, KB), deny(R, UNRESOLVED)], {R}),
    ("Deny of an open action", [allow(R, KB), deny(UNRESOLVED)], {R}),
    (
        "Deny with NotResource",
        [allow("bedrock:Retrieve*"), {"Effect": "Deny", "Action": "*", "NotResource": KB}],
        {R},
    ),
    (
        "Deny with NotResource and its exception",
        [allow(R), BUT_KB, deny(R, KB)],
        set(),
    ),
    (
        "Deny with NotAction",
        [allow("bedrock:Retrieve*"), {"Effect": "Deny", "NotAction": R, "Resource": "*"}],
        {R},
    ),
    (
        "Allow with NotAction",
        [
            {
                "Effect": "Allow",
                "NotAction": ["bedrock:[A-Z]*", *EVERY_PREFIX],
                "Resource": "*",
            }
        ],
        set(),
    ),
    (
        "Allow with NotResource",
        [{"Effect": "Allow", "Action": "bedrock:Retrieve*", "NotResource": "arn:*"}],
        {RG},
    ),
    ("Allow with NotResource *", [{"Effect": "Allow", "Action": "*", "NotResource": "*"}], set()),
    ("an open resource counts", [allow("bedrock:Retrieve*", UNRESOLVED)], {R, RG}),
    ("an open id counts", [allow("bedrock:Retrieve*", KB[:-10] + UNRESOLVED)], {R}),
    ("an open id of the wrong type", [allow("bedrock:InvokeAgent", f"{AGENT}{UNRESOLVED}")], set()),
    ("a policy variable is open", [allow(R, KB[:-10] + "${aws:PrincipalTag/kb}")], {R}),
    ("an open action counts nothing", [allow(UNRESOLVED), allow(f"bedrock:{UNRESOLVED}")], set()),
    ("look-alike letters", [allow("bedrock:Invo\u212aeModel")], set()),
]


@pytest.mark.parametrize(
    ("statements", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_effective(statements: list[dict[str, Any]], expected: set[str]) -> None:
    result = effective([policy(*statements)])
    assert set(actions_of(result)) == expected


def test_the_order_of_flow_and_its_alias_is_kept_apart() -> None:
    flow = "arn:aws:bedrock:us-east-1:111122223333:flow/F"
    assert effective([policy(allow("bedrock:*Flow", flow + "/alias/G"))]).allows("bedrock:InvokeFlow")
    assert not effective([policy(allow("bedrock:GetFlow", flow + "/alias/G"))]).mask
    assert not effective([policy(allow("bedrock:InvokeFlow", flow))]).mask


def test_a_conditional_deny_removes_nothing_and_a_conditional_allow_counts() -> None:
    maybe = policy(deny("*"), conditional=True)
    assert actions_of(effective([policy(allow(R)), maybe])) == (R,)
    assert actions_of(effective([policy(allow(R), conditional=True)])) == (R,)


def test_administrators_hold_every_action() -> None:
    assert actions_of(effective([policy(allow("*"))])) == tuple(sorted(catalogue.actions()))


def _resources(result: Effective) -> tuple[str, ...]:
    return tuple(sorted({piece.pattern for piece in pieces_of(result, R)}))


BOUNDARIES: list[tuple[str, dict[str, Any], dict[str, Any], tuple[str, ...] | None]] = [
    ("cuts a star", allow(R), allow("*", KB), (KB,)),
    ("lets pass", allow(R, KB), allow("bedrock:*"), (KB,)),
    ("lacks the action", allow(R), allow("s3:*"), None),
    ("lacks the resource", allow(R, KB), allow("*", ALIAS), None),
    (
        "meets segment by segment",
        allow(R, "arn:aws:bedrock:us-east-1:*:*"),
        allow("*", "arn:aws:bedrock:*:111122223333:knowledge-base/*"),
        ("arn:aws:bedrock:us-east-1:111122223333:knowledge-base/*",),
    ),
    (
        "meets only in the wrong type",
        allow(R, "arn:aws:bedrock:*:*:*e/*"),
        allow("*", "arn:aws:bedrock:*:*:application-inference-profile/*e*"),
        None,
    ),
    ("denies", allow(R), {"Effect": "Deny", "Action": "*", "Resource": "*"}, None),
    ("allows all but", allow(R, KB), {"Effect": "Allow", "Action": "*", "NotResource": KB}, None),
]


@pytest.mark.parametrize(
    ("statement", "limit", "expected"),
    [case[1:] for case in BOUNDARIES],
    ids=[case[0] for case in BOUNDARIES],
)
def test_a_boundary_and_an_scp_cut_alike(
    statement: dict[str, Any], limit: dict[str, Any], expected: tuple[str, ...] | None
) -> None:
    for result in (
        effective([policy(statement)], boundary=policy(limit)),
        effective([policy(statement)], scps=[policy(allow("*")), [policy(limit), policy(allow("s3:*"))]]),
    ):
        assert (_resources(result) or None) == expected


def test_each_layer_of_scps_must_allow() -> None:
    layers = [policy(allow("bedrock:Retrieve*")), policy(allow(RG))]
    assert actions_of(effective([policy(allow("bedrock:*"))], scps=layers)) == (RG,)


def test_what_is_left_says_where_it_comes_from() -> None:
    statement = allow(["bedrock:Retrieve*", "s3:*"], [KB, ALIAS, MODEL], Condition=IF)
    given_policy = policy(statement)
    limit = policy(allow("*", Condition={"StringEquals": {"aws:PrincipalTag/team": "a"}}))
    ((origin, held, items),) = effective([given_policy], boundary=limit).rows
    assert (origin, held) == (given_policy, given_policy.statements[0])
    assert [(item.piece.pattern, names_of(item.mask)) for item in items] == [(KB, (R,))]
    assert [limiting.conditions[0].key for limiting in items[0].limits] == ["aws:PrincipalTag/team"]


def test_what_a_not_resource_statement_leaves_out_is_kept() -> None:
    excluding = {"Effect": "Allow", "NotAction": "s3:*", "NotResource": [KB, f"{KB}/{UNRESOLVED}"]}
    (piece,) = pieces_of(effective([policy(excluding)]), R)
    assert (piece.pattern, piece.excluded) == ("*", (KB,))


def test_open_and_newer_names_leave_the_answer_incomplete() -> None:
    newer = next(name for name, action in sorted(catalogue.actions().items()) if not action.in_reference)
    names = ["bedrock:Converse", "s3:Nope", newer, f"bedrock:{UNRESOLVED}", f"s3:{UNRESOLVED}"]
    result = effective([policy(allow(names), deny("bedrock:UseInferenceProfile"))])
    assert [gap.pattern for gap in result.incomplete] == [newer, f"bedrock:{UNRESOLVED}"]
    assert actions_of(result) == (newer,)


@pytest.mark.parametrize(
    ("action", "resource", "counts"),
    [
        ("bedrock:*", "*", True),
        ("bedrock:*", "arn:aws:bedrock:*:*:*", True),
        ("bedrock:*", "arn:aws:bedrock:us-east-1:111122223333:session/*", False),
        ("bedrock:*", "arn:aws:bedrock-agentcore:*:*:*", False),
        (
            "bedrock:CreateVpcConfiguration",
            "arn:aws:bedrock:us-east-1:111122223333:vpc/x",
            True,
        ),
        ("bedrock:CreateVpcConfiguration", "arn:aws:bedrock-agentcore:*:*:*", False),
        ("bedrock:CreateVpcConfiguration", "arn:aws:s3:::bucket", False),
    ],
)
def test_an_action_of_unknown_resource_types_counts_where_somebody_meant_it(
    action: str, resource: str, counts: bool
) -> None:
    newer = catalogue.action("bedrock:CreateVpcConfiguration")
    assert newer is not None
    assert not newer.in_reference
    assert effective([policy(allow(action, resource))]).allows(newer.name) is counts


@settings(deadline=None)
@given(st.lists(STATEMENTS, min_size=1, max_size=5), DENIES)
def test_adding_a_deny_never_widens(statements: list[dict[str, Any]], extra: dict[str, Any]) -> None:
    before, after = effective([policy(*statements)]), effective([policy(*statements, extra)])
    assert after.mask & ~before.mask == 0


@settings(deadline=None)
@given(st.lists(STATEMENTS, min_size=1, max_size=5), ALLOWS)
def test_adding_an_allow_never_narrows(statements: list[dict[str, Any]], extra: dict[str, Any]) -> None:
    before, after = effective([policy(*statements)]), effective([policy(*statements, extra)])
    assert before.mask & ~after.mask == 0


@settings(deadline=None)
@given(policies(), policies(), policies())
def test_a_boundary_or_an_scp_never_widens(identity: Policy, boundary: Policy, layer: Policy) -> None:
    free = effective([identity])
    bound = effective([identity], boundary=boundary)
    assert bound.mask & ~free.mask == 0
    assert effective([identity], boundary=boundary, scps=[layer]).mask & ~bound.mask == 0


@settings(deadline=None)
@given(
    st.lists(STATEMENTS, min_size=2, max_size=5).flatmap(lambda s: st.tuples(st.just(s), st.permutations(s)))
)
def test_the_order_of_statements_and_their_spread_over_documents_is_irrelevant(
    pair: tuple[list[dict[str, Any]], list[dict[str, Any]]],
) -> None:
    first, second = pair
    assert effective([policy(*first)]).mask == effective([policy(item) for item in second]).mask


@settings(deadline=None)
@given(policies(), st.none() | policies(), st.lists(policies(), max_size=2))
def test_whatever_a_request_may_do_is_effective_and_has_a_witness(
    identity: Policy, boundary: Policy | None, scps: list[Policy]
) -> None:
    result = effective([identity], boundary=boundary, scps=scps)
    for action in ACTIONS:
        accepted = set(catalogue.actions()[action].resource_types)
        for resource in RESOURCES:
            fits = bool(accepted & types_of(resource)) if resource != "*" else not accepted
            if fits and decide(Request(action, resource), [identity], boundary=boundary, scps=scps):
                assert result.allows(action), resource
    for action in set(ACTIONS) & set(actions_of(result)):
        found = witness(result, action)
        assert found is not None, action
        assert decide(Request(action, found.resource), [identity], boundary=boundary, scps=scps)
