"""Flows: what is wrong is named with its line, roles hold what nodes need, versions follow the content."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
import yaml
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from constructs_lib import (
    AppRole,
    DataPlaneGrants,
    Flow,
    FlowAlias,
    FlowConcurrency,
    FlowDefinitionObject,
    PlanesError,
)
from constructs_lib.control_plane import flow_shapes
from constructs_lib.control_plane.flow_nodes import NODE_TYPES
from tests.cdk import ACCOUNT, REGION, Stack, arn, resources, template
from tests.control_plane.soundness import deployed_by, findings, valid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOVA = "amazon.nova-lite-v1:0"
HERE = f"arn:aws:bedrock:{REGION}:{ACCOUNT}"
ALIAS = f"{HERE}:agent-alias/ABCDEF1234/GHIJKL5678"
PROMPT = f"{HERE}:prompt/ABCDEF1234:1"
LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
BOT = f"arn:aws:lex:{REGION}:{ACCOUNT}:bot-alias/BOT/ALIAS"
OF_ACCOUNT = {"StringEquals": {"aws:ResourceAccount": ACCOUNT}}


def port(name: str, kind: str = "String", expression: str | None = "$.data") -> dict[str, Any]:
    return {"name": name, "type": kind, **({"expression": expression} if expression else {})}


def node(
    name: str, kind: str, inputs: list[Any], outputs: list[Any], configuration: dict[str, Any] | None = None
) -> dict[str, Any]:
    key = kind[0].lower() + kind[1:]
    return {
        "name": name,
        "type": kind,
        **({"inputs": inputs} if inputs else {}),
        **(
            {"outputs": [{k: v for k, v in one.items() if k != "expression"} for one in outputs]}
            if outputs
            else {}
        ),
        "configuration": {key: configuration or {}},
    }


def data(source: str, output: str, target: str, wanted: str) -> dict[str, Any]:
    return {
        "name": f"{source}To{target}{wanted}",
        "source": source,
        "target": target,
        "type": "Data",
        "configuration": {"data": {"sourceOutput": output, "targetInput": wanted}},
    }


def on(source: str, condition: str, target: str) -> dict[str, Any]:
    return {
        "name": f"{source}{condition}",
        "source": source,
        "target": target,
        "type": "Conditional",
        "configuration": {"conditional": {"condition": condition}},
    }


def inline(text: str = "Sum up {{topic}}.") -> dict[str, Any]:
    return {
        "sourceConfiguration": {
            "inline": {
                "modelId": NOVA,
                "templateType": "TEXT",
                "templateConfiguration": {"text": {"text": text, "inputVariables": [{"name": "topic"}]}},
            }
        }
    }


START = node("Start", "Input", [], [port("document")])
END = node("End", "Output", [port("document")], [])
ASK = node("Ask", "Prompt", [port("topic")], [port("modelCompletion")], inline())
SIMPLE: dict[str, Any] = {
    "nodes": [START, ASK, END],
    "connections": [
        data("Start", "document", "Ask", "topic"),
        data("Ask", "modelCompletion", "End", "document"),
    ],
}


def through(one: dict[str, Any], wanted: list[str], output: str) -> dict[str, Any]:
    """Return a flow with one node between its ends."""
    inputs = [data("Start", "document", one["name"], name) for name in wanted]
    [kind] = [given["type"] for given in one["outputs"] if given["name"] == output]
    return {
        "nodes": [START, one, node("End", "Output", [port("document", kind)], [])],
        "connections": [*inputs, data(one["name"], output, "End", "document")],
    }


S3 = {"serviceConfiguration": {"s3": {"bucketName": "results"}}}
LOOP = {
    "nodes": [
        node("First", "LoopInput", [], [port("value")]),
        node(
            "Again",
            "LoopController",
            [port("value")],
            [],
            {"continueCondition": {"name": "more", "expression": "value < 3"}},
        ),
    ],
    "connections": [data("First", "value", "Again", "value")],
}
# By the type of the node: the flow, and the statements of its role.
EACH: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "Agent": (
        through(
            node("Own", "Agent", [port("agentInputText")], [port("agentResponse")], {"agentAliasArn": ALIAS}),
            ["agentInputText"],
            "agentResponse",
        ),
        [{"Action": "bedrock:InvokeAgent", "Effect": "Allow", "Resource": ALIAS}],
    ),
    "KnowledgeBase": (
        through(
            node(
                "Own",
                "KnowledgeBase",
                [port("retrievalQuery")],
                [port("retrievalResults", "Array")],
                {"knowledgeBaseId": "ABCDEF1234"},
            ),
            ["retrievalQuery"],
            "retrievalResults",
        ),
        [
            {
                "Action": "bedrock:Retrieve",
                "Effect": "Allow",
                "Resource": arn(f"bedrock:{REGION}:{ACCOUNT}:knowledge-base/ABCDEF1234"),
            }
        ],
    ),
    "LambdaFunction": (
        through(
            node("Own", "LambdaFunction", [port("text")], [port("functionResponse")], {"lambdaArn": LAMBDA}),
            ["text"],
            "functionResponse",
        ),
        [{"Action": "lambda:InvokeFunction", "Effect": "Allow", "Resource": LAMBDA}],
    ),
    "Lex": (
        through(
            node(
                "Own",
                "Lex",
                [port("inputText")],
                [port("predictedIntent")],
                {"botAliasArn": BOT, "localeId": "en_US"},
            ),
            ["inputText"],
            "predictedIntent",
        ),
        [{"Action": "lex:RecognizeUtterance", "Effect": "Allow", "Resource": BOT}],
    ),
    "Storage": (
        through(
            node("Own", "Storage", [port("content"), port("objectKey")], [port("s3Uri")], S3),
            ["content", "objectKey"],
            "s3Uri",
        ),
        [
            {
                "Action": "s3:PutObject",
                "Condition": OF_ACCOUNT,
                "Effect": "Allow",
                "Resource": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::results/*"]]},
            }
        ],
    ),
    "Retrieval": (
        through(
            node("Own", "Retrieval", [port("objectKey")], [port("s3Content")], S3), ["objectKey"], "s3Content"
        ),
        [
            {
                "Action": "s3:GetObject",
                "Condition": OF_ACCOUNT,
                "Effect": "Allow",
                "Resource": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::results/*"]]},
            }
        ],
    ),
    "InlineCode": (
        through(
            node(
                "Own",
                "InlineCode",
                [port("text")],
                [port("response")],
                {"code": "text", "language": "Python_3"},
            ),
            ["text"],
            "response",
        ),
        [],
    ),
    "Iterator and Collector": (
        {
            "nodes": [
                node("Start", "Input", [], [port("document", "Array")]),
                node(
                    "Each",
                    "Iterator",
                    [port("array", "Array")],
                    [port("arrayItem"), port("arraySize", "Number")],
                ),
                node(
                    "All",
                    "Collector",
                    [port("arrayItem"), port("arraySize", "Number")],
                    [port("collectedArray", "Array")],
                ),
                node("End", "Output", [port("document", "Array")], []),
            ],
            "connections": [
                data("Start", "document", "Each", "array"),
                data("Each", "arrayItem", "All", "arrayItem"),
                data("Each", "arraySize", "All", "arraySize"),
                data("All", "collectedArray", "End", "document"),
            ],
        },
        [],
    ),
    "Condition": (
        {
            "nodes": [
                START,
                node(
                    "Which",
                    "Condition",
                    [port("text")],
                    [],
                    {"conditions": [{"name": "short", "expression": 'text == "a"'}, {"name": "default"}]},
                ),
                node("Yes", "Output", [port("document")], []),
                node("No1", "Output", [port("document")], []),
            ],
            "connections": [
                data("Start", "document", "Which", "text"),
                data("Start", "document", "Yes", "document"),
                data("Start", "document", "No1", "document"),
                on("Which", "short", "Yes"),
                on("Which", "default", "No1"),
            ],
        },
        [],
    ),
    "Loop": (
        through(
            node("Own", "Loop", [port("text")], [port("outcome")], {"definition": LOOP}), ["text"], "outcome"
        ),
        [],
    ),
    "Prompt of Prompt management": (
        through(
            node(
                "Own",
                "Prompt",
                [port("topic")],
                [port("modelCompletion")],
                {"sourceConfiguration": {"resource": {"promptArn": PROMPT}}},
            ),
            ["topic"],
            "modelCompletion",
        ),
        [{"Action": "bedrock:RenderPrompt", "Effect": "Allow", "Resource": PROMPT}],
    ),
}


def role_of(found: dict[str, Any]) -> dict[str, Any]:
    [role] = [
        one
        for one in resources(found, "AWS::IAM::Role").values()
        if one["Metadata"]["bedrock-planes:role"]["kind"] == "service"
    ]
    properties: dict[str, Any] = role["Properties"]
    return properties


@pytest.mark.parametrize("case", EACH)
def test_the_role_holds_what_the_node_needs_and_nothing_else(case: str) -> None:
    definition, statements = EACH[case]
    stack = Stack()
    Flow(stack, "F", definition=definition)
    role = role_of(template(stack))
    held = [one for policy in role.get("Policies", []) for one in policy["PolicyDocument"]["Statement"]]
    assert held == statements


def test_an_inline_prompt_calls_its_model_and_applies_its_guardrail() -> None:
    stack = Stack()
    definition = copy.deepcopy(SIMPLE)
    definition["nodes"][1]["configuration"]["prompt"]["guardrailConfiguration"] = {
        "guardrailIdentifier": "abcdef123456",
        "guardrailVersion": "1",
    }
    Flow(stack, "F", definition=definition)
    role = role_of(template(stack))
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["ArnLike"] == {
        "aws:SourceArn": arn(f"bedrock:{REGION}:{ACCOUNT}:flow/*")
    }
    assert role["Policies"][0]["PolicyDocument"]["Statement"] == [
        {
            "Action": "bedrock:InvokeModel",
            "Effect": "Allow",
            "Resource": [
                arn(f"bedrock:{REGION}:{ACCOUNT}:project/default"),
                arn(f"bedrock:{REGION}::foundation-model/{NOVA}"),
            ],
        },
        {
            "Action": "bedrock:ApplyGuardrail",
            "Effect": "Allow",
            "Resource": arn(f"bedrock:{REGION}:{ACCOUNT}:guardrail/abcdef123456"),
        },
    ]


def test_a_flow_with_and_without_its_props() -> None:
    stack = Stack()
    Flow(stack, "F", definition=SIMPLE)
    [found] = resources(template(stack), "AWS::Bedrock::Flow").values()
    assert set(found["Properties"]) == {"Name", "ExecutionRoleArn", "Definition"}
    assert found["Properties"]["Name"] == "S-F"
    shown = found["Properties"]["Definition"]
    assert [one["Name"] for one in shown["Nodes"]] == ["Start", "Ask", "End"]
    assert shown["Connections"][0] == {
        "Name": "StartToAsktopic",
        "Source": "Start",
        "Target": "Ask",
        "Type": "Data",
        "Configuration": {"Data": {"SourceOutput": "document", "TargetInput": "topic"}},
    }
    stack = Stack()
    key = kms.Key(stack, "Key")
    Flow(
        stack,
        "F",
        definition=SIMPLE,
        flow_name="sum",
        description="sums up",
        encryption_key=key,
        tags={"team": "sales"},
        role_path="/team/",
    )
    found_all = template(stack)
    [found] = resources(found_all, "AWS::Bedrock::Flow").values()
    properties = {k: v for k, v in found["Properties"].items() if k not in {"Definition", "ExecutionRoleArn"}}
    assert properties == {
        "Name": "sum",
        "Description": "sums up",
        "CustomerEncryptionKeyArn": stack.resolve(key.key_arn),
        "Tags": {"team": "sales"},
    }
    role = role_of(found_all)
    assert role["Path"] == "/team/"
    assert role["Policies"][0]["PolicyDocument"]["Statement"][-1] == {
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Condition": OF_ACCOUNT,
        "Effect": "Allow",
        "Resource": stack.resolve(key.key_arn),
    }


def test_a_managed_prompt_without_its_model_is_a_warning() -> None:
    def warnings(**props: Any) -> list[Any]:
        stack = Stack()
        Flow(stack, "F", definition=EACH["Prompt of Prompt management"][0], **props)
        return list(
            cdk.assertions.Annotations.from_stack(stack).find_warning("*", cdk.assertions.Match.any_value())
        )

    assert len(warnings()) == 1
    assert warnings(prompt_models=[NOVA]) == []


def changed(change: Callable[[dict[str, Any]], object], base: dict[str, Any] = SIMPLE) -> dict[str, Any]:
    definition = copy.deepcopy(base)
    change(definition)
    return definition


def put(path: str, value: Any) -> Callable[[dict[str, Any]], object]:
    """Return a change of one part; ``None`` takes it away."""

    def change(definition: dict[str, Any]) -> None:
        *steps, last = [int(one) if one.isdigit() else one for one in path.split(".")]
        at: Any = definition
        for step in steps:
            at = at[step]
        if value is None:
            del at[last]
        else:
            at[last] = value

    return change


WHICH = EACH["Condition"][0]
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a dangling connection": (
        changed(put("connections.1.target", "Ende")),
        "`connections[1].target` names the node `Ende`, which doesn't exist: did you mean `End`?",
    ),
    "a connection from nowhere": (
        changed(put("connections.0.source", "Nobody")),
        "`connections[0].source` names the node `Nobody`, which doesn't exist",
    ),
    "an unknown output": (
        changed(put("connections.0.configuration.data.sourceOutput", "documents")),
        "names the output `documents`, which `Start` doesn't have: did you mean `document`?",
    ),
    "an unknown input": (
        changed(put("connections.0.configuration.data.targetInput", "subject")),
        "names the input `subject`, which `Ask` doesn't have",
    ),
    "an unknown type of node": (
        changed(put("nodes.1.type", "Promt")),
        "`nodes[1].type` has the value `Promt`: did you mean `Prompt`?",
    ),
    "an input that nothing feeds": (
        changed(lambda d: d["connections"].pop(0)),
        "`nodes[1].inputs[0]` `topic` has no connection that feeds it",
    ),
    "a variable that the text lacks": (
        changed(lambda d: d["nodes"][1]["inputs"].append(port("tone"))),
        "lacks `{{tone}}` in its text, which the node has as an input",
    ),
    "a variable without an input": (
        changed(put("nodes.1.configuration", {"prompt": inline("{{topic}} for {{reader}}")})),
        "has the variable `{{reader}}` in its text, and the node has no such input",
    ),
    "no input node": (
        changed(lambda d: d["nodes"].pop(0)),
        "`nodes` has 0 nodes of the type `Input`: it needs one",
    ),
    "two input nodes": (
        changed(lambda d: d["nodes"].append(node("Start2", "Input", [], [port("document")]))),
        "`nodes` has 2 nodes of the type `Input`: it needs one",
    ),
    "no output node": (changed(lambda d: d["nodes"].pop()), "has 0 nodes of the type `Output`"),
    "two nodes of a name": (
        changed(put("nodes.2.name", "Ask")),
        "`nodes[2].name` has the value `Ask` as another node has: rename one",
    ),
    "a name with a dash": (changed(put("nodes.1.name", "my-node")), "use 2-51 letters, digits and single _"),
    "an input of one letter": (
        changed(put("nodes.1.inputs.0.name", "x"), EACH["LambdaFunction"][0]),
        "`nodes[1].inputs[0].name` has the value `x`: use 2-51 letters, digits and single _",
    ),
    "a wrong data type": (
        changed(put("nodes.1.inputs.0.type", "Text")),
        "`nodes[1].inputs[0].type` has the value `Text`: use String, Number, Boolean, Object, Array",
    ),
    "types that don't fit": (
        changed(put("nodes.2.inputs.0.type", "Number")),
        "connects `modelCompletion` of the type `String` with `document` of the type `Number`",
    ),
    "an output of another type": (
        changed(put("nodes.1.outputs.0.type", "Array")),
        "`nodes[1].outputs[0].type` has the value `Array`: `modelCompletion` is of the type `String`",
    ),
    "an input without an expression": (
        changed(put("nodes.1.inputs.0.expression", None)),
        "`nodes[1].inputs[0]` has no `expression`, which it needs: begin with `$.`, as `$.data` does",
    ),
    "a configuration of another type": (
        changed(put("nodes.1.configuration", {"lex": {}})),
        "`nodes[1].configuration` must have `prompt` alone",
    ),
    "no configuration": (
        changed(put("nodes.1.configuration", None)),
        "`nodes[1]` has no `configuration.prompt`, which its type needs",
    ),
    "a prompt without a model": (
        changed(put("nodes.1.configuration.prompt.sourceConfiguration.inline.modelId", None)),
        "has no `modelId`, which it needs: pass the id or the ARN of a model",
    ),
    "a connection twice": (
        changed(lambda d: d["connections"].append({**d["connections"][0], "name": "Again"})),
        "`connections[2]` connects what another connection connects already",
    ),
    "a circle": (
        changed(
            lambda d: (
                d["nodes"][1]["inputs"].append(port("more")),
                d["nodes"][1].update(configuration={"prompt": inline("{{topic}} {{more}}")}),
                d["connections"].append(data("Ask", "modelCompletion", "Ask", "more")),
            )
        ),
        "is in a circle of connections with `Ask`: use a Loop node",
    ),
    "a node out of reach": (
        changed(
            lambda d: (
                d["nodes"].append(node("Lost", "Prompt", [], [port("modelCompletion")], inline("Hello"))),
                d["connections"].append(data("Lost", "modelCompletion", "End", "document")),
            )
        ),
        "`nodes[3]` `Lost` can't be reached from the Input node",
    ),
    "no default condition": (
        changed(
            put("nodes.1.configuration.condition.conditions.1", {"name": "long", "expression": "text"}), WHICH
        ),
        "has no condition named `default`",
    ),
    "a default with an expression": (
        changed(put("nodes.1.configuration.condition.conditions.1.expression", "text"), WHICH),
        "is the default, which takes no `expression`",
    ),
    "a condition that leads nowhere": (
        changed(lambda d: d["connections"].pop(), WHICH),
        "`Which` has no connection for its condition `default`",
    ),
    "an unknown condition": (
        changed(put("connections.3.configuration.conditional.condition", "shirt"), WHICH),
        "names the condition `shirt`, which `Which` lacks: did you mean `short`?",
    ),
    "a condition of no condition node": (
        changed(put("connections.3.source", "Start"), WHICH),
        "is Conditional, and `Start` is no Condition node: make it Data",
    ),
    "a loop without its controller": (
        changed(put("nodes.1.configuration.loop.definition.nodes.1", None), EACH["Loop"][0]),
        "`nodes[1].configuration.loop.definition.nodes` has 0 nodes of the type `LoopController`",
    ),
    "an output inside a loop": (
        changed(
            lambda d: d["nodes"][1]["configuration"]["loop"]["definition"]["nodes"].append(END),
            EACH["Loop"][0],
        ),
        "has the value `Output`, which has no place inside a loop",
    ),
    "a knowledge base with a model and results": (
        changed(put("nodes.1.configuration.knowledgeBase.modelId", NOVA), EACH["KnowledgeBase"][0]),
        "needs the output `outputText` with a `modelId`",
    ),
    "an unknown key": (changed(put("edges", [])), "`edges` is unknown"),
    "no nodes": ({"nodes": []}, "`nodes` is missing or no list"),
    "code in another language": (
        changed(put("nodes.1.configuration.inlineCode.language", "Node"), EACH["InlineCode"][0]),
        "has the value `Node`: use Python_3",
    ),
    "a field that doesn't exist": (
        changed(put("nodes.1.configuration.knowledgeBase.numberOfResult", 3), EACH["KnowledgeBase"][0]),
        "`nodes[1].configuration.knowledgeBase.numberOfResult` is unknown: did you mean `numberOfResults`?",
    ),
    "too many results": (
        changed(put("nodes.1.configuration.knowledgeBase.numberOfResults", 101), EACH["KnowledgeBase"][0]),
        "has the value `101`: pass a whole number from 1 to 100",
    ),
    "half a result": (
        changed(put("nodes.1.configuration.knowledgeBase.numberOfResults", 2.5), EACH["KnowledgeBase"][0]),
        "has the value `2.5`: pass a whole number from 1 to 100",
    ),
    "a number as a text": (
        changed(put("nodes.1.configuration.knowledgeBase.numberOfResults", "3"), EACH["KnowledgeBase"][0]),
        "has the value `3`: pass a whole number from 1 to 100",
    ),
    "the ARN of a knowledge base": (
        changed(
            put("nodes.1.configuration.knowledgeBase.knowledgeBaseId", f"{HERE}:knowledge-base/ABCDEF1234"),
            EACH["KnowledgeBase"][0],
        ),
        "pass the id of a knowledge base, not its ARN",
    ),
    "an agent without its alias": (
        changed(
            put("nodes.1.configuration.agent.agentAliasArn", f"{HERE}:agent/ABCDEF1234"), EACH["Agent"][0]
        ),
        "pass the ARN of an agent's alias",
    ),
    "a temperature of 2": (
        changed(
            put(
                "nodes.1.configuration.prompt.sourceConfiguration.inline.inferenceConfiguration",
                {"text": {"temperature": 2}},
            )
        ),
        "inferenceConfiguration.text.temperature` has the value `2`: pass a number from 0 to 1",
    ),
    "two sources of a prompt": (
        changed(put("nodes.1.configuration.prompt.sourceConfiguration.resource", {"promptArn": PROMPT})),
        "needs either `inline` or `resource`, not both",
    ),
    "a template of another kind": (
        changed(put("nodes.1.configuration.prompt.sourceConfiguration.inline.templateType", "CHAT")),
        "templateType` has the value `CHAT`: use TEXT",
    ),
    "a bucket's ARN": (
        changed(
            put("nodes.1.configuration.storage.serviceConfiguration.s3.bucketName", "arn:aws:s3:::b"),
            EACH["Storage"][0],
        ),
        "pass the name of a bucket, not its ARN",
    ),
    "a loop of 1,001": (
        changed(
            put(
                "nodes.1.configuration.loop.definition.nodes.1.configuration.loopController.maxIterations",
                1001,
            ),
            EACH["Loop"][0],
        ),
        "has the value `1001`: pass a whole number from 1 to 1000",
    ),
    "a long condition": (
        changed(
            put("nodes.1.configuration.condition.conditions.0.expression", f'text == "{"a" * 60}"'), WHICH
        ),
        "has 70 characters: Bedrock takes 64",
    ),
    "an unknown key of an input": (
        changed(put("nodes.1.inputs.0.expresion", "$.data")),
        "`nodes[1].inputs[0].expresion` is unknown: did you mean `expression`?",
    ),
    "an unknown category": (
        changed(put("nodes.1.inputs.0.category", "Loop")),
        "category` has the value `Loop`: use LoopCondition, ReturnValueToLoopStart, ExitLoop",
    ),
    "an unknown key of a connection": (
        changed(put("connections.0.from", "Start")),
        "`connections[0].from` is unknown",
    ),
    "a connection of both kinds": (
        changed(put("connections.0.configuration.conditional", {"condition": "x1"})),
        "`connections[0].configuration` needs either `data` or `conditional`, not both",
    ),
    "a configured input node": (
        changed(put("nodes.0.configuration", {"input": {"document": "x"}})),
        "`nodes[0].configuration.input.document` is unknown",
    ),
    "41 nodes": (
        changed(
            lambda d: d["nodes"].extend(node(f"End{n}", "Output", [port("document")], []) for n in range(38))
        ),
        "`nodes` has 41 entries: Bedrock takes 40",
    ),
    "101 connections": (
        changed(lambda d: d["connections"].extend([{}] * 99)),
        "`connections` has 101 entries: Bedrock takes 100",
    ),
    "six inputs of inline code": (
        changed(put("nodes.1.inputs", [port(f"text{n}") for n in range(6)]), EACH["InlineCode"][0]),
        "has 6 entries: Bedrock takes 5",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named(case: str) -> None:
    definition, message = WRONG[case]
    with pytest.raises(PlanesError) as caught:
        Flow(Stack(), "F", definition=definition)
    assert message in str(caught.value)


@pytest.mark.parametrize("suffix", ["json", "yaml", "tabs"])
def test_a_file_is_read_and_its_faults_have_their_line(tmp_path: Path, suffix: str) -> None:
    wrong = WRONG["a dangling connection"][0]
    text = (
        yaml.safe_dump(wrong)
        if suffix == "yaml"
        else json.dumps(wrong, indent="\t" if suffix == "tabs" else 2)
    )
    path = tmp_path / f"flow.{suffix}"
    path.write_text(text, "utf-8")
    [line] = [number for number, one in enumerate(text.splitlines(), 1) if "Ende" in one and "target" in one]
    with pytest.raises(PlanesError, match=rf"line {line}: `connections\[1\].target` names the node `Ende`"):
        Flow(Stack(), "F", definition=path)
    path.write_text(text.replace("Ende", "End"), "utf-8")
    Flow(Stack(), "F", definition=str(path))


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ("no-such-file.json", "names the file `no-such-file.json`, which can't be read"),
        (3, "has a value of the type `int`: pass the path of a JSON or YAML file, or a dictionary"),
        ({"nodes": "x"}, "`nodes` is missing or no list"),
        ({"nodes": [3]}, "`nodes[0]` has no `name`"),
        ({"nodes": [{"name": "Ab", "type": ["text"]}]}, "`nodes[0].type` has the value"),
        ({**SIMPLE, "connections": {}}, "`connections` is no list"),
        (changed(put("connections.0.type", ["Data"])), "has the value `['Data']`: use Data or Conditional"),
        (changed(put("nodes.1.configuration", {"condition": []}), WHICH), "is no object"),
        ({**SIMPLE, "connections": [1]}, "`connections[0]` is no object"),
    ],
)
def test_what_is_no_definition_is_said(definition: Any, message: str) -> None:
    with pytest.raises(PlanesError) as caught:
        Flow(Stack(), "F", definition=definition)
    assert message in str(caught.value)


def test_a_file_that_is_neither_is_said(tmp_path: Path) -> None:
    path = tmp_path / "flow.json"
    path.write_text('{"nodes": [\n}', "utf-8")
    with pytest.raises(PlanesError, match=r"`flow.json` line 2 is neither JSON nor YAML"):
        Flow(Stack(), "F", definition=path)


def test_placeholders_are_replaced_and_a_misspelt_one_is_refused() -> None:
    stack = Stack()
    alias = cdk.CfnParameter(stack, "Alias").value_as_string
    definition = changed(put("nodes.1.configuration.agent.agentAliasArn", "${ALIAS}"), EACH["Agent"][0])
    Flow(stack, "F", definition=definition, substitutions={"ALIAS": alias})
    [role] = resources(template(stack), "AWS::IAM::Role").values()
    [statement] = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    assert statement["Resource"] == {"Ref": "Alias"}
    with pytest.raises(PlanesError, match=r"`substitutions` has `ALAIS`"):
        Flow(stack, "G", definition=definition, substitutions={"ALIAS": alias, "ALAIS": alias})


def shape_of(schema: dict[str, Any], part: dict[str, Any]) -> object:  # noqa: PLR0911 - one for each kind
    """Return what a part of CloudFormation's schema allows, to compare it with our shapes."""
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        if name == "FlowDefinition":
            return "free"
        part = schema["definitions"][name]
    if "oneOf" in part:
        fields = {
            camel(key): shape_of(schema, one)
            for way in part["oneOf"]
            for key, one in way["properties"].items()
        }
        return ("one of", fields)
    if part.get("type") == "array":
        return ("list", shape_of(schema, part["items"]), part.get("minItems", 0), part["maxItems"])
    if part.get("type") == "object":
        if part.get("additionalProperties") is not False:
            return "free"
        fields = {camel(key): shape_of(schema, one) for key, one in part.get("properties", {}).items()}
        return ("object", fields, {camel(key) for key in part.get("required", ())})
    if part["type"] == "number":
        return ("number", part["minimum"], part["maximum"])
    pattern = part.get("pattern", "").removeprefix("^").removesuffix("$")
    return ("text", part.get("maxLength"), pattern, set(part.get("enum", ())))


def camel(name: str) -> str:
    return name[0].lower() + name[1:]


def ours(shape: flow_shapes.Shape) -> object:
    if isinstance(shape, flow_shapes.OneOf):
        return ("one of", {key: ours(one) for key, one in shape.fields.items()})
    if isinstance(shape, flow_shapes.Items):
        return ("list", ours(shape.item), shape.low, shape.high)
    if isinstance(shape, flow_shapes.Object):
        return ("object", {key: ours(one) for key, one in shape.fields.items()}, set(shape.required))
    if isinstance(shape, flow_shapes.Number):
        return ("number", shape.low, shape.high)
    if isinstance(shape, flow_shapes.Text):
        # That an expression begins with `$.` is said by the guide only.
        is_ours = shape is flow_shapes.INPUT.fields["expression"]
        return ("text", shape.high, "" if is_ours else shape.pattern or "", set(shape.choices))
    return "free"


def test_the_fields_of_a_definition_are_those_of_cloudformation() -> None:
    schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, "AWS::Bedrock::Flow").schema
    definitions = schema["definitions"]
    theirs = shape_of(schema, definitions["FlowNodeConfiguration"])
    assert ("one of", {key: ours(one) for key, one in flow_shapes.NODE_CONFIGURATIONS.items()}) == theirs
    assert {rules.key for rules in NODE_TYPES.values()} == set(flow_shapes.NODE_CONFIGURATIONS)
    assert ours(flow_shapes.INPUT) == shape_of(schema, definitions["FlowNodeInput"])
    assert ours(flow_shapes.OUTPUT) == shape_of(schema, definitions["FlowNodeOutput"])
    assert ours(flow_shapes.CONNECTION) == shape_of(schema, definitions["FlowConnection"])
    parts = definitions["FlowDefinition"]["properties"]
    assert parts["Nodes"]["maxItems"] == flow_shapes.NODES
    assert parts["Connections"]["maxItems"] == flow_shapes.CONNECTIONS


def stored(stack: cdk.Stack, **more: Any) -> FlowDefinitionObject:
    return FlowDefinitionObject(bucket=s3.Bucket.from_bucket_name(stack, "B", "flows"), key="a.json", **more)


def test_a_definition_in_s3_is_read_by_cloudformation() -> None:
    stack = Stack()
    role = iam.Role(stack, "R", assumed_by=iam.ServicePrincipal("bedrock.amazonaws.com"))
    Flow(stack, "F", definition=stored(stack, object_version="3"), role=role, substitutions={"ALIAS": "a"})
    [found] = resources(template(stack), "AWS::Bedrock::Flow").values()
    assert found["Properties"] == {
        "Name": "S-F",
        "ExecutionRoleArn": stack.resolve(role.role_arn),
        "DefinitionS3Location": {"Bucket": "flows", "Key": "a.json", "Version": "3"},
        "DefinitionSubstitutions": {"ALIAS": "a"},
    }


@pytest.mark.parametrize(
    ("props", "message"),
    [
        (
            {"role": None},
            "`definition` is in Amazon S3, so what its nodes call is not known here: pass a `role`",
        ),
        ({"prompt_models": [NOVA]}, "`prompt_models` are for the service role"),
        ({"substitutions": {"MY_ALIAS": "a"}}, "`substitutions` has the value `MY_ALIAS`: use letters"),
        ({"substitutions": {f"A{n}": "a" for n in range(501)}}, "has 501 values, and AWS takes 500 at most"),
    ],
)
def test_what_a_definition_in_s3_rules_out_is_said(props: dict[str, Any], message: str) -> None:
    stack = Stack()
    role = iam.Role(stack, "R", assumed_by=iam.ServicePrincipal("bedrock.amazonaws.com"))
    with pytest.raises(PlanesError) as caught:
        Flow(stack, "F", definition=stored(stack), **{"role": role, **props})
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FlowDefinitionObject(bucket="flows", key="a"), "`bucket` has the value `'flows'`"),  # type: ignore[arg-type]  # the mistake
        (
            lambda: stored(Stack(), object_version=""),
            "`object_version` must have 1 to 1024 characters, got 0",
        ),
        (lambda: FlowConcurrency.manual(max_concurrency=0), "pass a number from 1 to 100"),
        (lambda: FlowConcurrency.manual(max_concurrency=2.5), "`2.5`: pass a whole number"),  # type: ignore[arg-type]  # the mistake
        (lambda: FlowConcurrency("manual"), "use `Automatic` or `Manual`"),  # type: ignore[arg-type]  # the mistake
    ],
)
def test_the_values_of_a_flow_are_checked(make: Callable[[], object], message: str) -> None:
    with pytest.raises(PlanesError) as caught:
        make()
    assert message in str(caught.value)


def version_id(change: Callable[[cdk.Stack, Flow], object] = lambda s, f: None, **props: Any) -> str:
    stack = Stack()
    flow = Flow(stack, "F", **{"definition": SIMPLE, **props})
    flow.create_version()
    change(stack, flow)
    [(name, found)] = resources(template(stack), "AWS::Bedrock::FlowVersion").items()
    assert found["DeletionPolicy"] == "RetainExceptOnCreate"
    return name


def override(_: cdk.Stack, flow: Flow) -> None:
    child = flow.node.default_child
    assert isinstance(child, cdk.CfnResource)
    child.add_property_override("Description", "changed")


CONTENT: dict[str, tuple[Callable[[cdk.Stack, Flow], object], dict[str, Any]]] = {
    "a description": (lambda s, f: None, {"description": "x"}),
    "a name": (lambda s, f: None, {"flow_name": "x1"}),
    "a prompt's text": (
        lambda s, f: None,
        {"definition": changed(put("nodes.1.configuration", {"prompt": inline("{{topic}}?")}))},
    ),
    "an expression": (
        lambda s, f: None,
        {"definition": changed(put("nodes.2.inputs.0.expression", "$.data.x"))},
    ),
    "an override": (override, {}),
    "a connection's name": (
        lambda s, f: None,
        {"definition": changed(put("connections.0.name", "Other"))},
    ),
}
UNRELATED: dict[str, tuple[Callable[[cdk.Stack, Flow], object], dict[str, Any]]] = {
    "a tag": (lambda s, f: cdk.Tags.of(s).add("a", "b"), {}),
    "tags of its own": (lambda s, f: None, {"tags": {"a": "b"}}),
    "another resource": (lambda s, f: sns.Topic(s, "T"), {}),
    "another flow": (lambda s, f: Flow(s, "G", definition=EACH["InlineCode"][0]), {}),
    "an alias": (
        lambda s, f: FlowAlias(
            s,
            "A",
            flow=f,
            version=f.node.find_child("Version"),  # type: ignore[arg-type]  # found by its id
            flow_alias_name="a",
        ),
        {},
    ),
    "the stack's description": (lambda s, f: setattr(s.template_options, "description", "x"), {}),
}


@pytest.mark.parametrize("case", CONTENT)
def test_a_change_of_content_makes_a_new_version(case: str) -> None:
    change, props = CONTENT[case]
    assert version_id(change, **props) != version_id()


@pytest.mark.parametrize("case", UNRELATED)
def test_what_does_not_touch_the_content_leaves_the_version_alone(case: str) -> None:
    change, props = UNRELATED[case]
    assert version_id(change, **props) == version_id()


def test_an_alias_names_the_version_and_is_what_callers_are_granted() -> None:
    stack = Stack()
    alias = Flow(stack, "F", definition=SIMPLE).create_alias(flow_alias_name="live")
    alias.grant_invoke(iam.User(stack, "U"))
    DataPlaneGrants(iam.User(stack, "V")).invoke_flow(alias)
    found = template(stack)
    [(version, _)] = resources(found, "AWS::Bedrock::FlowVersion").items()
    [made] = resources(found, "AWS::Bedrock::FlowAlias").values()
    assert made["Properties"]["RoutingConfiguration"] == [
        {"FlowVersion": {"Fn::GetAtt": [version, "Version"]}}
    ]
    statements = [
        policy["Properties"]["PolicyDocument"]["Statement"]
        for policy in resources(found, "AWS::IAM::Policy").values()
    ]
    assert (
        statements[0]
        == statements[1]
        == [
            {
                "Action": "bedrock:InvokeFlow",
                "Effect": "Allow",
                "Resource": stack.resolve(alias.flow_alias_arn),
            }
        ]
    )


def test_an_imported_alias_knows_its_flow() -> None:
    stack = Stack()
    alias = FlowAlias.from_flow_alias_arn(stack, "A", f"{HERE}:flow/ABCDEF1234/alias/GHIJKL5678")
    assert alias.flow_arn == f"{HERE}:flow/ABCDEF1234"
    with pytest.raises(PlanesError, match="pass an ARN such as"):
        FlowAlias.from_flow_alias_arn(stack, "B", f"{HERE}:flow/ABCDEF1234")


def test_it_deploys_and_its_roles_are_sound(tmp_path: Path) -> None:
    def build(stack: cdk.Stack) -> None:
        role = AppRole(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        for number, (definition, _) in enumerate([(SIMPLE, 0), *EACH.values()]):
            Flow(stack, f"F{number}", definition=definition, prompt_models=[NOVA]).create_alias(
                flow_alias_name="live"
            ).grant_invoke(role)

    found = valid(build, tmp_path)
    verdicts, rules = findings(tmp_path)
    assert set(verdicts.values()) == {"data"}
    assert rules == set()
    wanted = {
        "bedrock:CreateFlow",
        "bedrock:PrepareFlow",
        "bedrock:CreateFlowVersion",
        "bedrock:CreateFlowAlias",
        "bedrock:DeleteFlow",
        "iam:PassRole",
    }
    assert deployed_by(found, wanted) == set()
