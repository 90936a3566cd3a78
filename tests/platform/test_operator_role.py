from __future__ import annotations

import pytest
from aws_cdk import aws_iam as iam

from constructs_lib import OperatorRole, PlanesError
from constructs_lib.iam import Request, decide, parse_document
from tests.cdk import ACCOUNT, Stack, arn, resources, template

KNOWLEDGE_BASE = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:knowledge-base/ABCDEF1234"


def role(stack: Stack) -> OperatorRole:
    return OperatorRole(stack, "R", assumed_by=iam.AccountPrincipal(ACCOUNT))


def test_ingestion_is_four_named_actions_on_one_knowledge_base() -> None:
    stack = Stack()
    role(stack).grants.ingest("ABCDEF1234")
    found = template(stack)
    [policy] = resources(found, "AWS::IAM::Policy").values()
    assert policy["Properties"]["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": [
                "bedrock:GetIngestionJob",
                "bedrock:ListIngestionJobs",
                "bedrock:StartIngestionJob",
                "bedrock:StopIngestionJob",
            ],
            "Resource": arn(f"bedrock:us-east-1:{ACCOUNT}:knowledge-base/ABCDEF1234"),
        }
    ]
    [made] = resources(found, "AWS::IAM::Role").values()
    assert made["Metadata"]["bedrock-planes:role"] == {"kind": "operator"}


def test_direct_ingestion_is_five_named_actions_on_one_knowledge_base() -> None:
    stack = Stack()
    role(stack).grants.ingest_documents("ABCDEF1234")
    [policy] = resources(template(stack), "AWS::IAM::Policy").values()
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": [
            "bedrock:DeleteKnowledgeBaseDocuments",
            "bedrock:GetKnowledgeBaseDocuments",
            "bedrock:IngestKnowledgeBaseDocuments",
            "bedrock:ListKnowledgeBaseDocuments",
            "bedrock:StartIngestionJob",
        ],
        "Resource": arn(f"bedrock:us-east-1:{ACCOUNT}:knowledge-base/ABCDEF1234"),
    }
    document = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": KNOWLEDGE_BASE}]}
    held = [parse_document(document, name="p", path="p.json", pointer="")]

    def may(action: str, resource: str = KNOWLEDGE_BASE) -> bool:
        return bool(decide(Request(action, resource, {}), held))

    for action in statement["Action"]:
        assert may(action)
        assert not may(action, KNOWLEDGE_BASE.replace("F1234", "F1235"))
    for near in ("GetIngestionJob", "StopIngestionJob", "DeleteDataSource", "Retrieve"):
        assert not may(f"bedrock:{near}")


ACCESS = {
    "Effect": "Allow",
    "Action": [
        "bedrock:CreateFoundationModelAgreement",
        "bedrock:GetFoundationModelAvailability",
        "bedrock:GetUseCaseForModelAccess",
        "bedrock:ListFoundationModelAgreementOffers",
        "bedrock:PutUseCaseForModelAccess",
    ],
    "Resource": "*",
}


@pytest.mark.parametrize("products", [None, ["prod-a", "prod-b"]])
def test_model_access_is_agreements_the_form_and_the_subscriptions_chosen(products: list[str] | None) -> None:
    stack = Stack(minimize=False)
    role(stack).grants.model_access(products)
    [policy] = resources(template(stack), "AWS::IAM::Policy").values()
    chosen = {"ForAnyValue:StringEquals": {"aws-marketplace:ProductId": products}}
    assert policy["Properties"]["PolicyDocument"]["Statement"] == [
        ACCESS,
        {
            "Effect": "Allow",
            "Action": "aws-marketplace:Subscribe",
            "Resource": "*",
            **({"Condition": chosen} if products else {}),
        },
        {
            "Effect": "Allow",
            "Action": ["aws-marketplace:Unsubscribe", "aws-marketplace:ViewSubscriptions"],
            "Resource": "*",
        },
    ]


@pytest.mark.parametrize(
    ("products", "message"),
    [([], "`product_ids` names no product"), (["*"], "`product_ids` .*prod-exampleid")],
)
def test_products_are_named_or_left_out(products: list[str], message: str) -> None:
    with pytest.raises(PlanesError, match=message):
        role(Stack()).grants.model_access(products)


REFUSED = [
    (
        {"actions": ["bedrock:InvokeModel"], "resources": ["*"]},
        "data plane, family `bedrock-runtime`; give it to an AppRole",
    ),
    (
        {"actions": ["bedrock:*"], "resources": ["*"]},
        r"`bedrock:\*`, which means \d+ Bedrock actions: name them",
    ),
    (
        {"actions": ["bedrock:StartIngestionJob"], "resources": ["*"]},
        r"`bedrock:StartIngestionJob` on `\*`: name the resources it operates on",
    ),
    ({"not_actions": ["s3:*"], "resources": ["*"]}, "`NotAction`: list the actions it needs"),
    (
        {"actions": ["bedrock:TotallyMadeUp"], "resources": ["*"]},
        r"`bedrock:TotallyMadeUp`, whose plane is unknown: the catalogue of [\d-]+ doesn't have it",
    ),
    (
        {"actions": ["bedrock-agent:StartIngestionJob"], "resources": ["*"]},
        "write `bedrock:StartIngestionJob`",
    ),
]


@pytest.mark.parametrize(("statement", "message"), REFUSED)
def test_what_an_operator_may_not_hold(statement: dict[str, list[str]], message: str) -> None:
    stack = Stack()
    with pytest.raises(ValueError, match=f"the operator role `S/R` can't hold .*{message}"):
        role(stack).add_to_policy(iam.PolicyStatement(**statement))  # type: ignore[arg-type]  # the cases are data


def test_other_services_are_as_on_any_role() -> None:
    stack = Stack()
    made = role(stack)
    assert made.add_to_policy(iam.PolicyStatement(actions=["s3:PutObject"], resources=["*"]))
    deny = iam.PolicyStatement(effect=iam.Effect.DENY, actions=["bedrock:*"], resources=["*"])
    assert made.add_to_policy(deny)


@pytest.mark.parametrize("action", ["iam:PutRolePolicy", "iam:*", "iam:Attach*Policy", "IAM:CREATEACCESSKEY"])
def test_it_refuses_to_change_iam(action: str) -> None:
    role = OperatorRole(Stack(), "R", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    with pytest.raises(PlanesError, match="leave changes of IAM to a DeployRole"):
        role.add_to_policy(iam.PolicyStatement(actions=[action], resources=["*"]))


@pytest.mark.parametrize("action", ["iam:GetRole", "iam:List*", "s3:PutObject"])
def test_it_takes_what_reads_iam_and_other_services(action: str) -> None:
    role = OperatorRole(Stack(), "R", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    role.add_to_policy(iam.PolicyStatement(actions=[action], resources=["*"]))
