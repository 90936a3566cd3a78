"""A synthesized cdk.out: stages, nested stacks, references across stacks, paths and acknowledgements.

The folder under ``data/assembly`` was synthesized with aws-cdk-lib 2.275 and reduced to what is read.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.iam.model import UNRESOLVED
from constructs_lib.review import review
from constructs_lib.templates import Model, TemplateSource, read
from constructs_lib.templates.cloudformation import read_sources

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.templates import Principal

_FOLDER = Path(__file__).parent / "data" / "assembly"


def _read_templates(sources: Iterable[TemplateSource]) -> Model:
    """Read templates that are deployed together."""
    found = read_sources(sources)
    principals, resources = found.principals, found.resources
    return Model((), tuple(principals), tuple(resources))


@pytest.fixture(scope="module")
def model() -> Model:
    return read([str(_FOLDER)])


def _by_name(model: Model) -> dict[str, Principal]:
    return {principal.name: principal for principal in model.principals}


def _actions(principal: Principal) -> set[str]:
    return {action for p in principal.policies for item in p.statements for action in item.actions or ()}


def test_every_template_is_an_input(model: Model) -> None:
    found = {
        (Path(item.path).relative_to(_FOLDER).as_posix(), item.kind, item.error) for item in model.inputs
    }
    names = ("A.template.json", "B.template.json", "ANest0CF68D3F.nested.template.json")
    stage = "assembly-Prod/ProdCC4715756.template.json"
    assert found == {(name, "cdk-assembly", None) for name in (*names, stage)}


def test_policies_attach_across_stacks_and_nested_stacks(model: Model) -> None:
    found = _by_name(model)
    assert _actions(found["Role1ABCC5F0"]) == {"bedrock:InvokeModel", "bedrock:ApplyGuardrail"}
    assert _actions(found["InNested6B37C741"]) == {"bedrock:ListAgents", "s3:GetObject"}
    assert not any(principal.type == "external" for principal in model.principals)


def test_strong_and_weak_references_between_stacks_give_the_same_arn(model: Model) -> None:
    found = _by_name(model)
    guardrail = f"arn:aws:bedrock:us-east-1:111122223333:guardrail/{UNRESOLVED}"
    strong = [item for p in found["Role1ABCC5F0"].policies for item in p.statements][-1]
    weak = found["R2D8F31528"].policies[0].statements[0]
    assert strong.resources == weak.resources == (guardrail,)


def test_principals_know_their_construct_environment_and_mark(model: Model) -> None:
    found = _by_name(model)
    assert found["Role1ABCC5F0"].construct_path == "A/Role"
    assert found["Role1ABCC5F0"].mark == "app"
    assert found["Role1ABCC5F0"].environment == "111122223333/us-east-1"
    assert found["InNested6B37C741"].construct_path == "A/Nest/InNested"
    assert found["R3A73DD3D3"].construct_path == "Prod/C/R3"
    assert found["R3A73DD3D3"].environment == "unknown"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "Role1ABCC5F0",
            {
                ("BP101", "because role", "A/Role"),
                ("BP102", "because stack", "A"),
                ("BP103", "because app", "/"),
            },
        ),
        ("InNested6B37C741", {("BP102", "because stack", "A"), ("BP103", "because app", "/")}),
        ("R2D8F31528", {("BP103", "because app", "/")}),
    ],
)
def test_acknowledgements_cover_the_subtree(
    model: Model, name: str, expected: set[tuple[str, str, str]]
) -> None:
    found = _by_name(model)[name].acknowledgements
    assert {(item.rule, item.reason, item.at) for item in found} == expected


def _with_two_policies(*acknowledged: tuple[str, str]) -> Model:
    """Return a role `R` with one policy on each plane: `P` runs, `Q` configures."""

    def policy(action: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
        named = {"PolicyName": "p", "Roles": [{"Ref": "R"}]}
        return {
            "Type": "AWS::IAM::Policy",
            "Properties": {**named, "PolicyDocument": {"Statement": [statement]}},
        }

    body = {
        "Resources": {
            "R": {"Type": "AWS::IAM::Role"},
            "P": policy("bedrock:InvokeModel"),
            "Q": policy("bedrock:CreateAgent"),
        }
    }
    source = TemplateSource(
        path="S.template.json",
        body=body,
        construct_paths={"R": "S/Role/Resource", "P": "S/P/Resource", "Q": "S/Q/Resource"},
        acknowledged=tuple((at, rule, f"because {at}") for at, rule in acknowledged),
    )
    return _read_templates([source])


@pytest.mark.parametrize(
    ("acknowledged", "expected"),
    [
        ([("S/P", "BP201")], {"BP201": "S/P"}),
        ([("S/P/Resource", "BP201")], {"BP201": "S/P/Resource"}),
        ([("S/Q", "BP201")], {}),
        ([("S/Q", "BP101")], {"BP101": "S/Q"}),
        ([("S/P", "BP101")], {}),
        ([("S/Role", "BP201"), ("S/P", "BP201")], {"BP201": "S/P"}),
        ([("S", "BP201"), ("", "BP201"), ("S/Role", "BP201")], {"BP201": "S"}),
        ([("", "BP101"), ("S", "BP101")], {"BP101": "S"}),
    ],
)
def test_an_acknowledgement_on_a_policy_counts_for_what_stands_in_it(
    acknowledged: list[tuple[str, str]], expected: dict[str, str]
) -> None:
    report = review(_with_two_policies(*acknowledged))
    found = {f.rule: f.acknowledged.at for f in report.findings if f.acknowledged is not None}
    assert found == expected


def test_resources_that_rules_need_are_resolved(model: Model) -> None:
    found = {resource.logical_id: resource for resource in model.resources}
    custom = found["Log95422804"]
    assert custom.type == "Custom::AWS"
    assert json.loads(custom.properties["Create"])["action"] == "PutModelInvocationLoggingConfiguration"
    assert custom.construct_path == "B/Log/Resource/Default"
    function = found["AWS679f53fac002430cb0da5b7982bd22872D164C4C"]
    role = _by_name(model)["AWS679f53fac002430cb0da5b7982bd2287ServiceRoleC1EA0FF2"]
    assert function.properties["Role"] == role.arn
    assert ":function:B-AWS679f53fac002430cb0da5b7982bd22872D164C4C-" in function.properties["Arn"]
    assert set(function.properties) == {"Arn", "Role", "Code", "Runtime"}


def test_a_nested_stack_is_found_by_its_asset_when_there_is_no_metadata(tmp_path: Path) -> None:
    copy = tmp_path / "cdk.out"
    shutil.copytree(_FOLDER, copy)
    for file in copy.glob("*.metadata.json"):
        file.unlink()
    found = _by_name(read([str(copy)]))
    assert _actions(found["InNested6B37C741"]) == {"bedrock:ListAgents", "s3:GetObject"}


def _damaged(tmp_path: Path, name: str, text: str | None) -> Model:
    copy = tmp_path / "cdk.out"
    shutil.copytree(_FOLDER, copy)
    if text is None:
        (copy / name).unlink()
    else:
        (copy / name).write_text(text, encoding="utf-8")
    return read([str(copy)])


def test_a_missing_template_is_one_line_and_the_rest_is_read(tmp_path: Path) -> None:
    found = _damaged(tmp_path, "B.template.json", None)
    assert [item.error for item in found.inputs if item.error] == ["no such file; check the path"]
    assert "Role1ABCC5F0" in _by_name(found)


@pytest.mark.parametrize("name", ["A.metadata.json", "validation-report.json", "A.assets.json"])
def test_a_damaged_side_file_costs_only_what_it_says(tmp_path: Path, name: str) -> None:
    found = _damaged(tmp_path, name, "{")
    assert not [item for item in found.inputs if item.error]
    assert "Role1ABCC5F0" in _by_name(found)


def test_a_damaged_manifest_is_one_line(tmp_path: Path) -> None:
    found = _damaged(tmp_path, "manifest.json", "{")
    assert len(found.inputs) == 1
    assert found.inputs[0].error is not None
    assert found.inputs[0].error.startswith("line 1: not JSON")


@pytest.mark.parametrize("file", ["../outside.json", "/etc/hostname", "", 3, None])
def test_a_manifest_never_leads_out_of_its_folder(tmp_path: Path, file: Any) -> None:
    (tmp_path / "outside.json").write_text(
        '{"Resources": {"R": {"Type": "AWS::IAM::Role"}}}', encoding="utf-8"
    )
    folder = tmp_path / "cdk.out"
    folder.mkdir()
    (folder / "cdk.out").write_text("{}", encoding="utf-8")
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": file}}
    (folder / "manifest.json").write_text(
        json.dumps({"version": "1", "artifacts": {"S": stack}}), encoding="utf-8"
    )
    found = read([str(folder)])
    assert found.principals == ()
    assert [item.error for item in found.inputs] == ["stack `S` has no `templateFile`; run `cdk synth` again"]


def test_templates_from_memory_see_each_other() -> None:
    policy = {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "PolicyName": "p",
            "Roles": [{"Fn::ImportValue": "role"}],
            "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "a:A", "Resource": "*"}},
        },
    }
    one = {
        "Resources": {"R": {"Type": "AWS::IAM::Role"}},
        "Outputs": {"O": {"Value": {"Ref": "R"}, "Export": {"Name": "role"}}},
    }
    sources = [
        TemplateSource("one.json", one, stack="One", construct_paths={"R": "One/R/Resource"}),
        TemplateSource("two.json", {"Resources": {"P": policy}}, stack="Two"),
    ]
    model = _read_templates(sources)
    assert [(p.id, p.construct_path, _actions(p)) for p in model.principals] == [
        ("one.json#R", "One/R", {"a:A"})
    ]


def test_the_same_export_in_two_environments_stays_apart() -> None:
    def stack(account: str) -> list[TemplateSource]:
        role = {
            "Resources": {"R": {"Type": "AWS::IAM::Role"}},
            "Outputs": {"O": {"Value": {"Ref": "R"}, "Export": {"Name": "role"}}},
        }
        document = {"Statement": {"Effect": "Allow", "Action": f"a:{account}", "Resource": "*"}}
        properties = {"PolicyName": "p", "Roles": [{"Fn::ImportValue": "role"}], "PolicyDocument": document}
        policy = {"Resources": {"P": {"Type": "AWS::IAM::Policy", "Properties": properties}}}
        known: dict[str, Any] = {"account": account, "region": "us-east-1"}
        return [
            TemplateSource(f"{account}/one.json", role, stack="One", **known),
            TemplateSource(f"{account}/two.json", policy, stack="Two", **known),
        ]

    model = _read_templates([*stack("111122223333"), *stack("444455556666")])
    assert {p.id: _actions(p) for p in model.principals} == {
        "111122223333/one.json#R": {"a:111122223333"},
        "444455556666/one.json#R": {"a:444455556666"},
    }


def test_an_export_whose_name_is_an_import_is_no_fault() -> None:
    name = {"Fn::ImportValue": "role"}
    body = {
        "Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [name]}}},
        "Outputs": {"Out": {"Value": "x", "Export": {"Name": name}}},
    }
    model = _read_templates([TemplateSource("a.json", body)])
    (role,) = model.principals
    assert [item.why for item in role.incomplete] == [
        "managed policy `?` is not defined in the input: `role` is exported by no stack of this input"
    ]
