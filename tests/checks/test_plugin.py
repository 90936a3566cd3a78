"""How plugin and pack behave inside the CDK: severities, acknowledgements, faults, stages, options."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda

from constructs_lib import __version__, review, templates
from constructs_lib.checks import BedrockPlaneChecks, BedrockPlaneNagPack, mark_role
from constructs_lib.cli import main
from constructs_lib.review.rules import rules
from tests.checks.crossings import build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
DOORS = pytest.mark.parametrize("door", [BedrockPlaneChecks, BedrockPlaneNagPack], ids=["plugin", "nag pack"])


def app_with(*actions: str, outdir: Path | None = None, roles: int = 1) -> tuple[cdk.App, list[iam.Role]]:
    app = cdk.App(
        builtin_cloud_formation_validation=False,
        analytics_reporting=False,
        outdir=str(outdir) if outdir else None,
    )
    stack = cdk.Stack(app, "S")
    made = []
    for number in range(roles):
        role = iam.Role(stack, f"Role{number}", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=[MODEL]))
        made.append(role)
    return app, made


def mixed(outdir: Path | None = None, roles: int = 1) -> tuple[cdk.App, list[iam.Role]]:
    app, made = app_with(
        "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", outdir=outdir, roles=roles
    )
    for role in made:
        role.add_to_policy(iam.PolicyStatement(actions=["bedrock:CreateGuardrail"], resources=["*"]))
    return app, made


def standing(reports: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (violation["ruleName"].removeprefix("bedrock-planes::"), construct["constructPath"])
        for report in reports
        for violation in report["violations"]
        for construct in violation["violatingConstructs"]
    ]


def suppressed(reports: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [
        (
            violation["ruleName"].removeprefix("bedrock-planes::"),
            violation["reason"],
            construct["constructPath"],
        )
        for report in reports
        for violation in report.get("suppressedViolations") or []
        for construct in violation["violatingConstructs"]
    ]


def acknowledge(construct: Any, reason: str, rule: str = "BP101") -> None:
    cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=f"bedrock-planes::{rule}", reason=reason))


def told_twice(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the report that a door wrote as ``planes.json``, which must be that of the command line."""
    written: dict[str, Any] = json.loads((folder / "planes.json").read_text("utf-8"))
    (folder / "planes.json").unlink()
    main(["review", str(folder), "--format", "json"])
    assert written == json.loads(capsys.readouterr().out)
    return written


@DOORS
def test_an_app_without_findings_passes(door: Any, synth: Callable[..., Any]) -> None:
    app, _ = app_with("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
    cdk.Validations.of(app).add_plugins(door())
    failed, reports, _ = synth(app)
    assert not failed
    assert standing(reports) == []


@DOORS
def test_warnings_and_notes_are_shown_and_pass(door: Any, synth: Callable[..., Any]) -> None:
    app, _ = app_with("bedrock:InvokeModel", "bedrock:GetFoundationModel")
    cdk.Validations.of(app).add_plugins(door())
    failed, reports, _ = synth(app)
    severities = {(v["ruleName"].rpartition(":")[2], v["severity"]) for v in reports[0]["violations"]}
    assert not failed
    assert severities == {("BP102", "warning"), ("BP305", "info")}


@DOORS
def test_strict_fails_on_a_control_read(door: Any, synth: Callable[..., Any]) -> None:
    app, _ = app_with(
        "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", "bedrock:GetFoundationModel"
    )
    cdk.Validations.of(app).add_plugins(door(strict=True))
    failed, reports, _ = synth(app)
    assert failed
    assert [rule for rule, _ in standing(reports)] == ["BP102"]


@DOORS
def test_acknowledging_one_finding_on_one_construct_silences_that_alone(
    door: Any, synth: Callable[..., Any], tmp_path: Path
) -> None:
    app, roles = mixed(tmp_path, roles=2)
    acknowledge(roles[0], "split in May")
    cdk.Validations.of(app).add_plugins(door(report="planes.json"))
    failed, reports, text = synth(app)
    assert failed
    assert standing(reports) == [("BP101", "S/Role1/DefaultPolicy/Resource")]
    assert suppressed(reports) == [("BP101", "split in May", "S/Role0/DefaultPolicy/Resource")]
    assert "S/Role1/DefaultPolicy" in text
    assert "S/Role0/DefaultPolicy" not in text
    findings = json.loads((tmp_path / "planes.json").read_text("utf-8"))["findings"]
    assert [finding["acknowledged"] for finding in findings] == [
        {"reason": "split in May", "at": "S/Role0", "expires": None},
        None,
    ]


@DOORS
@pytest.mark.parametrize("level", ["app", "stack", "role", "policy"])
def test_an_acknowledgement_covers_the_subtree(
    door: Any, level: str, synth: Callable[..., Any], tmp_path: Path
) -> None:
    app, (role,) = mixed(tmp_path)
    policy = role.node.find_child("DefaultPolicy")
    where = {"app": app, "stack": cdk.Stack.of(role), "role": role, "policy": policy}[level]
    acknowledge(where, "known")
    cdk.Validations.of(app).add_plugins(door(report="planes.json"))
    failed, reports, _ = synth(app)
    assert not failed
    assert standing(reports) == []
    assert [reason for _, reason, _ in suppressed(reports)] == ["known"]
    report = json.loads((tmp_path / "planes.json").read_text("utf-8"))
    counts = {
        "principals": 1,
        "errors": 0,
        "warnings": 0,
        "notes": 0,
        "acknowledged": 1,
        "conditional_denies": 0,
    }
    assert report["summary"] == counts


@DOORS
@pytest.mark.parametrize("level", ["app", "stage", "stack", "role", "nowhere"])
def test_the_report_beside_the_templates_is_that_of_the_command_line(
    door: Any, level: str, synth: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = build("stage", tmp_path)
    stage = app.node.find_child("Prod")
    stack = stage.node.find_child("Chat")
    where = {"app": app, "stage": stage, "stack": stack, "role": stack.node.find_child("Role")}
    if level != "nowhere":
        acknowledge(where[level], "known")
    cdk.Validations.of(app).add_plugins(door(report="planes.json"))
    synth(app)
    told_twice(tmp_path, capsys)


@DOORS
@pytest.mark.parametrize(
    "on",
    [
        ["policy"],
        ["policy resource"],
        ["role resource"],
        ["other policy"],
        ["role", "policy"],
        ["policy", "app"],
        ["role", "stack"],
        ["role", "role resource"],
        ["role", "role"],
    ],
    ids=" and ".join,
)
def test_plugin_and_command_line_agree_on_what_an_acknowledgement_covers(
    door: Any, on: list[str], synth: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app, (role,) = mixed(tmp_path)
    other = iam.Policy(cdk.Stack.of(role), "Other", roles=[role])
    other.add_statements(iam.PolicyStatement(actions=["bedrock:Retrieve"], resources=["*"]))
    policy = role.node.find_child("DefaultPolicy")
    places = {
        "app": app,
        "stack": cdk.Stack.of(role),
        "role": role,
        "role resource": role.node.default_child,
        "policy": policy,
        "policy resource": policy.node.default_child,
        "other policy": other,
    }
    for number, place in enumerate(on):
        acknowledge(places[place], f"known {number}")
        acknowledge(places[place], f"meant {number}", rule="BP201")
    cdk.Validations.of(app).add_plugins(door(report="planes.json"))
    synth(app)
    written = told_twice(tmp_path, capsys)
    silenced = {finding["rule"] for finding in written["findings"] if finding["acknowledged"]}
    # BP101 stands in the role's own policy, BP201 in the other one.
    covered = {"policy": {"BP101"}, "policy resource": {"BP101"}, "other policy": {"BP201"}}
    assert silenced == set().union(*(covered.get(place, {"BP101", "BP201"}) for place in on))


@DOORS
@pytest.mark.parametrize(
    "reasons", [{"role": ""}, {"stack": "known", "policy": " "}, {"stack": "", "role": "x"}]
)
def test_plugin_and_command_line_agree_on_what_has_no_reason(
    door: Any,
    reasons: dict[str, str],
    synth: Callable[..., Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app, (role,) = mixed(tmp_path)
    places = {"stack": cdk.Stack.of(role), "role": role, "policy": role.node.find_child("DefaultPolicy")}
    for place, reason in reasons.items():
        acknowledge(places[place], reason)
    cdk.Validations.of(app).add_plugins(door(report="planes.json"))
    failed, _, _ = synth(app)
    written = told_twice(tmp_path, capsys)
    assert written["summary"]["errors"] == int(failed)
    assert failed is ("role" not in reasons or not reasons["role"])
    remark = "with an empty reason, which does not count: give one"
    assert (remark in written["findings"][0]["help"]) is failed


@DOORS
def test_an_acknowledgement_of_another_rule_silences_nothing(door: Any, synth: Callable[..., Any]) -> None:
    app, (role,) = mixed()
    acknowledge(role, "not this one", rule="BP102")
    cdk.Validations.of(app).add_plugins(door())
    failed, reports, _ = synth(app)
    assert failed
    assert [rule for rule, _ in standing(reports)] == ["BP101"]


@DOORS
def test_a_role_acknowledged_covers_a_policy_that_another_stack_attaches(
    door: Any, synth: Callable[..., Any], tmp_path: Path
) -> None:
    app = build("second stack", tmp_path)
    acknowledge(app.node.find_child("Chat").node.find_child("Role"), "until the split")
    cdk.Validations.of(app).add_plugins(door())
    failed, reports, _ = synth(app)
    assert not failed
    assert suppressed(reports) == [("BP101", "until the split", "Chat/Role/Resource")]


@DOORS
@pytest.mark.parametrize("reason", ["", "  "])
@pytest.mark.parametrize("level", ["app", "role"])
def test_an_acknowledgement_without_a_reason_is_reported_again(
    door: Any, reason: str, level: str, synth: Callable[..., Any]
) -> None:
    app, (role,) = mixed()
    acknowledge(app if level == "app" else role, reason)
    cdk.Validations.of(app).add_plugins(door())
    failed, reports, text = synth(app)
    assert failed
    assert standing(reports) == [("BP101-without-reason", "S/Role0/DefaultPolicy/Resource")]
    where = "the app" if level == "app" else "`S/Role0`"
    assert f"the acknowledgement on {where} has no reason, so it does not count: give one" in text


@DOORS
def test_the_second_empty_acknowledgement_does_not_count_either(door: Any, synth: Callable[..., Any]) -> None:
    app, (role,) = mixed()
    acknowledge(role, "")
    acknowledge(role, "", rule="BP101-without-reason")
    cdk.Validations.of(app).add_plugins(door())
    failed, reports, _ = synth(app)
    assert failed
    assert [rule for rule, _ in standing(reports)] == ["BP101-without-reason-without-reason"]


@DOORS
def test_a_warning_acknowledged_without_a_reason_stands_and_passes(
    door: Any, synth: Callable[..., Any]
) -> None:
    app, (role,) = app_with(
        "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", "bedrock:GetFoundationModel"
    )
    acknowledge(role, "", rule="BP102")
    cdk.Validations.of(app).add_plugins(door())
    failed, reports, _ = synth(app)
    assert not failed
    assert [rule for rule, _ in standing(reports)] == ["BP102-without-reason"]


@DOORS
def test_a_fault_of_the_review_fails_the_synth_and_cannot_be_acknowledged(
    door: Any, synth: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise KeyError("boom")

    app, _ = app_with("bedrock:InvokeModel")
    acknowledge(app, "no", rule="REVIEW")
    acknowledge(app, "no", rule="BP101")
    monkeypatch.setattr(review, "review", broken)
    cdk.Validations.of(app).add_plugins(door())
    failed, reports, text = synth(app)
    assert failed
    assert [(v["ruleName"], v["severity"]) for v in reports[0]["violations"]] == [
        ("bedrock-planes::REVIEW", "fatal")
    ]
    assert "the review of the Bedrock planes failed: KeyError: 'boom' (test_plugin.py:" in text


@DOORS
def test_a_review_that_cannot_be_loaded_fails_the_synth(
    door: Any, synth: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(vars(review), "review", raising=False)
    monkeypatch.setitem(sys.modules, "constructs_lib.review.engine", None)
    app, _ = app_with("bedrock:InvokeModel")
    cdk.Validations.of(app).add_plugins(door())
    failed, _, text = synth(app)
    assert failed
    assert (
        "the review of the Bedrock planes failed: ModuleNotFoundError: import of constructs_lib.review.engine"
        in text
    )


@DOORS
def test_a_template_that_cannot_be_read_fails_the_synth(
    door: Any, synth: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(paths: list[str]) -> Any:
        return templates.Model((templates.Input(paths[0], None, "not JSON"),), (), ())

    app, _ = app_with("bedrock:InvokeModel")
    monkeypatch.setattr(templates, "read", read)
    cdk.Validations.of(app).add_plugins(door())
    failed, _, text = synth(app)
    assert failed
    assert "not JSON" in text


@DOORS
@pytest.mark.parametrize("second", ["stage", "app"])
def test_one_object_registered_twice_tells_each_finding_once(
    door: Any, second: str, synth: Callable[..., Any], tmp_path: Path
) -> None:
    app = build("stage", tmp_path)
    check = door()
    cdk.Validations.of(app).add_plugins(check)
    cdk.Validations.of(app.node.find_child("Prod") if second == "stage" else app).add_plugins(check)
    for _ in range(2):  # and again in the next synthesis
        failed, reports, _ = synth(app)
        assert failed
        assert standing(reports) == [("BP101", "Prod/Chat/Role/DefaultPolicy/Resource")]


@DOORS
def test_on_a_stage_it_reviews_that_stage_alone(door: Any, synth: Callable[..., Any], tmp_path: Path) -> None:
    app = build("stage", tmp_path)
    cdk.Validations.of(cdk.Stage(app, "Empty")).add_plugins(door())
    failed, reports, _ = synth(app)
    assert not failed
    assert standing(reports) == []
    cdk.Validations.of(app.node.find_child("Prod")).add_plugins(door())
    failed, reports, _ = synth(app)
    assert failed
    assert standing(reports) == [("BP101", "Prod/Chat/Role/DefaultPolicy/Resource")]


@DOORS
def test_an_acknowledgement_on_a_stage_counts(door: Any, synth: Callable[..., Any], tmp_path: Path) -> None:
    app = build("stage", tmp_path)
    acknowledge(app.node.find_child("Prod"), "known")
    cdk.Validations.of(app).add_plugins(door(report="planes.json"))
    failed, _, _ = synth(app)
    assert not failed
    report = json.loads((tmp_path / "planes.json").read_text("utf-8"))
    assert report["findings"][0]["acknowledged"] == {"reason": "known", "at": "Prod", "expires": None}


@DOORS
def test_an_acknowledgement_that_was_taken_back_counts_no_longer(
    door: Any, synth: Callable[..., Any], tmp_path: Path
) -> None:
    app, _ = mixed(tmp_path)
    acknowledge(app, "known")
    cdk.Validations.of(app).add_plugins(door())
    assert not synth(app)[0]
    app, _ = mixed(tmp_path)
    cdk.Validations.of(app).add_plugins(door(report="planes.json"))
    assert synth(app)[0]
    report = json.loads((tmp_path / "planes.json").read_text("utf-8"))
    assert report["findings"][0]["acknowledged"] is None


@DOORS
@pytest.mark.parametrize("rule", ["BP101", "bp101", "bedrock-planes::BP101"])
def test_a_rule_can_be_off(door: Any, rule: str, synth: Callable[..., Any]) -> None:
    app, _ = mixed()
    cdk.Validations.of(app).add_plugins(door(off=[rule]))
    assert not synth(app)[0]


CONFIG = """
off = ["BP109", "BP305"]
[severity]
BP102 = "error"
[kinds]
app = ["*Role0*"]
[[acknowledge]]
rule = "BP101"
principal = "*Role0*"
reason = "split in May"
"""


@DOORS
def test_the_configuration_of_the_command_line_counts(
    door: Any, synth: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "planes.toml"
    config.write_text(CONFIG, "utf-8")
    app, _ = mixed(tmp_path / "out", roles=2)
    check = door(
        config=str(config),
        off=["BP501", "BP503"],
        kinds={"deploy": ["nobody"]},
        report="planes.json",
    )
    cdk.Validations.of(app).add_plugins(check)
    failed, reports, text = synth(app)
    assert failed
    assert [(v["ruleName"], v["severity"]) for v in reports[0]["violations"]] == [
        ("bedrock-planes::BP101", "info"),
        ("bedrock-planes::BP101", "error"),
    ]
    assert f"; acknowledged in `{config}`: split in May" in text
    written = json.loads((tmp_path / "out" / "planes.json").read_text("utf-8"))
    (tmp_path / "out" / "planes.json").unlink()
    config.write_text(CONFIG.replace('"BP305"]', '"BP305", "BP501", "BP503"]'), "utf-8")
    main(["review", str(tmp_path / "out"), "--format", "json", "--config", str(config)])
    assert written == json.loads(capsys.readouterr().out)


@DOORS
def test_a_wrong_configuration_is_refused(door: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="give the path of a TOML file"):
        door(config=str(tmp_path / "none.toml"))
    (tmp_path / "wrong.toml").write_text("of = []", "utf-8")
    with pytest.raises(ValueError, match="did you mean `off`"):
        door(config=str(tmp_path / "wrong.toml"))


@DOORS
def test_kinds_and_marks_say_what_a_role_is_for(door: Any, synth: Callable[..., Any], tmp_path: Path) -> None:
    app, roles = app_with(
        "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", roles=2, outdir=tmp_path
    )
    mark_role(roles[0], "app")
    cdk.Validations.of(app).add_plugins(door(kinds={"operator": ["*Role1*"]}, report="planes.json"))
    synth(app)
    report = json.loads((tmp_path / "planes.json").read_text("utf-8"))
    assert [principal["kind"] for principal in report["principals"]] == ["app", "operator"]


@DOORS
@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"off": ["BP1o1"]}, "`off` names the rule `BP1o1`, which doesn't exist: did you mean `BP101`?"),
        ({"off": "BP101"}, "`off` is the text `BP101`: write a list, `['BP101']`"),
        ({"kinds": {"apps": ["*"]}}, "`kinds` has the key `apps`: use one of `app`, `deploy`"),
        ({"kinds": {"app": "*"}}, "`kinds['app']` is the text `*`: write a list, `['*']`"),
    ],
)
def test_a_wrong_option_is_refused_where_it_is_written(door: Any, options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the next line compares the message
        door(**options)
    assert says in str(caught.value)


@DOORS
def test_it_names_all_rules(door: Any) -> None:
    check = door()
    assert check.rule_ids == [f"bedrock-planes::{rule.id}" for rule in rules()]
    assert check.version == __version__


def test_the_pack_has_one_name_for_the_report_and_for_cdk_nag() -> None:
    pack = BedrockPlaneNagPack()
    assert pack.name == pack.read_pack_name == "BedrockPlanes"


def test_findings_carry_remedy_and_proof(synth: Callable[..., Any]) -> None:
    app, _ = mixed()
    cdk.Validations.of(app).add_plugins(BedrockPlaneChecks())
    _, reports, text = synth(app)
    violation = reports[0]["violations"][0]
    assert violation["suggestedFix"]
    assert violation["ruleMetadata"]["name"] == "mixed-planes"
    assert violation["ruleMetadata"]["principal"].endswith("S.template.json#Role0B996519B")
    assert violation["ruleMetadata"]["witness"].startswith("bedrock:CreateGuardrail on ")
    assert "Acknowledge with 'bedrock-planes::BP101'" in text
    assert "[Properties.PolicyDocument.Statement.1]" in text


@DOORS
def test_it_changes_nothing_in_the_assembly(door: Any, synth: Callable[..., Any], tmp_path: Path) -> None:
    app = cdk.App(
        builtin_cloud_formation_validation=False,
        outdir=str(tmp_path),
        confirm_validation_plugins_do_not_mutate=True,
    )
    iam.Role(cdk.Stack(app, "S"), "Role", assumed_by=iam.AccountRootPrincipal())
    cdk.Validations.of(app).add_plugins(door())
    assert not synth(app)[0]
    assert not synth(app)[0]


def test_code_is_compared_with_its_role(
    synth: Callable[[cdk.App], tuple[bool, list[dict[str, Any]], str]], tmp_path: Path
) -> None:
    app, [role] = app_with("bedrock:InvokeModel")
    (tmp_path / "app.py").write_text(
        "import boto3\n\nclient = boto3.client('bedrock-runtime')\n\n\n"
        "def handler(event, context):\n    return client.converse_stream(modelId=event['model'])\n"
    )
    aws_lambda.Function(
        cdk.Stack.of(role),
        "Chat",
        runtime=aws_lambda.Runtime.PYTHON_3_13,
        handler="app.handler",
        code=aws_lambda.Code.from_asset(str(tmp_path)),
        role=role,
    )
    cdk.Validations.of(app).add_plugins(BedrockPlaneChecks(code=True, off=["BP305", "BP603"]))
    failed, reports, _ = synth(app)
    assert failed
    assert standing(reports) == [("BP602", "S/Role0/Resource")]
    acknowledge(role, "streams in the next release", "BP602")
    failed, reports, _ = synth(app)
    assert not failed
    assert suppressed(reports) == [("BP602", "streams in the next release", "S/Role0/Resource")]


def test_a_path_of_code_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="`code_of` gives `missing/` for `Agent`"):
        BedrockPlaneChecks(code_of={"Agent": "missing/"})
