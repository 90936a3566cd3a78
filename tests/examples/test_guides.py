"""What the guides show runs: their Python as it stands, in a stack of its own."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import aws_cdk.aws_bedrock_alpha as alpha
import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

import constructs_lib
from constructs_lib import PlanesError
from constructs_lib.cli import main
from constructs_lib.local.pytest_fixtures import local_aws, local_aws_server
from tests.cdk import Stack, template
from tests.source import ROOT

if TYPE_CHECKING:
    from constructs_lib.local import LocalAws

__all__ = ["local_aws", "local_aws_server"]

DOCS = ROOT / "docs"
# The blocks of the page about RAG are the files of an example, which test_rag.py runs and deploys.
GUIDES = sorted({path.name for path in (DOCS / "guides").glob("*.md")} - {"local-tests.md", "rag.md"})

RAG = ("app.py", "ask/index.py", "try_it.py")


def blocks(page: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", (DOCS / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)


EXAMPLES = [
    pytest.param(page, code, id=f"{page}-{at}")
    for page in GUIDES
    for at, code in enumerate(blocks(f"guides/{page}"))
]


@pytest.mark.parametrize(("page", "code"), EXAMPLES)
def test_an_example_of_a_guide_runs(page: str, code: str) -> None:
    stack = Stack()
    exec(compile(code, page, "exec"), {"stack": stack})
    makes = "constructs_lib import" in code and "checks" not in code
    assert ("Resources" in template(stack)) == makes


# ---------------------------------------------------------------------------------------- what exists already
IMPORT = (DOCS / "guides/import.md").read_text("utf-8")


def identifiers(resource_type: str) -> set[str]:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource_type).schema
    return {path.rpartition("/")[2] for path in schema["primaryIdentifier"]}


def synthesized(code: str, **context: str) -> dict[str, Any]:
    stack = Stack()
    for name, value in context.items():
        stack.node.set_context(name.replace("_", "-"), value)
    exec(compile(code, "import.md", "exec"), {"stack": stack})
    return template(stack)


def test_an_import_adds_the_mapped_resources_to_what_was_deployed_before() -> None:
    _, code = blocks("guides/import.md")
    [block] = re.findall(r"^```json\n(.*?)^```", IMPORT, re.MULTILINE | re.DOTALL)
    mapping = json.loads(block)
    before, after = (
        found["Resources"] for found in (synthesized(code, before_import="1"), synthesized(code))
    )
    # As `cdk import --resource-mapping` does: what is deployed, with the resources of the file added.
    assert before | {name: after[name] for name in mapping} == after
    assert not mapping.keys() & before.keys()
    for name, given in mapping.items():
        assert given.keys() == identifiers(after[name]["Type"])
        assert after[name]["Properties"]["Name"] in {"answers", "documents"}
    assert {each["Type"] for each in before.values()} == {"AWS::IAM::Policy", "AWS::IAM::RolePolicy"}


ROWS = re.findall(r"^\| `(AWS::\w+::\w+)` \| `(\w+)` \| ([^|]+) \|", IMPORT, re.MULTILINE)


@pytest.mark.parametrize(("resource_type", "construct", "named"), ROWS)
def test_the_identifiers_are_those_of_the_schemas(resource_type: str, construct: str, named: str) -> None:
    assert set(re.findall(r"`(\w+)`", named)) == identifiers(resource_type)
    assert any(name.startswith("from_") for name in dir(getattr(constructs_lib, construct)))


def test_a_type_whose_identity_is_create_only_names_what_can_not_change() -> None:
    assert len(ROWS) > 10
    for resource_type, _, _ in ROWS:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource_type).schema
        [row] = [line for line in IMPORT.splitlines() if line.startswith(f"| `{resource_type}`")]
        assert row.endswith("| nothing |") == (not schema.get("createOnlyProperties")), resource_type


def test_the_blocks_of_the_page_about_rag_are_the_files_of_the_example() -> None:
    files = {name: (ROOT / "examples/rag" / name).read_text("utf-8").strip() for name in RAG}
    shown = blocks("guides/rag.md")
    whole = [code.strip() for code in shown if code.strip() in files.values()]
    assert whole == [files["ask/index.py"], files["try_it.py"]]
    app = "\n".join(code for code in shown if code.strip() not in whole)
    _, _, expected = re.sub(r"^# -{10,}.*\n", "", files["app.py"], flags=re.MULTILINE).partition('"""\n\n')
    assert [line for line in app.splitlines() if line] == [line for line in expected.splitlines() if line]


def test_the_app_of_get_started_is_the_one_that_the_readme_shows() -> None:
    assert blocks("get-started.md")[0] == (ROOT / "examples/minimal/app.py").read_text("utf-8")


def test_the_crossing_of_get_started_is_caught() -> None:
    app, crossing = blocks("get-started.md")
    before = app.partition("app.synth()")[0]
    with pytest.raises(PlanesError, match=r"AppRole.*bedrock:CreateGuardrail.*control"):
        exec(compile(before + crossing, "app.py", "exec"), {})


def test_the_tests_of_the_local_aws_pass(local_aws: LocalAws) -> None:
    names: dict[str, Any] = {}
    for code in blocks("guides/local-tests.md"):
        exec(compile(code, "local-tests.md", "exec"), names)
    assert names["pytest_plugins"] == [local_aws_server.__module__]
    tests = [name for name in names if name.startswith("test_")]
    assert len(tests) == 2
    for name in tests:
        names[name](local_aws)


# --------------------------------------------------------------------------------------- from other libraries
def changes(
    old: dict[str, Any], new: Stack, folder: Path, capsys: pytest.CaptureFixture[str]
) -> list[tuple[str, str]]:
    """Return what a deployment does to resources, by `bedrock-planes diff`: each type and its change."""
    out = Path(cdk.App.of(new).synth().directory)  # type: ignore[union-attr] # the stack has an app
    shutil.copytree(out, folder / "old.out")
    (folder / "old.out" / f"{new.stack_name}.template.json").write_text(json.dumps(old), "utf-8")
    main(["diff", str(folder / "old.out"), str(out), "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    return sorted((one["change"], one["type"].removeprefix("AWS::Bedrock::")) for one in found["resources"])


def alpha_app() -> Stack:
    stack = Stack("HelpDesk")
    nova = alpha.BedrockFoundationModel.AMAZON_NOVA_LITE_V1
    guardrail = alpha.Guardrail(stack, "Guardrail", guardrail_name="help-desk")
    guardrail.add_word_filter(text="forbidden")
    guardrail.create_version("first")
    alpha.ApplicationInferenceProfile(
        stack, "Profile", application_inference_profile_name="sales", model_source=nova
    )
    variant = alpha.PromptVariant.text(
        variant_name="v1", model=nova, prompt_text="Hello {{name}}", prompt_variables=["name"]
    )
    alpha.Prompt(stack, "Prompt", prompt_name="greeting", default_variant=variant, variants=[variant])
    return stack


def migrated(at: int, name: str, *, keep_ids: bool = True) -> Stack:
    code = blocks("guides/from-other-libraries.md")[at]
    if not keep_ids:
        code = re.sub(r"\.override_logical_id\([^)]*\)", "", code)
    stack = Stack(name)
    exec(compile(code, "from-other-libraries.md", "exec"), {"stack": stack})
    return stack


@pytest.mark.parametrize(
    ("at", "name", "others"),
    [
        (0, "Rag", {"added": ["KnowledgeBase"], "removed": ["DataSource", "KnowledgeBase"]}),
        (1, "HelpDesk", {}),
    ],
)
def test_moving_to_these_constructs_replaces_nothing(
    at: int, name: str, others: dict[str, list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded = ROOT / "tests/peers/recorded/rag/generative_ai_s3_vectors.template.json"
    old = template(alpha_app()) if at else json.loads(recorded.read_text("utf-8"))
    stays = changes(old, migrated(at, name), tmp_path / "kept", capsys)
    assert stays == [("removed", "GuardrailVersion")]
    # The logical ids are what keeps them: without these, others are made.
    lost = changes(old, migrated(at, name, keep_ids=False), tmp_path / "lost", capsys)
    expected = [("added", "Guardrail"), ("removed", "Guardrail"), ("removed", "GuardrailVersion")]
    assert lost == sorted(expected + [(change, kind) for change in others for kind in others[change]])


def test_the_names_of_the_tables_exist() -> None:
    page = (DOCS / "guides/from-other-libraries.md").read_text("utf-8")
    rows = re.findall(r"^\| (`[^|]*) \| ([^|]*) \|", page, re.MULTILINE)
    assert len(rows) > 15
    ours = " ".join(here for _, here in rows)
    for name, member in re.findall(r"\b([A-Z]\w+)\.(\w+)\(", ours):
        assert hasattr(getattr(constructs_lib, name), member), f"{name}.{member}"
    for name in re.findall(r"`([A-Z]\w+)\(", ours):
        assert hasattr(constructs_lib, name), name
    grants = re.findall(r"role\.grants\.(\w+)|`\.(\w+)\((?=knowledge|prompt)", ours)
    assert len(grants) > 4
    for verb in {name for pair in grants for name in pair if name}:
        assert hasattr(constructs_lib.DataPlaneGrants, verb), verb
    theirs = page.partition("## From aws-bedrock-alpha")[2]
    for name in re.findall(r"^\| `([A-Z]\w+)", theirs, re.MULTILINE):
        assert hasattr(alpha, name), name


def test_moving_from_the_alpha_module_keeps_each_id(local_aws: LocalAws) -> None:
    local_aws.reset()
    local_aws.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
    cloudformation = local_aws.client("cloudformation")

    def ids() -> dict[str, str]:
        status = cloudformation.describe_stacks(StackName="HelpDesk")["Stacks"][0]["StackStatus"]
        assert status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
        found = cloudformation.describe_stack_resources(StackName="HelpDesk")["StackResources"]
        return {one["ResourceType"]: one["PhysicalResourceId"] for one in found}

    stack = {"StackName": "HelpDesk", "Capabilities": ["CAPABILITY_IAM"]}
    cloudformation.create_stack(**stack, TemplateBody=json.dumps(template(alpha_app())))
    cloudformation.get_waiter("stack_create_complete").wait(StackName="HelpDesk", WaiterConfig={"Delay": 1})
    before = ids()
    cloudformation.update_stack(**stack, TemplateBody=json.dumps(template(migrated(1, "HelpDesk"))))
    cloudformation.get_waiter("stack_update_complete").wait(StackName="HelpDesk", WaiterConfig={"Delay": 1})
    assert ids() == {
        name: found for name, found in before.items() if name != "AWS::Bedrock::GuardrailVersion"
    }
