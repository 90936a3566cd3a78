"""The command ``review``: exit status, options, and one line for each fault."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_lib.cli import main

_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
_STREAM = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]


def _write(path: Path, *statements: tuple[object, object]) -> str:
    rows = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in statements]
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": rows}, indent=1), encoding="utf-8")
    return str(path)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def clean() -> str:
    return _write(Path("clean.json"), (_STREAM, _MODEL))


@pytest.fixture
def mixed() -> str:
    return _write(Path("mixed.json"), (_STREAM, _MODEL), ("bedrock:CreateAgent", "*"))


@pytest.fixture
def noted() -> str:
    return _write(Path("noted.json"), ("bedrock:InvokeModel", _MODEL))


def test_nothing_found_is_0(clean: str) -> None:
    assert main(["review", clean]) == 0


def test_an_error_is_1(mixed: str) -> None:
    assert main(["review", mixed]) == 1


@pytest.mark.parametrize(("level", "status"), [("error", 0), ("warning", 0), ("note", 1), ("never", 0)])
def test_fail_on_sets_the_level(noted: str, level: str, status: int) -> None:
    assert main(["review", noted, "--fail-on", level]) == status


def test_wrong_input_is_2_and_the_rest_is_reviewed(mixed: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("broken.json").write_text("{", encoding="utf-8")
    assert main(["review", "broken.json", mixed, "--format", "json", "--fail-on", "never"]) == 2
    out, err = capsys.readouterr()
    assert [f["rule"] for f in json.loads(out)["findings"]] == ["BP101"]
    assert len(err.splitlines()) == 1
    assert "broken.json" in err


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--scp", "none.json"], "none.json"),
        (["--baseline", "none.json"], "none.json"),
        (["--config", "none.toml"], "none.toml"),
        (["--output", "no/such/folder/x"], "--output"),
    ],
)
def test_a_wrong_call_is_one_line_and_2(
    clean: str, arguments: list[str], wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", clean, *arguments]) == 2
    err = capsys.readouterr().err
    assert wanted in err
    assert len(err.splitlines()) == 1


def test_lines_are_those_of_the_file(mixed: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["review", mixed, "--format", "json"])
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    line = finding["location"]["line"]
    text = Path(mixed).read_text(encoding="utf-8").splitlines()
    assert text[line - 1].strip() == "{"
    assert "CreateAgent" in "".join(text[line - 1 : line + 4])


def test_the_configuration_of_the_project_counts(mixed: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("pyproject.toml").write_text('[tool.bedrock-planes]\noff = ["BP101"]', encoding="utf-8")
    assert main(["review", mixed]) == 0
    Path("pyproject.toml").write_text('[tool.bedrock-planes]\nof = ["BP101"]', encoding="utf-8")
    assert main(["review", mixed]) == 2
    assert "did you mean `off`?" in capsys.readouterr().err


def test_a_baseline_accepts_its_findings(mixed: str) -> None:
    main(["review", mixed, "--format", "json", "--output", "old.json"])
    assert main(["review", mixed, "--baseline", "old.json"]) == 0


def test_an_scp_limits(mixed: str) -> None:
    _write(Path("scp.json"), ("bedrock:Invoke*", "*"))
    assert main(["review", mixed, "--scp", "scp.json"]) == 0


@pytest.mark.parametrize("as_text", [True, False])
def test_an_scp_is_read_as_the_aws_cli_prints_it(mixed: str, *, as_text: bool) -> None:
    _write(Path("scp.json"), ("bedrock:Invoke*", "*"))
    content = Path("scp.json").read_text(encoding="utf-8")
    answer = {
        "Policy": {"PolicySummary": {"Name": "x"}, "Content": content if as_text else json.loads(content)}
    }
    Path("answer.json").write_text(json.dumps(answer), encoding="utf-8")
    assert main(["review", mixed, "--scp", "answer.json"]) == 0
    assert main(["review", mixed, "--scp-level", "answer.json"]) == 0


def test_an_answer_without_a_policy_is_no_scp(mixed: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("scp.json").write_text(json.dumps({"Policy": {"PolicySummary": {}}}), encoding="utf-8")
    assert main(["review", mixed, "--scp", "scp.json"]) == 2
    assert "scp.json" in capsys.readouterr().err


def test_the_help_names_every_input(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["review", "--help"])
    text = "".join(capsys.readouterr().out.split())
    for name in (
        *(
            "cdk.out",
            "CloudFormation",
            "SAM",
            "IAM policy",
            "get-account-authorization-details",
            "terraform show -json",
        ),
        *("get-policy-version", "get-role-policy", "describe-policy", "get-inline-policy-for-permission-set"),
    ):
        assert name.replace(" ", "") in text


@pytest.mark.parametrize("call", [["review"], ["diff", "old.json"]])
def test_an_input_behind_a_level_is_explained(
    mixed: str, call: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    _write(Path("run.json"), ("bedrock:Invoke*", "*"))
    with pytest.raises(SystemExit) as stopped:
        main([*call, "--scp-level", "run.json", mixed])
    assert stopped.value.code == 2
    assert "write the inputs before it, or `--` before them" in capsys.readouterr().err


def test_inputs_behind_two_hyphens_are_none_of_a_level(mixed: str) -> None:
    _write(Path("run.json"), ("bedrock:Invoke*", "*"))
    assert main(["review", "--scp-level", "run.json", "--", mixed]) == main(
        ["review", mixed, "--scp-level", "run.json"]
    )


def test_files_of_one_level_allow_together_and_levels_limit_each_other(mixed: str) -> None:
    _write(Path("run.json"), ("bedrock:Invoke*", "*"))
    _write(Path("build.json"), ("bedrock:Create*", "*"))
    assert main(["review", mixed, "--scp", "run.json", "--scp", "build.json"]) == 1
    assert main(["review", mixed, "--scp-level", "run.json", "build.json"]) == 1
    assert main(["review", mixed, "--scp-level", "run.json", "--scp-level", "build.json"]) == 0
    assert main(["review", mixed, "--scp", "run.json", "--scp-level", "build.json"]) == 0


def test_standard_input_is_read(mixed: str) -> None:
    command = [sys.executable, "-m", "constructs_lib.cli", "review", "-"]
    code = "import sys; from constructs_lib.cli import main; sys.exit(main(['review', '-']))"
    done = subprocess.run(
        [command[0], "-c", code], input=Path(mixed).read_bytes(), capture_output=True, check=False
    )
    assert done.returncode == 1
    assert b"BP101" in done.stdout
    assert b"\x1b[" not in done.stdout


def test_rules_are_listed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 23
    assert main(["rules", "bedrock-planes::BP101"]) == 0
    assert "Why is this bad?" in capsys.readouterr().out
    assert main(["rules", "BP999"]) == 2
    assert "did you mean" in capsys.readouterr().err


def test_a_fault_of_our_own_is_one_line(
    mixed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        message = "two\nlines"
        raise ValueError(message)

    monkeypatch.setattr("constructs_lib.review.review_paths", broken)
    assert main(["review", mixed]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "ValueError: two lines" in lines[0]
    assert "test_review.py" in lines[0]
    monkeypatch.setenv("BEDROCK_PLANES_TRACEBACK", "1")
    with pytest.raises(ValueError, match="two"):
        main(["review", mixed])


def _located(out: str) -> set[str]:
    [run] = json.loads(out)["runs"]
    locations = [place["physicalLocation"] for result in run["results"] for place in result["locations"]]
    return {place["artifactLocation"]["uri"] for place in locations}


@pytest.mark.parametrize("folder", [".", "infra", "infra/out", ".."])
def test_root_names_files_the_same_from_every_folder(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "infra/out").mkdir(parents=True)
    _write(tmp_path / "infra/out/mixed.json", ("bedrock:InvokeModel", _MODEL), ("bedrock:CreateAgent", "*"))
    monkeypatch.chdir(tmp_path / folder)
    paths = [str(tmp_path / "infra/out"), os.path.relpath(tmp_path / "infra/out/mixed.json")]
    reports = []
    for path in paths:
        assert main(["review", path, "--root", str(tmp_path), "--format", "sarif"]) == 1
        reports.append(capsys.readouterr().out)
    assert reports[0] == reports[1]
    assert _located(reports[0]) == {"infra/out/mixed.json"}
    assert Path.cwd() == (tmp_path / folder).resolve()


def test_root_leaves_the_other_files_where_they_are(mixed: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("sub").mkdir()
    text = Path(mixed).read_text("utf-8")
    Path("sub/policy.json").write_text(text, "utf-8")
    calls = ["sub/policy.json", "--root", "sub", "--output", "report.json", "--format", "json"]
    assert main(["review", *calls]) == 1
    report = json.loads(Path("report.json").read_text("utf-8"))
    assert report["inputs"][0]["path"] == "policy.json"
    assert main(["review", *calls[:3], "--baseline", "report.json"]) == 0


@pytest.mark.parametrize(
    ("path", "root", "wanted"),
    [
        ("mixed.json", "none", "--root none: no such folder"),
        ("mixed.json", "sub", "mixed.json: lies outside --root sub; name a folder above both"),
    ],
)
def test_a_root_that_does_not_hold_the_path_is_2(
    path: str, root: str, wanted: str, mixed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("sub").mkdir()
    assert main(["review", path, "--root", root]) == 2
    assert wanted in capsys.readouterr().err


OTHERS = {
    "package.json": '{"name": "app"}',
    "workflow.yml": "on: push\njobs: {}\n",
    "broken-config.yaml": "a: [",
    "broken-config.json": '{"a": ',
    "main.tf": 'resource "aws_iam_role" "x" {}',
    "serverless.yml": "service: x\nprovider: {name: aws}\n",
    "notes.txt": "text",
}


def test_only_relevant_skips_what_is_no_policy_or_template(
    mixed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in OTHERS.items():
        Path(name).write_text(text, "utf-8")
    assert main(["review", *OTHERS]) == 2
    capsys.readouterr()
    assert main(["review", *OTHERS, "--only-relevant"]) == 0
    assert capsys.readouterr().err == ""
    assert main(["review", *OTHERS, mixed, "--only-relevant", "--format", "json"]) == 1
    assert [item["path"] for item in json.loads(capsys.readouterr().out)["inputs"]] == [mixed]


BROKEN = {
    "policy.json": '{"Version": "2012-10-17", "Statement": [',
    "template.yaml": "Resources:\n  A:\n    Type: AWS::IAM::Role\n   Properties: {",
    "none.json": None,
}


@pytest.mark.parametrize("name", BROKEN)
def test_only_relevant_still_reports_what_is_broken(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = BROKEN[name]
    if text is not None:
        Path(name).write_text(text, "utf-8")
    assert main(["review", name, "--only-relevant"]) == 2
    assert capsys.readouterr().err.startswith(f"bedrock-planes review: {name}: ")


def test_quiet_prints_the_answer_and_verbose_everything(
    mixed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = {}
    for option in ("--quiet", "--verbose"):
        assert main(["review", mixed, option]) == 1
        texts[option] = capsys.readouterr().out
    assert "help:" not in texts["--quiet"]
    assert "not kept apart" in texts["--quiet"]
    assert "help:" in texts["--verbose"]


def test_quiet_and_verbose_exclude_each_other(mixed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["review", mixed, "--quiet", "--verbose"])
    assert raised.value.code == 2
    assert "not allowed with" in capsys.readouterr().err
