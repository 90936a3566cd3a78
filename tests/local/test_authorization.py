"""What each call is authorized by: allowed with it, refused with the nearest thing beside it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from tests.local.templates import ACCOUNT, MODEL, MODEL_ARN, REGION, allow, policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.local import LocalAws

_OTHER = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"
_OWN = f"arn:aws:bedrock:{REGION}:{ACCOUNT}"
_PROJECT = f"{_OWN}:project/default"
_MESSAGES = [{"role": "user", "content": [{"text": "hello"}]}]
_CLAUDE_BODY = json.dumps({"max_tokens": 5, "messages": [{"role": "user", "content": "hello"}]})
_PROFILE = f"{_OWN}:inference-profile/us.{MODEL}"
_GLOBAL = f"{_OWN}:inference-profile/global.{MODEL}"
_US_MODELS = [
    f"arn:aws:bedrock:{region}::foundation-model/{MODEL}"
    for region in ("us-east-1", "us-east-2", "us-west-2")
]
_RAG = {
    "input": {"text": "q"},
    "retrieveAndGenerateConfiguration": {
        "type": "KNOWLEDGE_BASE",
        "knowledgeBaseConfiguration": {"knowledgeBaseId": "KB12345678", "modelArn": MODEL_ARN},
    },
}


@dataclass(frozen=True)
class Case:
    """A call, statements that allow it, and statements of which each is near and not enough."""

    client: str
    method: str
    arguments: dict[str, Any]
    enough: list[dict[str, Any]]
    not_enough: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)
    """(action that the refusal must name, statements)"""


_INVOKE, _STREAM = "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"
_CONVERSE = {"modelId": MODEL, "messages": _MESSAGES}
_WITH_GUARDRAIL = {
    **_CONVERSE,
    "guardrailConfig": {"guardrailIdentifier": "abc123", "guardrailVersion": "1"},
}

CASES = [
    Case(
        "bedrock-runtime",
        "converse",
        _CONVERSE,
        [allow(_INVOKE, [MODEL_ARN, _PROJECT])],
        [
            (_INVOKE, [allow(_INVOKE, MODEL_ARN)]),
            (_INVOKE, [allow("bedrock:Converse", [MODEL_ARN, _PROJECT])]),
            (_INVOKE, [allow(_STREAM, [MODEL_ARN, _PROJECT])]),
            (_INVOKE, [allow(_INVOKE, [_OTHER, _PROJECT])]),
        ],
    ),
    Case(
        "bedrock-runtime",
        "converse_stream",
        _CONVERSE,
        [allow(_STREAM, [MODEL_ARN, _PROJECT])],
        [(_STREAM, [allow(_INVOKE, [MODEL_ARN, _PROJECT])])],
    ),
    Case(
        "bedrock-runtime",
        "invoke_model",
        {"modelId": MODEL_ARN, "body": _CLAUDE_BODY},
        [allow(_INVOKE, [MODEL_ARN, _PROJECT])],
        [(_INVOKE, [allow(_INVOKE, [_OTHER, _PROJECT])])],
    ),
    Case(
        "bedrock-runtime",
        "invoke_model_with_response_stream",
        {"modelId": MODEL, "body": _CLAUDE_BODY},
        [allow(_STREAM, [MODEL_ARN, _PROJECT])],
        [(_STREAM, [allow(_INVOKE, [MODEL_ARN, _PROJECT])])],
    ),
    Case(
        "bedrock-runtime",
        "count_tokens",
        {"modelId": MODEL, "input": {"converse": {"messages": _MESSAGES}}},
        [allow("bedrock:CountTokens", MODEL_ARN)],
        [("bedrock:CountTokens", [allow(_INVOKE, [MODEL_ARN, _PROJECT])])],
    ),
    Case(
        "bedrock-runtime",
        "converse",
        {**_CONVERSE, "modelId": f"us.{MODEL}"},
        [allow(_INVOKE, [_PROFILE, *_US_MODELS, _PROJECT])],
        [
            (_INVOKE, [allow(_INVOKE, [_PROFILE, _PROJECT])]),
            (_INVOKE, [allow(_INVOKE, [_PROFILE, *_US_MODELS[:2], _PROJECT])]),
            (_INVOKE, [allow(_INVOKE, [*_US_MODELS, _PROJECT])]),
        ],
    ),
    Case(
        "bedrock-runtime",
        "converse",
        {**_CONVERSE, "modelId": f"global.{MODEL}"},
        [
            allow(_INVOKE, [_GLOBAL, _PROJECT]),
            allow(_INVOKE, MODEL_ARN, StringEquals={"bedrock:InferenceProfileArn": _GLOBAL}),
            allow(
                _INVOKE,
                f"arn:aws:bedrock:::foundation-model/{MODEL}",
                StringEquals={"aws:RequestedRegion": "unspecified", "bedrock:InferenceProfileArn": _GLOBAL},
            ),
        ],
        [(_INVOKE, [allow(_INVOKE, [_GLOBAL, MODEL_ARN, _PROJECT])])],
    ),
    Case(
        "bedrock-runtime",
        "converse",
        _WITH_GUARDRAIL,
        [allow(_INVOKE, [MODEL_ARN, _PROJECT]), allow("bedrock:ApplyGuardrail", f"{_OWN}:guardrail/abc123")],
        [("bedrock:ApplyGuardrail", [allow(_INVOKE, [MODEL_ARN, _PROJECT])])],
    ),
    Case(
        "bedrock-runtime",
        "apply_guardrail",
        {
            "guardrailIdentifier": "abc123",
            "guardrailVersion": "1",
            "source": "INPUT",
            "content": [{"text": {"text": "x"}}],
        },
        [allow("bedrock:ApplyGuardrail", f"{_OWN}:guardrail/abc123")],
        [("bedrock:ApplyGuardrail", [allow("bedrock:ApplyGuardrail", f"{_OWN}:guardrail/other1")])],
    ),
    Case(
        "bedrock-agent-runtime",
        "retrieve",
        {"knowledgeBaseId": "KB12345678", "retrievalQuery": {"text": "q"}},
        [allow("bedrock:Retrieve", f"{_OWN}:knowledge-base/KB12345678")],
        [("bedrock:Retrieve", [allow("bedrock:Retrieve", f"{_OWN}:knowledge-base/OTHER")])],
    ),
    Case(
        "bedrock-agent-runtime",
        "retrieve_and_generate",
        _RAG,
        [
            allow("bedrock:RetrieveAndGenerate"),
            allow("bedrock:Retrieve", f"{_OWN}:knowledge-base/KB12345678"),
            allow(_INVOKE, [MODEL_ARN, _PROJECT]),
        ],
        [
            # On an ARN the grant is inert.
            (
                "bedrock:RetrieveAndGenerate",
                [
                    allow(
                        ["bedrock:RetrieveAndGenerate", "bedrock:Retrieve"],
                        f"{_OWN}:knowledge-base/KB12345678",
                    )
                ],
            ),
            (
                "bedrock:Retrieve",
                [allow("bedrock:RetrieveAndGenerate"), allow(_INVOKE, [MODEL_ARN, _PROJECT])],
            ),
            (_INVOKE, [allow("bedrock:RetrieveAndGenerate"), allow("bedrock:Retrieve")]),
        ],
    ),
    Case(
        "bedrock-agent-runtime",
        "invoke_agent",
        {"agentId": "AGENT12345", "agentAliasId": "ALIAS12345", "sessionId": "session", "inputText": "x"},
        [allow("bedrock:InvokeAgent", f"{_OWN}:agent-alias/AGENT12345/ALIAS12345")],
        [("bedrock:InvokeAgent", [allow("bedrock:InvokeAgent", f"{_OWN}:agent/AGENT12345")])],
    ),
    Case(
        "bedrock-agent-runtime",
        "invoke_inline_agent",
        {"sessionId": "session", "foundationModel": MODEL, "instruction": "x" * 50, "inputText": "x"},
        [allow("bedrock:InvokeInlineAgent")],
        [("bedrock:InvokeInlineAgent", [allow("bedrock:PrepareAgent")])],
    ),
    Case(
        "bedrock-agent",
        "prepare_agent",
        {"agentId": "AGENT12345"},
        [allow("bedrock:PrepareAgent", f"{_OWN}:agent/AGENT12345")],
        [("bedrock:PrepareAgent", [allow("bedrock:InvokeInlineAgent")])],
    ),
    Case(
        "bedrock-agent",
        "associate_agent_knowledge_base",
        {
            "agentId": "AGENT12345",
            "agentVersion": "DRAFT",
            "knowledgeBaseId": "KB12345678",
            "description": "d",
        },
        [
            allow(
                "bedrock:AssociateAgentKnowledgeBase",
                [f"{_OWN}:agent/AGENT12345", f"{_OWN}:knowledge-base/KB12345678"],
            )
        ],
        [
            (
                "bedrock:AssociateAgentKnowledgeBase",
                [allow("bedrock:AssociateAgentKnowledgeBase", f"{_OWN}:agent/AGENT12345")],
            )
        ],
    ),
    Case(
        "bedrock-agent",
        "start_ingestion_job",
        {"knowledgeBaseId": "KB12345678", "dataSourceId": "DS12345678"},
        [allow("bedrock:StartIngestionJob", f"{_OWN}:knowledge-base/KB12345678")],
        [("bedrock:StartIngestionJob", [allow("bedrock:GetIngestionJob")])],
    ),
    Case(
        "bedrock",
        "create_guardrail",
        {"name": "g", "blockedInputMessaging": "x", "blockedOutputsMessaging": "y"},
        [allow("bedrock:CreateGuardrail")],
        [("bedrock:CreateGuardrail", [allow("bedrock:CreateGuardrailVersion")])],
    ),
    Case(
        "bedrock",
        "create_guardrail",
        {
            "name": "tagged",
            "blockedInputMessaging": "x",
            "blockedOutputsMessaging": "y",
            "tags": [{"key": "team", "value": "x"}],
        },
        [allow("bedrock:CreateGuardrail"), allow("bedrock:TagResource", f"{_OWN}:guardrail/*")],
        [
            ("bedrock:TagResource", [allow("bedrock:CreateGuardrail")]),
            (
                "bedrock:CreateGuardrail",
                [
                    allow("bedrock:TagResource"),
                    allow("bedrock:CreateGuardrail", StringEquals={"aws:RequestTag/team": "y"}),
                ],
            ),
        ],
    ),
    Case(
        "bedrock",
        "list_foundation_models",
        {},
        [allow("bedrock:ListFoundationModels")],
        [("bedrock:ListFoundationModels", [allow("bedrock:GetFoundationModel")])],
    ),
    Case(
        "bedrock",
        "get_foundation_model",
        {"modelIdentifier": MODEL},
        [allow("bedrock:GetFoundationModel", MODEL_ARN)],
        [("bedrock:GetFoundationModel", [allow("bedrock:GetFoundationModel", _OTHER)])],
    ),
    Case(
        "bedrock",
        "put_model_invocation_logging_configuration",
        {
            "loggingConfig": {
                "cloudWatchConfig": {
                    "logGroupName": "g",
                    "roleArn": f"arn:aws:iam::{ACCOUNT}:role/logging",
                }
            }
        },
        [
            allow("bedrock:PutModelInvocationLoggingConfiguration"),
            allow(
                "iam:PassRole",
                f"arn:aws:iam::{ACCOUNT}:role/logging",
                StringEquals={"iam:PassedToService": "bedrock.amazonaws.com"},
            ),
        ],
        [
            ("iam:PassRole", [allow("bedrock:PutModelInvocationLoggingConfiguration")]),
            (
                "iam:PassRole",
                [
                    allow("bedrock:PutModelInvocationLoggingConfiguration"),
                    allow("iam:PassRole", StringEquals={"iam:PassedToService": "lambda.amazonaws.com"}),
                ],
            ),
        ],
    ),
    Case(
        "s3vectors",
        "query_vectors",
        {
            "indexArn": f"arn:aws:s3vectors:{REGION}:{ACCOUNT}:bucket/b/index/i",
            "topK": 1,
            "queryVector": {"float32": [1.0]},
            "returnMetadata": True,
        },
        [
            allow(
                ["s3vectors:QueryVectors", "s3vectors:GetVectors"],
                f"arn:aws:s3vectors:{REGION}:{ACCOUNT}:bucket/b/index/i",
            )
        ],
        [("s3vectors:GetVectors", [allow("s3vectors:QueryVectors")])],
    ),
    Case(
        "s3vectors",
        "create_vector_bucket",
        {"vectorBucketName": "fresh-bucket"},
        [allow("s3vectors:CreateVectorBucket", f"arn:aws:s3vectors:{REGION}:{ACCOUNT}:bucket/fresh-bucket")],
        [("s3vectors:CreateVectorBucket", [allow("s3vectors:CreateIndex")])],
    ),
]


def _ids() -> list[str]:
    return [f"{number}-{case.client}-{case.method}" for number, case in enumerate(CASES)]


def _call(client: Any, case: Case) -> str | None:
    """The message of an AccessDenied, or None when the call got past authorization."""
    try:
        answer = getattr(client, case.method)(**case.arguments)
        for member in ("stream", "body", "completion"):
            if member in answer:
                list(answer[member])  # read to its end, so that the connection can be used again
    except ClientError as e:
        if e.response["Error"]["Code"] == "AccessDeniedException":
            return str(e.response["Error"]["Message"])
    return None


@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES)), ids=_ids())
def test_a_call_needs_exactly_its_checks(
    local_aws: LocalAws, role_with: Callable[..., str], number: int, case: Case
) -> None:
    role = role_with(f"enough-{number}", *case.enough)
    assert _call(local_aws.client(case.client, role_arn=role), case) is None
    for index, (action, statements) in enumerate(case.not_enough):
        role = role_with(f"short-{number}-{index}", *statements)
        message = _call(local_aws.client(case.client, role_arn=role), case)
        assert message is not None, f"allowed by {statements}"
        assert message.startswith(
            f"User: arn:aws:sts::{ACCOUNT}:assumed-role/short-{number}-{index}/session is not "
        )
        assert f"perform: {action} on resource: " in message
        assert message.endswith(f"because no identity-based policy allows the {action} action")


def _send(
    session: URLLib3Session, aws: LocalAws, credentials: dict[str, str], method: str, path: str
) -> tuple[int, str]:
    """Send a signed request with an empty JSON body, which boto3 has no method for in every case."""
    request = AWSRequest(
        method,
        f"{aws.endpoint_url}{path}",
        headers={"content-type": "application/json"},
        data=b"{}" if method in ("POST", "PUT", "PATCH") else None,
    )
    SigV4Auth(
        Credentials(
            credentials["aws_access_key_id"],
            credentials["aws_secret_access_key"],
            credentials["aws_session_token"],
        ),
        "bedrock",
        REGION,
    ).add_auth(request)
    response = session.send(request.prepare())
    return response.status_code, response.content.decode("utf-8", "replace")


def _operations() -> list[tuple[str, str, str, str]]:
    found = []
    session = botocore.session.get_session()
    for client in ("bedrock", "bedrock-agent", "bedrock-runtime", "bedrock-agent-runtime"):
        model = session.get_service_model(client)
        for name in model.operation_names:
            http = model.operation_model(name).http
            path = re.sub(r"\{\w+\}", "id12345678", http["requestUri"].partition("?")[0])
            found.append((client, name, http["method"], path))
    return found


def test_every_operation_of_the_core_clients_is_decided_before_it_is_served(
    local_aws: LocalAws, role_with: Callable[..., str]
) -> None:
    nothing = local_aws.assume(role_with("nothing", allow("s3:ListAllMyBuckets")))
    everything = local_aws.assume(role_with("everything", allow(["bedrock:*", "iam:PassRole"])))
    operations = _operations()
    assert len(operations) > 225
    let_through, refused = [], []
    session = URLLib3Session(verify=str(local_aws.server.certificate))
    for client, name, method, path in operations:
        status, text = _send(session, local_aws, nothing, method, path)
        if status != 403 or "because no identity-based policy allows the bedrock:" not in text:
            let_through.append((client, name, status, text[:200]))
        status, text = _send(session, local_aws, everything, method, path)
        if "not authorized" in text:
            refused.append((client, name, status, text[:200]))
    session.close()
    assert not let_through
    assert not refused


def test_a_boundary_an_explicit_deny_and_a_session_policy_are_named(
    local_aws: LocalAws, role_with: Callable[..., str]
) -> None:
    boundary = local_aws.client("iam").create_policy(
        PolicyName="boundary", PolicyDocument=json.dumps(policy(allow(_STREAM)))
    )["Policy"]["Arn"]
    bounded = role_with("bounded", allow("bedrock:*"), boundary=boundary)
    denied = role_with("denied", allow("bedrock:*"), {"Effect": "Deny", "Action": _INVOKE, "Resource": "*"})
    case = CASES[0]
    message = _call(local_aws.client("bedrock-runtime", role_arn=bounded), case)
    assert message is not None
    assert message.endswith(f"because no permissions boundary allows the {_INVOKE} action")
    message = _call(local_aws.client("bedrock-runtime", role_arn=denied), case)
    assert message is not None
    assert message.endswith("with an explicit deny in an identity-based policy")


def test_a_required_guardrail_is_recognised_with_its_version(
    local_aws: LocalAws, role_with: Callable[..., str]
) -> None:
    required = {"bedrock:GuardrailIdentifier": f"{_OWN}:guardrail/abc123:1"}
    deny = {"Effect": "Deny", "Action": _INVOKE, "Resource": "*", "Condition": {"StringNotEquals": required}}
    client = local_aws.client("bedrock-runtime", role_arn=role_with("guarded", allow("bedrock:*"), deny))
    with pytest.raises(ClientError, match="with an explicit deny in an identity-based policy"):
        client.converse(**_CONVERSE)
    draft = {"guardrailIdentifier": "abc123", "guardrailVersion": "DRAFT"}
    with pytest.raises(ClientError, match="with an explicit deny in an identity-based policy"):
        client.converse(**_CONVERSE, guardrailConfig=draft)
    # Past authorization there is no such guardrail.
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.converse(**_WITH_GUARDRAIL)


def test_a_wrong_secret_and_no_credentials_are_refused(
    local_aws: LocalAws, role_with: Callable[..., str]
) -> None:
    credentials = local_aws.assume(role_with("signed", allow("bedrock:*")))
    forged = {**credentials, "aws_secret_access_key": "x" * 40}
    with pytest.raises(ClientError, match="signature"):
        local_aws.client("bedrock", credentials=forged).list_foundation_models()
    unknown = {**credentials, "aws_access_key_id": "ASIAUNKNOWNUNKNOWN00"}
    with pytest.raises(ClientError, match="security token"):
        local_aws.client("bedrock", credentials=unknown).list_foundation_models()


def test_every_denial_and_every_call_is_recorded_with_the_true_principal(
    local_aws: LocalAws, role_with: Callable[..., str]
) -> None:
    client = local_aws.client("bedrock", role_arn=role_with("recorded", allow("bedrock:ListGuardrails")))
    client.list_guardrails()
    with pytest.raises(ClientError):
        client.list_foundation_models()
    events = local_aws.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "Username", "AttributeValue": "session"}]
    )["Events"]
    records = [json.loads(event["CloudTrailEvent"]) for event in events]
    mine = {
        r["eventName"]: r
        for r in records
        if r["userIdentity"]["arn"].endswith("assumed-role/recorded/session")
    }
    assert "errorCode" not in mine["ListGuardrails"]
    assert mine["ListFoundationModels"]["errorCode"] == "AccessDenied"
    assert "bedrock:ListFoundationModels" in mine["ListFoundationModels"]["errorMessage"]
    assert mine["ListFoundationModels"]["eventSource"] == "bedrock.amazonaws.com"


def test_a_vpc_endpoint_limits_by_its_policy_and_sets_source_vpce(
    local_aws: LocalAws, role_with: Callable[..., str]
) -> None:
    ec2 = local_aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName=f"com.amazonaws.{REGION}.bedrock-runtime",
        VpcEndpointType="Interface",
        PolicyDocument=json.dumps(policy({**allow(_INVOKE, [MODEL_ARN, _PROJECT]), "Principal": "*"})),
    )["VpcEndpoint"]["VpcEndpointId"]
    everything = role_with("inside", allow("bedrock:*"))
    inside = local_aws.client("bedrock-runtime", role_arn=everything, vpc_endpoint_id=endpoint)
    inside.converse(**_CONVERSE)
    with pytest.raises(
        ClientError, match="because no VPC endpoint policy allows the bedrock:InvokeModel action"
    ):
        inside.converse(modelId="amazon.nova-pro-v1:0", messages=_MESSAGES)
    only = role_with("only-inside", allow(_INVOKE, "*", StringEquals={"aws:SourceVpce": endpoint}))
    local_aws.client("bedrock-runtime", role_arn=only, vpc_endpoint_id=endpoint).converse(**_CONVERSE)
    with pytest.raises(ClientError, match="no identity-based policy"):
        local_aws.client("bedrock-runtime", role_arn=only).converse(**_CONVERSE)


def test_a_service_control_policy_cuts_what_a_role_may_do(
    local_aws: LocalAws, role_with: Callable[..., str]
) -> None:
    role = role_with("member", allow("bedrock:*"))
    organizations = local_aws.client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    deny = {"Effect": "Deny", "Action": "bedrock:Invoke*", "Resource": "*"}
    scp = organizations.create_policy(
        Name="deny", Description="d", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(policy(deny))
    )["Policy"]["PolicySummary"]["Id"]
    client = local_aws.client("bedrock-runtime", role_arn=role)
    client.converse(**_CONVERSE)
    organizations.attach_policy(PolicyId=scp, TargetId=root)
    with pytest.raises(ClientError, match="with an explicit deny in a service control policy"):
        client.converse(**_CONVERSE)
    organizations.detach_policy(PolicyId=scp, TargetId=root)
    client.converse(**_CONVERSE)
