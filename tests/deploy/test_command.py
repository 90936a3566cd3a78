"""``bedrock-planes deploy-policy``: formats, the comparison, refusals."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from constructs_lib.cli import main
from tests.deploy.templates import ACCOUNT, REGION, role

_QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}}
_HERE = ["--stack", "App", "--account", ACCOUNT, "--region", REGION]
_PAGE = Path(__file__).parents[2] / "docs" / "deploy-policy.md"


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "app.json"
    path.write_text(json.dumps({"Resources": {"Queue": _QUEUE}}), encoding="utf-8")
    return path


def _document(path: Path, **changes: Any) -> None:
    statement = {
        "Effect": "Allow",
        "Action": [
            f"sqs:{name}"
            for name in (
                "CreateQueue",
                "DeleteQueue",
                "GetQueueAttributes",
                "GetQueueUrl",
                "ListQueueTags",
                "SetQueueAttributes",
                "TagQueue",
                "UntagQueue",
            )
        ],
        "Resource": f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs",
        **changes,
    }
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}), encoding="utf-8")


def test_json_has_the_policies_and_the_reasons(template: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy-policy", str(template), "--format", "json", *_HERE]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in found["policies"]] == ["CdkDeploy-1"]
    assert found["needed_by"] == {"Sqs1": [f"{template}#Queue"]}
    assert found["writes_on_star"] == 0
    assert found["bootstrap"] == (
        f"cdk bootstrap aws://{ACCOUNT}/{REGION} --cloudformation-execution-policies "
        f"arn:aws:iam::{ACCOUNT}:policy/CdkDeploy-1"
    )


def test_stacks_that_are_made_alike_are_told_apart(
    template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = template.with_name("other.json")
    other.write_text(template.read_text("utf-8"), "utf-8")
    assert main(["deploy-policy", str(template), str(other), *_HERE]) == 0
    assert f"needed by {template.name}#Queue, {other.name}#Queue\n" in capsys.readouterr().out


def test_yaml_is_a_template_that_makes_the_policies(
    template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deploy-policy", str(template), "--format", "yaml", "--name", "Mine", *_HERE]) == 0
    made = yaml.safe_load(capsys.readouterr().out)["Resources"]["Policy1"]
    assert made["Properties"]["ManagedPolicyName"] == "Mine-1"
    assert made["Properties"]["PolicyDocument"]["Statement"][0]["Sid"] == "Sqs1"


def test_python_is_code_that_makes_the_policies(template: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy-policy", str(template), "--format", "python", *_HERE]) == 0
    text = capsys.readouterr().out
    assert "# needed by Queue" in text
    assert [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)] == [
        "deploy_policies"
    ]


def test_check_is_silent_about_the_same_policy(
    template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _document(tmp_path / "p.json")
    assert main(["deploy-policy", str(template), "--check", str(tmp_path / "p.json"), *_HERE]) == 0
    assert capsys.readouterr().out == "the deployed policy is what the templates need\n"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"Resource": f"arn:aws:sqs:{REGION}:{ACCOUNT}:job"},
            f"lacks sqs:CreateQueue on arn:aws:sqs:{REGION}:{ACCOUNT}:jobs, needed by ",
        ),
        (
            {"Resource": "*"},
            f"needn't hold sqs:CreateQueue on *: arn:aws:sqs:{REGION}:{ACCOUNT}:jobs is enough",
        ),
        ({"Action": "sqs:*"}, "needn't hold all of sqs:*: 8 of its actions are needed"),
        ({"Action": ["sqs:SendMessage"]}, "needn't hold sqs:SendMessage"),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, "lacks sqs:CreateQueue on"),
        ({"Effect": "Deny"}, "lacks sqs:CreateQueue on"),
    ],
)
def test_check_says_what_the_deployed_policy_lacks_and_needn_t_hold(
    changes: dict[str, Any], expected: str, template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _document(tmp_path / "p.json", **changes)
    assert main(["deploy-policy", str(template), "--check", str(tmp_path / "p.json"), *_HERE]) == 1
    assert expected in capsys.readouterr().out


def test_the_role_of_an_export_is_compared(
    template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export: dict[str, Any] = {
        "RoleDetailList": [
            {
                "RoleName": name,
                "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
                "AssumeRolePolicyDocument": {"Statement": []},
                "RolePolicyList": [
                    {
                        "PolicyName": "p",
                        "PolicyDocument": {
                            "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
                        },
                    }
                ],
            }
            for name in ("cfn-exec", "other")
        ]
    }
    path = tmp_path / "export.json"
    path.write_text(json.dumps(export), encoding="utf-8")
    command = ["deploy-policy", str(template), "--check", str(path), *_HERE]
    assert main(command) == 2
    assert (
        "has 2 principals (`cfn-exec`, `other`, ...); name the role with --principal"
        in capsys.readouterr().err
    )
    assert main([*command, "--principal", "cfn-exec"]) == 1
    assert "needn't hold s3:GetObject\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--boundary", "a", "--without-boundary"], "--boundary and --without-boundary exclude each other"),
        (["--account", "12"], "--account takes 12 digits, got `12`"),
        (["--region", "mars"], "--region takes the name of a Region such as `us-east-1`, got `mars`"),
        (
            ["--data-action", "bedrock:CreateGuardrail"],
            "takes an action on Bedrock's data plane, got `bedrock:CreateGuardrail`",
        ),
        (["--service-token", "provider"], "`provider` is not the ARN of a function, topic or key"),
        (["--principal", "x"], "--principal is for --check"),
        (["--check", "nowhere.json"], "nowhere.json: "),
        (["--deployed", "nowhere.json"], "nowhere.json: "),
    ],
)
def test_a_wrong_call_is_one_line(
    arguments: list[str], expected: str, template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deploy-policy", str(template), *arguments]) == 2
    error = capsys.readouterr().err
    assert expected in error


def test_a_file_that_is_no_template_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    assert main(["deploy-policy", str(tmp_path / "x.json")]) == 2
    assert "not a CloudFormation template; give one, or a cdk.out folder" in capsys.readouterr().err


@pytest.mark.parametrize("as_text", [True, False])
def test_a_template_that_the_aws_cli_printed_is_read(
    as_text: bool, tmp_path: Path, template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}
    printed = {"TemplateBody": json.dumps(body) if as_text else body, "StagesAvailable": ["Original"]}
    (tmp_path / "old.json").write_text(json.dumps(printed), encoding="utf-8")
    assert main(["deploy-policy", str(template), "--deployed", str(tmp_path / "old.json"), *_HERE]) == 0
    assert "sns:DeleteTopic" in capsys.readouterr().out


def test_a_role_without_a_boundary_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "app.json"
    path.write_text(json.dumps({"Resources": {"R": role()}}), encoding="utf-8")
    assert main(["deploy-policy", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_example_of_the_page_is_what_the_command_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = _PAGE.read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "app.yaml").write_text(example, encoding="utf-8")
    everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    (tmp_path / "administrator.json").write_text(json.dumps(everything), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    shown = re.findall(r"```console\n\$ bedrock-planes (.*?)\n(.*?)```", text, re.DOTALL)
    assert len(shown) >= 2
    for command, expected in shown:
        main(command.replace(" \\\n ", "").split())
        assert capsys.readouterr().out == expected
