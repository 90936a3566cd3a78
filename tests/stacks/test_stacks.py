from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import cfnlint.api
import pytest

import app
from constructs_lib import PlanesError, catalogue
from constructs_lib.cli import main
from constructs_lib.iam import Request, decide, expand, parse_document
from stacks import SettingsError
from tests.stacks.conftest import ROOT, run

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from tests.stacks.conftest import Synthesis

STACKS = [
    "AuditOfBedrockPlanes",
    "BedrockPlanesApp",
    "BedrockPlanesControlPlane",
    "BedrockPlanesDeployRole",
    "BedrockPlanesNetwork",
]
OUTPUTS = {
    "AuditOfBedrockPlanes": {"AlarmTopicArn", "TrailArn"},
    "BedrockPlanesApp": {"AppRoleArn", "FunctionName", "ModelId"},
    "BedrockPlanesControlPlane": {
        "AgentAliasId",
        "AgentId",
        "DataSourceId",
        "DocumentsBucketName",
        "GuardrailId",
        "GuardrailVersion",
        "InvocationLoggingInForce",
        "KnowledgeBaseId",
        "OperatorRoleArn",
    },
    "BedrockPlanesDeployRole": {"DeployRoleArn", "ExecutionPolicyArns"},
    "BedrockPlanesNetwork": {"VpcId"},
}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# ------------------------------------------------------------ retention
def test_prompts_are_kept_in_the_bucket_as_long_as_in_the_log_group(everything: Synthesis) -> None:
    made = everything.templates["BedrockPlanesControlPlane"]["Resources"]
    [group, bucket] = (
        resource["Properties"]
        for stem in ("InvocationLogGroup", "InvocationLogs")
        for name, resource in made.items()
        if re.fullmatch(rf"{stem}[0-9A-F]{{8}}", name)
    )
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    # Without the second part an expired log would stay as an old version.
    assert bucket["LifecycleConfiguration"]["Rules"] == [
        {
            "Id": "Retention",
            "Status": "Enabled",
            "ExpirationInDays": group["RetentionInDays"],
            "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        }
    ]


# ------------------------------------------------------------ validation
@pytest.mark.parametrize("which", ["everything", "plain"])
def test_cloudformations_rules_and_cdk_nag_find_nothing(which: str, request: pytest.FixtureRequest) -> None:
    made: Synthesis = request.getfixturevalue(which)
    assert (made.status, made.error) == (0, "")
    assert sorted(made.templates) == STACKS
    reports = json.loads((made.folder / "validation-report.json").read_text("utf-8"))["pluginReports"]
    assert {r["pluginName"]: r["conclusion"] for r in reports} == {
        "AwsSolutions": "success",
        "CloudFormation Validate": "success",
    }
    assert [v for r in reports for v in r["violations"]] == []


@pytest.mark.parametrize("stack", STACKS)
def test_cfn_lint_finds_no_error(everything: Synthesis, stack: str) -> None:
    text = (everything.folder / f"{stack}.template.json").read_text("utf-8")
    config = cfnlint.api.ManualArgs(regions=["us-east-1"])
    assert [m for m in cfnlint.api.lint(text, config=config) if m.rule.severity == "error"] == []


def test_every_acknowledgement_has_a_reason_and_stands_on_a_resource(everything: Synthesis) -> None:
    found = []
    for path in everything.folder.glob("*.metadata.json"):
        for construct, entries in json.loads(path.read_text("utf-8")).items():
            for entry in entries:
                if entry["type"] == "aws:cdk:acknowledged-rules":
                    found.append((construct, entry["data"]))  # noqa: PERF401 - three loops read better so
    assert found
    for construct, data in found:
        assert construct.count("/") >= 2, f"{construct} is a whole stack"
        assert all(len(reason) > 20 for reason in data.values()), construct


def test_names_and_outputs_are_what_the_demo_reads(everything: Synthesis, plain: Synthesis) -> None:
    found = {
        stack: {name for name in template.get("Outputs", {}) if not name.startswith("Exports")}
        for stack, template in everything.templates.items()
    }
    assert found == OUTPUTS
    without = set(plain.template("BedrockPlanesControlPlane")["Outputs"])
    assert without == OUTPUTS["BedrockPlanesControlPlane"] - {"AgentId", "AgentAliasId"}


def test_agents_classic_are_made_only_where_the_account_has_them(
    everything: Synthesis, plain: Synthesis
) -> None:
    def kinds(made: Synthesis) -> set[str]:
        resources = made.template("BedrockPlanesControlPlane")["Resources"].values()
        return {r["Type"] for r in resources if r["Type"].startswith("AWS::Bedrock::Agent")}

    assert kinds(everything) == {"AWS::Bedrock::Agent", "AWS::Bedrock::AgentAlias"}
    assert kinds(plain) == set()
    assert "InvokeAgent" not in json.dumps(list(policies(plain.template("BedrockPlanesApp")).values()))


def test_the_deploy_role_comes_first_and_goes_last(everything: Synthesis) -> None:
    artifacts = json.loads((everything.folder / "manifest.json").read_text("utf-8"))["artifacts"]
    others = ("BedrockPlanesNetwork", "BedrockPlanesControlPlane")
    assert all("BedrockPlanesDeployRole" in artifacts[name]["dependencies"] for name in others)
    assert {*others} <= {*artifacts["BedrockPlanesApp"]["dependencies"]}


@pytest.mark.parametrize("stack", ["BedrockPlanesDeployRole", "AuditOfBedrockPlanes"])
def test_what_an_administrator_deploys_needs_no_bootstrap(everything: Synthesis, stack: str) -> None:
    template = everything.template(stack)
    assert "Parameters" not in template
    assert "Rules" not in template
    # Up to this size the CDK CLI needs no bucket for a template, which it passes on as YAML, as it prints it.
    printed = subprocess.run(
        ["cdk", "--app", str(everything.folder), "synth", stack], capture_output=True, text=True, check=True
    )
    assert 10_000 < len(printed.stdout) < 51_200


def test_the_alarms_of_the_stacks_notify_the_topic_of_the_audit_stack(everything: Synthesis) -> None:
    audit = everything.template("AuditOfBedrockPlanes")["Resources"]
    [topic] = [name for name, resource in audit.items() if resource["Type"] == "AWS::SNS::Topic"]
    alarms = [r for r in audit.values() if r["Type"] == "AWS::CloudWatch::Alarm"]
    assert len(alarms) == 6
    assert all(alarm["Properties"]["AlarmActions"] == [{"Ref": topic}] for alarm in alarms)
    [shared] = [r["Properties"] for r in audit.values() if r["Type"] == "AWS::SSM::Parameter"]
    assert (shared["Name"], shared["Value"]) == ("/bedrock-planes/alarm-topic-arn", {"Ref": topic})
    control = everything.template("BedrockPlanesControlPlane")
    read = [name for name, one in control["Parameters"].items() if one.get("Default") == shared["Name"]]
    alarms = [r for r in control["Resources"].values() if r["Type"] == "AWS::CloudWatch::Alarm"]
    assert len(alarms) == 3  # throttles of two models, and logs that do not arrive
    assert all(alarm["Properties"]["AlarmActions"] == [{"Ref": read[0]}] for alarm in alarms)
    artifacts = json.loads((everything.folder / "manifest.json").read_text("utf-8"))["artifacts"]
    assert "AuditOfBedrockPlanes" in artifacts["BedrockPlanesControlPlane"]["dependencies"]


def test_only_alarms_of_the_account_may_publish_to_the_topic(everything: Synthesis) -> None:
    [policy] = [
        resource["Properties"]["PolicyDocument"]["Statement"]
        for resource in everything.template("AuditOfBedrockPlanes")["Resources"].values()
        if resource["Type"] == "AWS::SNS::TopicPolicy"
    ]
    [allowed] = [statement for statement in policy if statement["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Action"] == "sns:Publish"
    arn = ["arn:", {"Ref": "AWS::Partition"}, ":cloudwatch:us-east-1:111122223333:alarm:*"]
    assert allowed["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": {"Fn::Join": ["", arn]}},
    }


def plain_text(value: Any) -> Any:
    """Return a template's value with its joins joined, in the partition `aws`."""
    if isinstance(value, dict) and value.keys() == {"Fn::Join"}:
        return "".join(map(plain_text, value["Fn::Join"][1]))
    if value == {"Ref": "AWS::Partition"}:
        return "aws"
    if isinstance(value, dict):
        return {key: plain_text(one) for key, one in value.items()}
    return [plain_text(one) for one in value] if isinstance(value, list) else value


HERE = "us-east-1:111122223333"
WATCH = {
    "cloudtrail:StopLogging": f"arn:aws:cloudtrail:{HERE}:trail/AuditOfBedrockPlanes-Trail-1",
    "cloudwatch:DeleteAlarms": f"arn:aws:cloudwatch:{HERE}:alarm:AuditOfBedrockPlanes-Alarm-1",
    "events:DeleteRule": f"arn:aws:events:{HERE}:rule/AuditOfBedrockPlanes-Rule-1",
    "iam:DeleteRolePolicy": "arn:aws:iam::111122223333:role/AuditOfBedrockPlanes-TrailLogsRole-1",
    "logs:DeleteLogGroup": f"arn:aws:logs:{HERE}:log-group:AuditOfBedrockPlanes-TrailEvents-1",
    "s3:PutLifecycleConfiguration": "arn:aws:s3:::auditofbedrockplanes-trailbucket-1",
    "sns:SetTopicAttributes": f"arn:aws:sns:{HERE}:AuditOfBedrockPlanes-Alarms-1",
}


@pytest.mark.parametrize("action", WATCH)
def test_the_deploy_role_reaches_nothing_of_the_audit_stack(everything: Synthesis, action: str) -> None:
    held = [
        parse_document(plain_text(resource["Properties"]["PolicyDocument"]), name=name, path="", pointer="")
        for name, resource in everything.template("BedrockPlanesDeployRole")["Resources"].items()
        if resource["Type"] == "AWS::IAM::ManagedPolicy" and name.startswith("DeployRole")
    ]
    assert len(held) == 4
    theirs = WATCH[action]
    assert not decide(Request(action, theirs), held)
    assert not decide(Request(action, theirs.replace("-1", "-9")), held)
    if action.partition(":")[0] not in ("cloudtrail", "events", "sns"):  # the same of its own stacks it may
        ours = theirs.replace("AuditOfBedrock", "Bedrock").replace("auditofbedrock", "bedrock")
        assert decide(Request(action, ours), held)


def test_the_alarms_reach_an_address_that_is_given_and_stacks_are_protected_on_request(
    plain: Synthesis, tmp_path: Path
) -> None:
    context = {
        "account": "111122223333",
        "region": "us-east-1",
        "alarm-email": "ops@example.com",
        "termination-protection": "true",
    }
    made = run(tmp_path / "out", validate=False, context=context)
    assert made.status == 0, made.error
    assert protection(made.folder) == {True}
    assert protection(plain.folder) == {False}
    [subscription] = [
        r["Properties"]
        for r in made.template("AuditOfBedrockPlanes")["Resources"].values()
        if r["Type"] == "AWS::SNS::Subscription"
    ]
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@example.com")


def protection(folder: Path) -> set[bool]:
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"].values()
    stacks = [one["properties"] for one in artifacts if one["type"] == "aws:cloudformation:stack"]
    return {one["terminationProtection"] for one in stacks}


# ------------------------------------------------------------ planes
def policies(template: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return each role's statements, its boundary left out, by the first part of its logical id."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::IAM::Role":
            for inline in properties.get("Policies", ()):
                found.setdefault(name, []).extend(inline["PolicyDocument"]["Statement"])
            for arn in properties.get("ManagedPolicyArns", ()):
                attached = template["Resources"][arn["Ref"]]["Properties"]
                found.setdefault(name, []).extend(attached["PolicyDocument"]["Statement"])
        elif resource["Type"] == "AWS::IAM::Policy":
            for role in properties["Roles"]:
                found.setdefault(role["Ref"], []).extend(properties["PolicyDocument"]["Statement"])
        elif resource["Type"] == "AWS::IAM::RolePolicy":
            role = properties["RoleName"]["Ref"]
            found.setdefault(role, []).extend(properties["PolicyDocument"]["Statement"])
    return found


LOG_ACTIONS = {"logs:CreateLogStream", "logs:PutLogEvents"}


def families(templates: dict[str, dict[str, Any]]) -> dict[str, dict[str, dict[str, list[str]]]]:
    """Return kind -> role -> family -> actions, expanded as IAM would."""
    found: dict[str, dict[str, dict[str, list[str]]]] = {}
    for template in templates.values():
        for name, statements in policies(template).items():
            if name.startswith("TrailLogsRole"):  # made by the CDK, without a mark
                assert {a for s in statements for a in listed(s["Action"])} == LOG_ACTIONS
                continue
            kind = template["Resources"][name]["Metadata"]["bedrock-planes:role"]["kind"]
            mine = found.setdefault(kind, {}).setdefault(name, {})
            for statement in statements:
                if statement["Effect"] == "Allow":
                    for action in (a for p in listed(statement["Action"]) for a in expand(p)):
                        family = catalogue.actions()[action].family
                        mine[family] = sorted({*mine.get(family, []), action})
    return found


def shared(found: dict[str, dict[str, dict[str, list[str]]]]) -> set[str]:
    """Return the families that app roles and deploy roles both hold."""
    application = {family for role in found["app"].values() for family in role}
    deploy = {family for role in found["deploy"].values() for family in role}
    return application & deploy


def test_the_roles_families_and_none_is_shared(everything: Synthesis, snapshot: SnapshotAssertion) -> None:
    found = families(everything.templates)
    assert shared(found) == set()
    assert found == snapshot


def test_one_control_action_in_the_app_role_would_be_seen(everything: Synthesis) -> None:
    templates = everything.templates
    [policy] = [
        resource["Properties"]["PolicyDocument"]
        for name, resource in templates["BedrockPlanesApp"]["Resources"].items()
        if name.startswith("AppRoleDefaultPolicy")
    ]
    policy["Statement"].append({"Effect": "Allow", "Action": "bedrock:GetGuardrail", "Resource": "*"})
    assert shared(families(templates)) == {"bedrock"}


def test_every_role_is_marked(everything: Synthesis) -> None:
    kinds = {
        name[:-8]: resource["Metadata"]["bedrock-planes:role"]["kind"]
        for template in everything.templates.values()
        for name, resource in template["Resources"].items()
        # The CDK's trail makes a role of its own for its log group, which holds nothing of Bedrock.
        if resource["Type"] == "AWS::IAM::Role" and not name.startswith("TrailLogsRole")
    }
    assert kinds == {
        "AgentServiceRole": "service",
        "AppRole": "app",
        "DeployRole": "deploy",
        "InvocationLoggingHandlerRole": "deploy",
        "InvocationLoggingServiceRole": "service",
        "KnowledgeBaseServiceRole": "service",
        "OperatorRole": "operator",
    }


def test_the_roles_of_the_application_and_the_operator_are_exact(
    everything: Synthesis, snapshot: SnapshotAssertion
) -> None:
    application = policies(everything.template("BedrockPlanesApp"))
    control = policies(everything.template("BedrockPlanesControlPlane"))
    [operator] = [statements for name, statements in control.items() if name.startswith("OperatorRole")]
    assert {"app": list(application.values()), "operator": operator} == snapshot


def test_the_function_sits_in_the_two_subnets_without_a_way_out(everything: Synthesis) -> None:
    functions = [
        resource["Properties"]
        for resource in everything.template("BedrockPlanesApp")["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
    ]
    assert [len(function["VpcConfig"]["SubnetIds"]) for function in functions] == [2]
    network = everything.template("BedrockPlanesNetwork")["Resources"].values()
    ways_out = {"AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::Route"}
    assert not {resource["Type"] for resource in network} & ways_out


@pytest.mark.parametrize(
    ("model", "arn"),
    [
        ("amazon.nova-lite-v1:0", ":bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"),
        (
            "us.amazon.nova-lite-v1:0",
            ":bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0",
        ),
    ],
)
def test_the_function_is_told_the_arn_of_its_model(tmp_path: Path, model: str, arn: str) -> None:
    made = run(
        tmp_path / "out",
        validate=False,
        context={"account": "111122223333", "region": "us-east-1", "model": model},
    )
    assert made.status == 0, made.error
    [function] = [
        r["Properties"]
        for r in made.template("BedrockPlanesApp")["Resources"].values()
        if r["Type"] == "AWS::Lambda::Function"
    ]
    told = function["Environment"]["Variables"]["MODEL_ARN"]
    assert told == {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, arn]]}


def test_a_large_model_is_granted_and_told_and_caching_is_a_choice(tmp_path: Path) -> None:
    nova = {"model": "us.amazon.nova-lite-v1:0", "large-model": "amazon.nova-pro-v1:0"}
    context = {"account": "111122223333", "region": "us-east-1", **nova, "prompt-cache": "true"}
    made = run(tmp_path / "out", validate=False, context=context)
    assert made.status == 0, made.error
    template = made.template("BedrockPlanesApp")
    [function] = [r["Properties"] for r in template["Resources"].values() if r["Type"].endswith("::Function")]
    variables = function["Environment"]["Variables"]
    assert (variables["LARGE_MODEL_ID"], variables["PROMPT_CACHE"]) == ("amazon.nova-pro-v1:0", "true")
    [statements] = policies(template).values()
    large = [s["Action"] for s in statements if "nova-pro" in json.dumps(s["Resource"])]
    assert large == ["bedrock:InvokeModel"]


def test_nothing_crosses_stacks_that_could_block_an_update(everything: Synthesis) -> None:
    """CloudFormation never changes an export in use: only the VPC's own, which never change, are exported."""
    exported = {
        output["Value"].get("Ref") or output["Value"]["Fn::GetAtt"][0]
        for template in everything.templates.values()
        for output in template.get("Outputs", {}).values()
        if "Export" in output
    }
    assert all(name.startswith("Vpc") for name in exported)


# ------------------------------------------------------------ bad input
BAD = [
    ({"region": "mars"}, "context value `region` is `mars`: give a Region such as us-east-1"),
    ({"account": "12"}, "context value `account` is `12`: give 12 digits"),
    ({"prefix": "A B"}, "context value `prefix` is `A B`: use 3-21 lower-case letters"),
    ({"agents-classic": "maybe"}, "context value `agents-classic` is `maybe`: use true or false"),
    ({"assumable-by": "me"}, "context value `assumable-by` is `me`: give the ARN of a principal"),
    ({"app-assumable-by": "me"}, "context value `app-assumable-by` is `me`: give the ARN of a principal"),
    (
        dict.fromkeys(("assumable-by", "app-assumable-by"), "arn:aws:iam::111122223333:role/ci"),
        "`arn:aws:iam::111122223333:role/ci`, which `assumable-by` names too, so it would hold both planes",
    ),
    ({"large-model": "no model"}, "context value `large-model` is `no model`: give a model's id such as"),
    ({"prompt-cache": "x"}, "context value `prompt-cache` is `x`: use true or false"),
    ({"model": "no model"}, "context value `model` is `no model`: give a model's id such as amazon.nova"),
    (
        {"embedding-model": "acme.embed"},
        "context value `embedding-model` is `acme.embed`, which the catalogue doesn't know as an embedding",
    ),
    ({"former-logging": "x"}, "context value `former-logging` is `x`: give an object such as"),
    (
        {"former-logging": {"bucket": "x"}},
        "context value `former-logging`: `FormerLogging` has no prop `bucket`: did you mean `bucket_name`?",
    ),
    ({"former-logging": {"text": False}}, "context value `former-logging`: `takeover` names no destination"),
    *(
        (
            {"prefix": prefix},
            f"context value `prefix` is `{prefix}`, with which the names of audit stacks begin too",
        )
        for prefix in ("aud", "audit", "audit-of", "audit-of-audit-of", "audit-of-bedrock")
    ),
    ({"termination-protection": "x"}, "context value `termination-protection` is `x`: use true or false"),
    ({"alarm-email": "me"}, "context value `alarm-email` is `me`: give an e-mail address, as in"),
    ({"prefix": 7}, "context value `prefix` is `7`: use 3-21 lower-case letters"),
]


@pytest.mark.parametrize(("context", "message"), BAD)
def test_a_wrong_context_value_is_named_with_the_remedy(context: dict[str, Any], message: str) -> None:
    made = cdk.App(context=context)
    with pytest.raises((SettingsError, PlanesError), match=re.escape(message)) as raised:
        app.build(made)
    assert "\n" not in str(raised.value)


def test_a_wrong_context_value_is_one_line_and_no_traceback(tmp_path: Path) -> None:
    made = run(tmp_path / "out", validate=False, context={"region": "mars"})
    assert made.status == 2
    assert made.error.startswith("app.py: context value `region` is `mars`: give a Region such as us-east-1")
    assert len(made.error.splitlines()) == 1


def test_the_default_environment_is_what_the_cli_says(tmp_path: Path) -> None:
    environment = {"CDK_DEFAULT_ACCOUNT": "444455556666", "CDK_DEFAULT_REGION": "eu-west-1"}
    context = {"prefix": "acme-chat", "model": "eu.amazon.nova-lite-v1:0"}
    made = run(tmp_path / "out", validate=False, environment=environment, context=context)
    assert made.status == 0, made.error
    names = ("App", "ControlPlane", "DeployRole", "Network")
    assert sorted(made.templates) == [*(f"AcmeChat{name}" for name in names), "AuditOfAcmeChat"]
    manifest = json.loads((made.folder / "manifest.json").read_text("utf-8"))["artifacts"]
    assert manifest["AcmeChatApp"]["environment"] == "aws://444455556666/eu-west-1"


FAULTY = """
import sys
import app
from aws_cdk import aws_s3 as s3

def build(made, build=app.build):
    build(made)
    s3.Bucket(made.node.find_child("BedrockPlanesControlPlane"), "Open")

app.build = build
sys.exit(app.main())
"""


def test_findings_are_printed_without_a_traceback(tmp_path: Path) -> None:
    made = run(tmp_path / "out", validate=True, script=FAULTY)
    assert made.status == 1
    assert "AwsSolutions-S1" in (made.folder / "validation-report.json").read_text("utf-8")
    assert made.error
    assert "Traceback" not in made.error


def test_the_drawing_of_the_readme_is_that_of_these_stacks(everything: Synthesis, tmp_path: Path) -> None:
    target = tmp_path / "stacks.svg"
    assert main(["draw", str(everything.folder), "--output", str(target)]) == 0
    fresh = target.read_text("utf-8")
    assert (ROOT / "docs/img/stacks.svg").read_text("utf-8") == fresh, (
        "draw it again: `cdk synth --context agents-classic=true --context account=111122223333 --context "
        "region=us-east-1` and `bedrock-planes draw cdk.out --output docs/img/stacks.svg`"
    )
