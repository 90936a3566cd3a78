"""What the code of functions calls, compared with what their roles may do."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from constructs_lib.cli import main
from constructs_lib.review import Options, review_paths
from tests.review.assemblies_with_code import HERE, Function, Statement, write_assembly

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.review import Finding

_LITE, _PRO = "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"
_MODEL = f"arn:aws:bedrock:us-east-1::foundation-model/{_LITE}"
_EVERYWHERE = f"arn:aws:bedrock:*::foundation-model/{_LITE}"
_US = ("us-east-1", "us-east-2", "us-west-2")
_PROFILE = f"{HERE}inference-profile/us.{_LITE}"
_THROUGH = {"StringLike": {"bedrock:InferenceProfileArn": _PROFILE}}
_INVOKE, _STREAM = "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"


def _py(client: str, call: str, region: str = "") -> dict[str, str]:
    place = f", region_name='{region}'" if region else ""
    return {
        "index.py": f"import boto3\n\nc = boto3.client('{client}'{place})\n\n\n"
        f"def handler(e, _):\n    return c.{call}\n"
    }


def _js(package: str, client: str, command: str, request: str) -> dict[str, str]:
    return {
        "index.mjs": f'import {{ {client}, {command} }} from "@aws-sdk/{package}";\n'
        f"const c = new {client}({{}});\n"
        f"export const handler = () => c.send(new {command}({request}));\n"
    }


class Mismatch(NamedTuple):
    """Code, the statements that don't fit it, those that do, and what the finding says."""

    files: dict[str, str]
    wrong: list[Statement]
    right: list[Statement]
    says: str


_RUNTIME, _AGENTS = "bedrock-runtime", "bedrock-agent-runtime"
_CONVERSE = f"converse(modelId='{_LITE}', messages=e['m'])"
_AGENT = "invoke_agent(agentId='AGENT12345', agentAliasId='ALIAS12345', sessionId='s', inputText='x')"
_ALIAS = f"{HERE}agent-alias/AGENT12345/ALIAS12345"
_KB = f"{HERE}knowledge-base/KB12345678"
_GUARDED = "guardrailConfig={'guardrailIdentifier': 'GR12345678', 'guardrailVersion': '1'}"
MISMATCHES = {
    "GuardrailOfTheRequest": Mismatch(
        _py(_RUNTIME, f"converse(modelId='{_LITE}', messages=[], {_GUARDED})"),
        [(_INVOKE, _MODEL, {}), ("bedrock:ApplyGuardrail", f"{HERE}guardrail/GR99999999", {})],
        [(_INVOKE, _MODEL, {}), ("bedrock:ApplyGuardrail", f"{HERE}guardrail/GR12345678", {})],
        "guardrail/GR12345678",
    ),
    "ProfileInOneRegion": Mismatch(
        _py(_RUNTIME, f"converse(modelId='us.{_LITE}', messages=[])", "us-east-1"),
        [(_INVOKE, [_PROFILE, _MODEL], {})],
        [(_INVOKE, [_PROFILE, *(_MODEL.replace("us-east-1", one) for one in _US)], {})],
        f"us-east-2::foundation-model/{_LITE}",
    ),
    "Stream": Mismatch(
        _py(_RUNTIME, f"converse_stream(modelId='{_LITE}', messages=[])"),
        [(_INVOKE, _MODEL, {})],
        [(_STREAM, _MODEL, {})],
        _STREAM,
    ),
    "RawStream": Mismatch(
        _py(_RUNTIME, f"invoke_model_with_response_stream(modelId='{_LITE}', body='')"),
        [(_INVOKE, _MODEL, {})],
        [(_STREAM, _MODEL, {})],
        _STREAM,
    ),
    "PlainForStream": Mismatch(
        _py(_RUNTIME, _CONVERSE), [(_STREAM, _MODEL, {})], [(_INVOKE, _MODEL, {})], f"not call `{_INVOKE}`"
    ),
    "OtherModel": Mismatch(
        _py(_RUNTIME, f"converse(modelId='{_PRO}', messages=[])"),
        [(_INVOKE, _MODEL, {})],
        [(_INVOKE, _MODEL.replace(_LITE, _PRO), {})],
        _PRO,
    ),
    "ProfileAlone": Mismatch(
        _py(_RUNTIME, f"converse(modelId='us.{_LITE}', messages=[])"),
        [(_INVOKE, _PROFILE, {})],
        [(_INVOKE, _PROFILE, {}), (_INVOKE, _EVERYWHERE, _THROUGH)],
        "foundation-model",
    ),
    "ModelAlone": Mismatch(
        _py(_RUNTIME, f"converse(modelId='us.{_LITE}', messages=[])"),
        [(_INVOKE, _EVERYWHERE, {})],
        [(_INVOKE, _PROFILE, {}), (_INVOKE, _EVERYWHERE, {})],
        "inference-profile/us.",
    ),
    "AroundProfile": Mismatch(
        _py(_RUNTIME, _CONVERSE),
        [(_INVOKE, _PROFILE, {}), (_INVOKE, _EVERYWHERE, _THROUGH)],
        [(_INVOKE, _MODEL, {})],
        "through an inference profile alone",
    ),
    "OtherRegion": Mismatch(
        _py(_RUNTIME, _CONVERSE, "eu-central-1"),
        [(_INVOKE, _MODEL, {})],
        [(_INVOKE, _MODEL.replace("us-east-1", "eu-central-1"), {})],
        "eu-central-1",
    ),
    "OtherRegionOpenModel": Mismatch(
        _py(_RUNTIME, "converse(modelId=e['model'], messages=[])", "eu-central-1"),
        [(_INVOKE, _MODEL, {})],
        [(_INVOKE, _MODEL.replace("us-east-1", "eu-central-1"), {})],
        "the client's Region is `eu-central-1`",
    ),
    "AgentForAlias": Mismatch(
        _py(_AGENTS, _AGENT),
        [("bedrock:InvokeAgent", f"{HERE}agent/AGENT12345", {})],
        [("bedrock:InvokeAgent", _ALIAS, {})],
        "bedrock:InvokeAgent",
    ),
    "OtherAlias": Mismatch(
        _py(_AGENTS, _AGENT),
        [("bedrock:InvokeAgent", _ALIAS.replace("ALIAS12345", "TSTALIASID"), {})],
        [("bedrock:InvokeAgent", _ALIAS, {})],
        "agent-alias/AGENT12345/ALIAS12345",
    ),
    "OtherKnowledgeBase": Mismatch(
        _py(_AGENTS, "retrieve(knowledgeBaseId='KB12345678', retrievalQuery={'text': 'x'})"),
        [("bedrock:Retrieve", _KB.replace("KB12345678", "KB87654321"), {})],
        [("bedrock:Retrieve", _KB, {})],
        "knowledge-base/KB12345678",
    ),
    "NoRetrieve": Mismatch(
        _py(_AGENTS, "retrieve(knowledgeBaseId='KB12345678', retrievalQuery={'text': 'x'})"),
        [(_INVOKE, _MODEL, {})],
        [("bedrock:Retrieve", _KB, {})],
        "bedrock:Retrieve",
    ),
    "NoGuardrail": Mismatch(
        _py(
            _RUNTIME,
            "apply_guardrail(guardrailIdentifier='g123', guardrailVersion='1', source='INPUT', content=[])",
        ),
        [(_INVOKE, _MODEL, {})],
        [("bedrock:ApplyGuardrail", f"{HERE}guardrail/g123", {})],
        "bedrock:ApplyGuardrail",
    ),
    "RerankOnArn": Mismatch(
        _py(_AGENTS, "rerank(queries=[], sources=[], rerankingConfiguration={})"),
        [("bedrock:Rerank", _MODEL, {})],
        [("bedrock:Rerank", "*", {})],
        "bedrock:Rerank",
    ),
    "Nothing": Mismatch(_py(_RUNTIME, _CONVERSE), [], [(_INVOKE, _MODEL, {})], _INVOKE),
    "MadeUpAction": Mismatch(
        _py(_RUNTIME, _CONVERSE), [("bedrock:Converse", _MODEL, {})], [(_INVOKE, _MODEL, {})], _INVOKE
    ),
    "ProvisionedArn": Mismatch(
        _py(_RUNTIME, f"invoke_model(modelId='{HERE}provisioned-model/abc123def456', body='')"),
        [(_INVOKE, _MODEL, {})],
        [(_INVOKE, f"{HERE}provisioned-model/abc123def456", {})],
        "provisioned-model/abc123def456",
    ),
    "JavaScript": Mismatch(
        _js(
            "client-bedrock-runtime",
            "BedrockRuntimeClient",
            "ConverseStreamCommand",
            f'{{ modelId: "{_LITE}" }}',
        ),
        [(_INVOKE, _MODEL, {})],
        [(_STREAM, _MODEL, {})],
        _STREAM,
    ),
    "Unused": Mismatch(
        _py(_RUNTIME, _CONVERSE),
        [(_INVOKE, _MODEL, {}), ("bedrock:Retrieve", _KB, {})],
        [(_INVOKE, _MODEL, {})],
        "which nothing in the code of `Unused` calls",
    ),
}


def _functions(*, is_right: bool) -> dict[str, Function]:
    """Return the functions, every third one as a zip and every fourth inline."""
    return {
        name: Function(
            item.files,
            item.right if is_right else item.wrong,
            is_zip=number % 3 == 0,
            is_inline=number % 4 == 1,
        )
        for number, (name, item) in enumerate(MISMATCHES.items())
    }


def _of_code(path: str, **options: Any) -> list[Finding]:
    report = review_paths([path], Options(code=True, **options))
    assert [item.error for item in report.inputs if item.error] == []
    return [finding for finding in report.findings if finding.rule in {"BP602", "BP603"}]


def test_twenty_mismatches_are_found(tmp_path: Path) -> None:
    found = _of_code(write_assembly(tmp_path / "cdk.out", _functions(is_right=False)))
    assert len(MISMATCHES) >= 20
    by_role: dict[str, list[Finding]] = {}
    for finding in found:
        by_role.setdefault((finding.principal or "").rpartition("#")[2], []).append(finding)
    assert sorted(by_role) == sorted(f"{name}Role" for name in MISMATCHES)
    for name, item in MISMATCHES.items():
        rule = "BP603" if name == "Unused" else "BP602"
        messages = [finding.message for finding in by_role[f"{name}Role"] if finding.rule == rule]
        assert item.says in " ".join(messages), name


def test_the_corrected_assembly_has_none(tmp_path: Path) -> None:
    assert _of_code(write_assembly(tmp_path / "cdk.out", _functions(is_right=True))) == []


def test_a_finding_names_the_line_and_the_grant(tmp_path: Path) -> None:
    item = MISMATCHES["Stream"]
    [finding] = [
        f
        for f in _of_code(write_assembly(tmp_path / "o", {"Chat": Function(item.files, item.wrong)}))
        if f.rule == "BP602"
    ]
    assert finding.location.path.endswith("/index.py")
    assert finding.location.line == 7
    assert f'role.grants.converse("{_LITE}", streaming=True)' in finding.help


_THEIRS = "import boto3\n\n\ndef stream():\n    boto3.client('bedrock-agent-runtime').rerank(queries=[])\n"
_OWN = _py(_RUNTIME, _CONVERSE)
_RIGHT: list[Statement] = [(_INVOKE, _MODEL, {}), ("bedrock:Retrieve", _KB, {})]


def _bundle(*, is_minified: bool = False) -> str:
    start = 'var c = require("@aws-sdk/client-bedrock-'
    own = f'{start}runtime");\nnew c.BedrockRuntimeClient().send(new c.ConverseCommand({{}}));\n'
    theirs = f'{start}agent-runtime");\nnew c.BedrockAgentRuntimeClient().send(new c.RerankCommand({{}}));\n'
    text = f"// node_modules/other/index.js\n{theirs}// src/index.ts\n{own}"
    return " ".join([*text.splitlines()[1:3], *text.splitlines()[4:]] * 20) if is_minified else text


_MAPPED = """import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
new BedrockRuntimeClient({}).send(new ConverseCommand({} as any));
"""
_MAP = json.dumps(
    {
        "version": 3,
        "sources": ["../node_modules/other/index.js", "../src/index.ts"],
        "sourcesContent": [
            'import { S } from "x";',
            _MAPPED,
        ],
        "mappings": "",
    }
)


@pytest.mark.parametrize(
    ("files", "is_read", "judges_unused"),
    [
        (
            {**_OWN, "other/__init__.py": _THEIRS, "other-1.dist-info/RECORD": "other/__init__.py,,\n"},
            True,
            False,
        ),
        (
            {**_OWN, "other/__init__.py": "x = 1\n", "other-1.dist-info/RECORD": "other/__init__.py,,\n"},
            True,
            True,
        ),
        ({**_OWN, "botocore/client.py": "# bedrock\n"}, True, True),
        ({"index.js": _bundle()}, True, True),
        ({"index.js": _bundle(is_minified=True)}, False, False),
        ({"index.js": _bundle(is_minified=True), "index.js.map": _MAP}, True, True),
        ({"index.js": "exports.h = 1;\n", "node_modules/other/index.js": "// bedrock\n"}, True, False),
        ({"bootstrap": "\x7fELF"}, False, False),
    ],
)
@pytest.mark.parametrize("is_zip", [False, True])
def test_other_peoples_code_is_not_counted(
    tmp_path: Path, files: dict[str, str], is_read: bool, judges_unused: bool, is_zip: bool
) -> None:
    path = write_assembly(tmp_path / "o", {"Chat": Function(files, _RIGHT, is_zip=is_zip)})
    report = review_paths([path], Options(code=True))
    rules = [finding.rule for finding in report.findings if finding.rule.startswith("BP60")]
    assert rules == (["BP603"] if judges_unused else [])
    gaps = [gap.why for item in report.inputs for gap in item.incomplete]
    assert any("not read" in gap for gap in gaps) is not is_read


def test_sam_code_is_found_by_its_uri(tmp_path: Path) -> None:
    template = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Globals": {"Function": {"CodeUri": "src", "Runtime": "python3.13"}},
        "Resources": {
            "Chat": {
                "Type": "AWS::Serverless::Function",
                "Properties": {
                    "Handler": "index.handler",
                    "Policies": [{"Statement": [{"Effect": "Allow", "Action": _INVOKE, "Resource": _MODEL}]}],
                },
            }
        },
    }
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.py").write_text(MISMATCHES["Stream"].files["index.py"])
    (tmp_path / "template.json").write_text(json.dumps(template))
    found = _of_code(str(tmp_path / "template.json"))
    assert [(f.rule, (f.principal or "").rpartition("#")[2]) for f in found] == [
        ("BP602", "ChatRole"),
        ("BP603", "ChatRole"),
    ]


def test_the_code_of_a_container_is_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    role = {"Fn::GetAtt": ["AgentRole", "Arn"]}
    artifact = {
        "ContainerConfiguration": {"ContainerUri": "111122223333.dkr.ecr.us-east-1.amazonaws.com/a:1"}
    }
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "bedrock-agentcore.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    resources = {
        "Agent": {
            "Type": "AWS::BedrockAgentCore::Runtime",
            "Properties": {"RoleArn": role, "AgentRuntimeArtifact": artifact, "AgentRuntimeName": "a"},
        },
        "AgentRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}},
        },
    }
    template, code = tmp_path / "t.json", tmp_path / "agent.py"
    template.write_text(json.dumps({"Resources": resources}))
    code.write_text(MISMATCHES["Stream"].files["index.py"])
    for name in ("Agent", "AgentRole"):
        [finding] = _of_code(str(template), code_of={name: str(code)})
        assert (finding.rule, finding.location.path) == ("BP602", str(code))
    assert main(["review", str(template), "--code-of", f"Agent={code}", "--format", "json"]) == 1
    assert '"BP602"' in capsys.readouterr().out
    assert main(["review", str(template), "--code-of", f"Nobody={code}"]) == 2
    assert "no role, and nothing that runs code, is named so" in capsys.readouterr().err
    assert main(["review", str(template), "--code-of", "Agent"]) == 2
    assert "takes NAME=PATH" in capsys.readouterr().err


def test_without_the_option_no_code_is_read(tmp_path: Path) -> None:
    path = write_assembly(tmp_path / "o", _functions(is_right=False))
    assert {f.rule for f in review_paths([path], Options()).findings} & {"BP602", "BP603"} == set()


def test_a_megabyte_of_code_costs_little(tmp_path: Path) -> None:
    module = "import json\n\n\ndef read(path):\n    return json.loads(open(path).read())\n\n\n" * 500
    files = {f"lib{number}.py": module for number in range(60)} | _OWN
    path = write_assembly(tmp_path / "o", {"Chat": Function(files, [(_INVOKE, _MODEL, {})])})
    review_paths([path], Options())
    before = time.process_time()
    assert _of_code(path) == []
    megabytes = sum(map(len, files.values())) / 1_000_000
    assert megabytes > 2
    assert (time.process_time() - before) / megabytes < 0.3


def test_a_wrong_client_in_deployed_code_is_found_once(tmp_path: Path) -> None:
    files = _py("bedrock", _CONVERSE)
    functions = {name: Function(files, _RIGHT[:1], is_inline=name == "Other") for name in ("Chat", "Other")}
    report = review_paths([write_assembly(tmp_path / "o", functions)], Options(code=True))
    found = [finding for finding in report.findings if finding.rule in {"BP601", "BP602"}]
    assert [finding.rule for finding in found] == ["BP601", "BP601"]  # one for each place


@pytest.mark.parametrize(
    ("call", "statements"),
    [
        (f"converse(modelId='{HERE}prompt/PROMPT1234:1')", [("bedrock:RenderPrompt", "*", {}), *_RIGHT[:1]]),
        (f"converse(modelId='us.{_LITE}')", [(_INVOKE, "*", {})]),
        (
            f"converse(modelId='{_LITE}')",
            [(_INVOKE, "*", {"StringEquals": {"aws:RequestedRegion": "us-east-1"}})],
        ),
        (
            "start_async_invoke(modelId='amazon.nova-reel-v1:0')",
            [(_INVOKE, f"{HERE[:-13]}:foundation-model/*", {})],
        ),
        (f"invoke_model(modelId='{HERE}imported-model/x')", [(_INVOKE, f"{HERE}imported-model/x", {})]),
    ],
)
def test_calls_that_the_role_allows_are_not_found(
    tmp_path: Path, call: str, statements: list[Statement]
) -> None:
    tests = {"tests/test_it.py": "import boto3\n\nboto3.client('bedrock').list_guardrails()\n"}
    function = Function(_py(_RUNTIME, call) | tests, statements)
    assert _of_code(write_assembly(tmp_path / "o", {"Chat": function})) == []
