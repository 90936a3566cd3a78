"""``bedrock-planes which``: what people read and what programs read."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
from typing import Any

import pytest

from constructs_lib import catalogue
from constructs_lib.catalogue import operations_at_path, rest_paths
from constructs_lib.cli import main

_DATE = catalogue.sources().date


def test_an_action_that_does_not_exist_says_so_and_what_authorises_the_operation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["which", "bedrock:Converse"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first == (
        "`bedrock:Converse` does not exist in IAM; the operation Converse is authorised by "
        "`bedrock:InvokeModel`."
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("bedrock:CreateZephyrPlan", ""),
        ("bedrock:SetGuardrail", "`bedrock:ApplyGuardrail`"),
        ("CreateZephyrPlan", ""),
        ("bedrock:*Zephyr*", ""),
        ("bedrock-observatory:ListThings", ""),
    ],
)
def test_an_unknown_name_is_said_with_the_date_and_never_called_nonexistent(
    name: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["which", name]) == 2
    said = capsys.readouterr().err
    assert _DATE in said
    assert hint in said
    assert "does not exist" not in said


def test_an_operation_is_shown_with_everything_that_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["which", "StartAsyncInvoke"]) == 0
    text = capsys.readouterr().out
    for line in [
        "StartAsyncInvoke: data plane, operation of the client bedrock-runtime, family bedrock-runtime",
        '  boto3           boto3.client("bedrock-runtime").start_async_invoke()',
        '  JavaScript      StartAsyncInvokeCommand of "@aws-sdk/client-bedrock-runtime"',
        "  Java            bedrockruntime.BedrockRuntimeClient.startAsyncInvoke()",
        "  CLI             aws bedrock-runtime start-async-invoke",
        "  IAM action      bedrock:InvokeModel (data)",
        "                  arn:${Partition}:bedrock:${Region}:${Account}:async-invoke/${ResourceId}",
    ]:
        assert line in text.splitlines()


def test_a_control_operation_shows_cloudformation_and_terraform(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["which", "create-guardrail"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  CloudFormation  AWS::Bedrock::Guardrail" in lines
    assert "  Terraform       aws_bedrock_guardrail" in lines
    assert "  IAM action      bedrock:CreateGuardrail (control write)" in lines


def test_the_streaming_twin_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["which", "converse"]) == 0
    text = capsys.readouterr().out
    assert "  streaming       ConverseStream, authorised by bedrock:InvokeModelWithResponseStream" in text
    assert "mistake         granting `bedrock:InvokeModel` alone to code that streams" in text


def test_a_command_line_may_stand_without_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["which", "aws", "bedrock-runtime", "converse-stream"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("ConverseStream: data plane")
    assert "  CLI             not offered, because it streams" in text


def test_a_pattern_lists_what_it_matches_on_each_plane(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["which", "bedrock:Invoke*"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("the pattern `bedrock:Invoke*` matches actions of both planes.")
    assert "  bedrock:InvokeBuilder\n" in text.partition("data plane")[0]
    assert "  bedrock:InvokeModel\n" in text.partition("data plane")[2]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "convers",
            (
                f"`convers` is unknown (the catalogue is of {_DATE}; a newer name is unknown to it); "
                "did you mean `Converse`, `ConverseStream`, `CountTokens`?"
            ),
        ),
        ("%", "`%` is unknown; `bedrock-planes catalogue list` shows every name"),
        (
            "bedrock:Nope*",
            (
                "`bedrock:Nope*` is unknown (the pattern `bedrock:Nope*` matches no action of Amazon "
                f"Bedrock in the catalogue of {_DATE}); `bedrock-planes catalogue list` shows every name"
            ),
        ),
        (
            "bedrock-runtime:Invoke*",
            (
                "`bedrock-runtime:Invoke*` is unknown (`bedrock-runtime` is a client's name, not an IAM "
                "prefix; the pattern `bedrock-runtime:Invoke*` matches no action of Amazon Bedrock in the "
                f"catalogue of {_DATE}); "
                "did you mean `bedrock:Invoke*`?"
            ),
        ),
        (
            "s3:GetObject",
            (
                "`s3:GetObject` is unknown (`s3` is not an IAM prefix of Amazon Bedrock); "
                "`bedrock-planes catalogue list` shows every name"
            ),
        ),
        ("", "`` is unknown; `bedrock-planes catalogue list` shows every name"),
        ("%\x1b[31m", "`%?[31m` is unknown; `bedrock-planes catalogue list` shows every name"),
        ("%" * 500, f"`{'%' * 400}...` is unknown; `bedrock-planes catalogue list` shows every name"),
    ],
)
def test_an_unknown_name_ends_in_2_with_a_remedy(
    name: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["which", name]) == 2
    captured = capsys.readouterr()
    assert captured.err == message + "\n"
    assert captured.out == ""


def test_one_unknown_name_does_not_hide_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["which", "retrieve", "nonsense-name"]) == 2
    captured = capsys.readouterr()
    assert captured.out.startswith("Retrieve: data plane")
    assert "`nonsense-name` is unknown" in captured.err


def test_json_holds_the_same_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["which", "bedrock:Converse", "bedrock:RenderPrompt", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "bedrock-planes/which/1"
    converse, render = document["answers"]
    assert converse["query"] == "bedrock:Converse"
    assert len(converse["notes"]) == 1
    [entry] = converse["entries"]
    assert (entry["plane"], entry["family"], entry["client"]) == (
        "data",
        "bedrock-runtime",
        "bedrock-runtime",
    )
    assert [a["name"] for a in entry["actions"]] == ["bedrock:InvokeModel"]
    assert entry["streaming_twin"] == {
        "operation": "ConverseStream",
        "actions": ["bedrock:InvokeModelWithResponseStream"],
    }
    [entry] = render["entries"]
    assert entry["kind"] == "action"
    assert entry["operations"] == []
    assert list(entry["actions"][0]["resources"]) == ["bedrock:prompt", "bedrock:prompt-version"]
    assert entry["decided"][0]["page"].startswith("https://docs.aws.amazon.com/")


def test_every_name_of_the_catalogue_has_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    names = [*catalogue.actions(), *(f"{o.client}.{o.name}" for o in catalogue.operations())]
    assert main(["which", *names]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("name", "note"),
    [
        (
            "bedrock-data-automation:TagResource",
            (
                "`bedrock-data-automation` is a client's name, not an IAM prefix; "
                "the action is `bedrock:TagResource`"
            ),
        ),
        ("bedrok:Converse", "`bedrok` is not an IAM prefix of Amazon Bedrock; the operation Converse"),
        (
            "bedrok:CountTokens",
            (
                "`bedrok` is not an IAM prefix of Amazon Bedrock; "
                "the action is `bedrock-mantle:CountTokens` and `bedrock:CountTokens`"
            ),
        ),
        ("aws bedrock converse", "the client `bedrock` has no `Converse`; `bedrock-runtime` has it"),
        (
            "bedrock-runtime.ListSessions",
            (
                "the client `bedrock-runtime` has no `ListSessions`; "
                "`bedrock-agent-runtime` and `bedrock-agentcore` have it"
            ),
        ),
        ("Invoke*", "IAM needs a prefix before `Invoke*`; these are its matches under every prefix"),
        ("*", "the pattern `*` matches actions of both planes"),
        ("'bedrock:Invoke*'", "the pattern `bedrock:Invoke*` matches actions of both planes"),
    ],
)
def test_what_is_wrong_with_a_spelling_is_said_first(
    name: str, note: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["which", "--format", "json", name]) == 0
    [one] = json.loads(capsys.readouterr().out)["answers"]
    assert one["notes"][0].startswith(note)


@pytest.mark.parametrize("name", ['"bedrock:InvokeModel",', " bedrock:invokemodel "])
def test_an_action_that_exists_is_not_said_to_be_missing(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["which", name]) == 0
    assert capsys.readouterr().out.startswith("InvokeModel: data plane")


def _entries(name: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert main(["which", "--format", "json", name]) == 0
    [one] = json.loads(capsys.readouterr().out)["answers"]
    entries: list[dict[str, Any]] = one["entries"]
    return entries


def test_an_action_is_shown_once_with_the_operation_that_it_authorises(
    capsys: pytest.CaptureFixture[str],
) -> None:
    kinds = [(entry["kind"], entry["name"]) for entry in _entries("count_tokens", capsys)]
    assert kinds == [("operation", "CountTokens"), ("action", "bedrock-mantle:CountTokens")]


def test_the_streaming_form_of_invoke_model_has_a_longer_name(capsys: pytest.CaptureFixture[str]) -> None:
    [entry] = _entries("invoke_model", capsys)
    assert entry["streaming_twin"]["operation"] == "InvokeModelWithResponseStream"


def test_nothing_is_said_of_the_resources_of_an_action_that_the_reference_lacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    [entry] = _entries("CreateVpcConfiguration", capsys)
    assert entry["actions"][0]["in_reference"] is False
    assert entry["mistakes"] == []
    [entry] = _entries("CreateModelImportJob", capsys)
    assert [m["mistake"] for m in entry["mistakes"]] == ["granting `bedrock:CreateModelImportJob` on an ARN"]


def test_every_mistake_has_its_page(capsys: pytest.CaptureFixture[str]) -> None:
    names = [*catalogue.actions(), *(f"{o.client}.{o.name}" for o in catalogue.operations())]
    assert main(["which", "--format", "json", *names]) == 0
    answers = json.loads(capsys.readouterr().out)["answers"]
    mistakes = [m for one in answers for entry in one["entries"] for m in entry["mistakes"]]
    assert len(mistakes) > 100
    assert all(m["page"].startswith("https://docs.aws.amazon.com/") for m in mistakes)


def test_it_starts_fast() -> None:
    code = "import sys\nfrom constructs_lib.cli import main\nsys.exit(main(['which', 'converse']))"
    best = 1e9
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL, timeout=60)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    # Alone on the machine it takes half of this; tests run beside others.
    assert best < 0.3


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("POST /model/amazon.nova-lite-v1:0/converse", "Converse: data plane"),
        ("/model/{modelId}/invoke-with-response-stream", "InvokeModelWithResponseStream: data plane"),
        (
            "https://bedrock-runtime.eu-west-1.amazonaws.com/model/x/converse-stream",
            "ConverseStream: data plane",
        ),
        ("GET /guardrails/abc?guardrailVersion=1", "GetGuardrail: control plane"),
        ("arn:aws:states:::bedrock:invokeModel", "InvokeModel: data plane"),
        ("arn:aws:states:::aws-sdk:bedrockagentruntime:retrieve", "Retrieve: data plane"),
        ("arn:aws:states:::bedrock:createModelCustomizationJob.sync", "CreateModelCustomizationJob: control"),
        ("tasks.BedrockInvokeModel", "InvokeModel: data plane"),
        ("client.responses.create(model=...)", "responses.create: data plane"),
        ("chat.completions.create", "bedrock-mantle:CreateInference"),
        ("/v1/responses", "responses.create: data plane"),
        ("POST /openai/v1/chat/completions", "chat.completions.create: data plane"),
        ("chat/completions", "chat.completions.create: data plane"),
        ("https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages", "messages.create: data plane"),
        ("/v1/messages/count_tokens", "CountTokens: data plane"),
        ("GET /v1/responses/resp_1", "responses.retrieve: data plane"),
        ("DELETE /openai/v1/responses/resp_1", "responses.delete: data plane"),
        ("POST /v1/responses/{response_id}/cancel", "responses.cancel: data plane"),
        ("GET /v1/models", "models.list: data plane"),
        ("bedrock-runtime", "bedrock-runtime: data plane, a client"),
        ("BedrockAgentClient", "bedrock-agent: control plane, a client"),
        ("@aws-sdk/client-bedrock-agent-runtime", "bedrock-agent-runtime: data plane, a client"),
        ("amazon.nova-lite-v1:0", 'role.grants.converse("amazon.nova-lite-v1:0")'),
        ("amazon.titan-embed-text-v2:0", "role.grants.invoke("),
        ("us.amazon.nova-lite-v1:0", "us-east-1: answered in us-east-1, us-east-2, us-west-2"),
        ("anthropic.claude-sonnet-4-5-20250929-v1:0", "no Region: call it by a profile"),
        ("arn:aws:bedrock:us-east-1:111122223333:knowledge-base/KB12345678", "bedrock:knowledge-base"),
        ("arn:aws:bedrock:us-east-1:111122223333:agent/AGENT12345", "agent-alias/AGENT/ALIAS"),
        ("arn:aws:bedrock:us-east-1:111122223333:foundation-model/amazon.nova-lite-v1:0", "has no account"),
        ("AmazonBedrockFullAccess", "it mixes the planes"),
        ("arn:aws:iam::aws:policy/AmazonBedrockReadOnly", "control plane, an AWS managed policy"),
        ("AWSLambdaBasicExecutionRole", "gives nothing of Amazon Bedrock"),
        ("AWS_BEARER_TOKEN_BEDROCK", "bedrock:CallWithBearerToken"),
        ("constructs_lib.AppRole", "from constructs_lib import AppRole"),
    ],
)
def test_names_beyond_operations_are_answered(
    name: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["which", name]) == 0
    assert said in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("amazon.nova-lite-v9:0", "did you mean `amazon.nova-lite-v1:0`"),
        ("claude-sonnet-4-5", "did you mean `anthropic.claude-sonnet-4-5"),
        ("arn:aws:bedrock-runtime:us-east-1::foundation-model/x", "ARNs have the service `bedrock`"),
        ("arn:aws:iam::aws:policy/AmazonBedrockNothing", "no AWS managed policy of this data"),
        ("arn:aws:bedrock:us-east-1:111122223333:nothing/x", "no resource type of `bedrock`"),
        ("POST /nothing/at/all", "is unknown"),
    ],
)
def test_names_that_are_wrong_get_a_hint(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["which", name]) == 2
    assert said in capsys.readouterr().err


def test_each_path_of_the_api_leads_to_its_operation() -> None:
    for (client, name), path in rest_paths().items():
        filled = re.sub(r"\{[^}]*\}", "x1", path)
        found = {(o.client, o.name) for o in operations_at_path(filled)}
        assert (client, name) in found or found, path


@pytest.mark.parametrize(
    "pair",
    [
        "boto3.client(service_name='bedrock', region_name='us-east-1').converse(modelId='m')",
        "session.client('bedrock').converse()",
        "new BedrockClient({ region }).send(new ConverseCommand(input))",
        "new Bedrock({}).converse({})",
        "BedrockClient.create().converse(request)",
        "BedrockClient.builder().region(Region.US_EAST_1).build().converse(r -> r.modelId(m))",
        "bedrock.NewFromConfig(cfg).Converse(ctx, in)",
        "aws --region us-east-1 bedrock converse",
    ],
)
def test_a_wrong_pair_gets_its_hint_in_every_language(pair: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["which", pair]) == 0
    hint, operation = capsys.readouterr().out.splitlines()[:2]
    assert hint.endswith("has no `Converse`; `bedrock-runtime` has it.")
    assert operation.startswith("Converse: data plane")
    right = re.sub(r"bedrock(?=['\".]| conv)", "bedrock-runtime", pair, count=1)
    right = re.sub(r"Bedrock(?=Client|\()", "BedrockRuntime", right).replace(
        "bedrock-runtime.New", "bedrockruntime.New"
    )
    assert main(["which", right]) == 0
    assert capsys.readouterr().out.startswith("Converse: data plane")


@pytest.mark.parametrize(
    "made",
    [
        'boto3.client("bedrock-runtime")',
        "new BedrockRuntimeClient({})",
        "BedrockRuntimeAsyncClient.create()",
        "bedrockruntime.NewFromConfig(cfg)",
    ],
)
def test_a_client_may_be_named_by_the_code_that_makes_it(
    made: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["which", made]) == 0
    assert capsys.readouterr().out.startswith("bedrock-runtime: data plane, a client")


@pytest.mark.parametrize(
    ("family", "plane"),
    [("bedrock-mantle", "data"), ("bedrock-mantle-control", "control"), ("bedrock-websearch", "data")],
)
def test_an_endpoint_without_a_client_has_its_plane(
    family: str, plane: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["which", family]) == 0
    assert capsys.readouterr().out.startswith(f"{family}: {plane} plane, an endpoint without a client")


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("CfnKnowledgeBase", "CreateKnowledgeBase"),
        ("aws_cdk.aws_bedrock.CfnKnowledgeBase", "CreateKnowledgeBase"),
        ('guardrail = bedrock.CfnGuardrail(self, "G", name="g")', "CreateGuardrail"),
        ('const a = new bedrock.CfnAgent(this, "A", {', "CreateAgent"),
        ("awsbedrock.NewCfnAgent(stack, ", "CreateAgent"),
        ("software.amazon.awscdk.services.bedrockagentcore.CfnRuntime", "CreateAgentRuntime"),
        ("bedrock.CfnGuardrail.ContentPolicyConfigProperty", "CreateGuardrail"),
        ("Type: AWS::Bedrock::Agent", "CreateAgent"),
        ('"Type": "AWS::Bedrock::Guardrail"', "CreateGuardrail"),
        ('resource "aws_bedrock_guardrail" "main" {', "CreateGuardrail"),
    ],
)
def test_a_resource_is_known_as_code_and_templates_write_it(
    name: str, operation: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["which", name]) == 0
    assert capsys.readouterr().out.startswith(f"{operation}: control plane")


@pytest.mark.parametrize("name", ["iam.CfnPolicy", "s3.CfnBucket", "ecs.CfnCluster", "/v1/embeddings"])
def test_a_class_or_path_of_something_else_is_not_taken_for_bedrocks(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["which", name]) == 2
    assert "is unknown" in capsys.readouterr().err
