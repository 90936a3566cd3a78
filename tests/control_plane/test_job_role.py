"""The service roles of jobs, and the operators that start them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from constructs_lib import Job, JobRole, Model, OperatorRole, PlanesError
from tests.cdk import ACCOUNT, REGION, Stack, arn, resources, template
from tests.control_plane.soundness import findings, valid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOVA = "amazon.nova-lite-v1:0"
OF_ACCOUNT = {"StringEquals": {"aws:ResourceAccount": ACCOUNT}}


def bucket(stack: cdk.Stack, name: str = "data") -> s3.IBucket:
    return s3.Bucket.from_bucket_name(stack, name, name)


def place(name: str, rest: str = "") -> dict[str, Any]:
    return {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":s3:::{name}{rest}"]]}


def inline(found: dict[str, Any]) -> list[dict[str, Any]]:
    [role] = [
        one
        for one in resources(found, "AWS::IAM::Role").values()
        if one["Metadata"]["bedrock-planes:role"]["kind"] == "service"
    ]
    statements: list[dict[str, Any]] = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    return statements


def reads(name: str, prefix: str = "") -> list[dict[str, Any]]:
    listing: dict[str, Any] = dict(OF_ACCOUNT)
    if prefix:
        listing["StringLike"] = {"s3:prefix": f"{prefix}*"}
    return [
        {"Action": "s3:ListBucket", "Condition": listing, "Effect": "Allow", "Resource": place(name)},
        {
            "Action": "s3:GetObject",
            "Condition": OF_ACCOUNT,
            "Effect": "Allow",
            "Resource": place(name, f"/{prefix}*"),
        },
    ]


def writes(name: str, prefix: str = "") -> list[dict[str, Any]]:
    listing, objects = reads(name, prefix)
    return [listing, {**objects, "Action": ["s3:GetObject", "s3:PutObject"]}]


def batch(stack: cdk.Stack, model: Any = NOVA) -> Job:
    return Job.batch_inference(
        model=model,
        input_bucket=bucket(stack, "inbox"),
        output_bucket=bucket(stack, "outbox"),
        input_prefix="prompts/",
    )


def customization(stack: cdk.Stack) -> Job:
    return Job.customization(
        base_model=NOVA,
        training_bucket=bucket(stack, "train"),
        output_bucket=bucket(stack, "outbox"),
        validation=(bucket(stack, "check"), "v/"),
    )


def evaluation(stack: cdk.Stack) -> Job:
    return Job.evaluation(
        models=[NOVA], dataset_bucket=bucket(stack, "inbox"), output_bucket=bucket(stack, "outbox")
    )


CALLS = [
    {
        "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
        "Effect": "Allow",
        "Resource": arn(resource),
    }
    for resource in (
        f"bedrock:{REGION}::foundation-model/{NOVA}",
        f"bedrock:{REGION}:{ACCOUNT}:project/default",
    )
]
JOBS: dict[str, tuple[Callable[[cdk.Stack], Job], str, list[dict[str, Any]]]] = {
    "batch": (batch, "model-invocation-job", [*reads("inbox", "prompts/"), *writes("outbox")]),
    "customization": (
        customization,
        "model-customization-job",
        [*reads("train"), *reads("check", "v/"), *writes("outbox")],
    ),
    "import": (
        lambda s: Job.model_import(bucket=bucket(s), prefix="model/"),
        "model-import-job",
        reads("data", "model/"),
    ),
    "evaluation": (evaluation, "evaluation-job", [*CALLS, *reads("inbox"), *writes("outbox")]),
}


@pytest.mark.parametrize("case", JOBS)
def test_the_role_holds_exactly_what_the_job_does(case: str) -> None:
    make, kind, statements = JOBS[case]
    stack = Stack(minimize=False)
    JobRole(stack, "R", job=make(stack))
    found = template(stack)
    assert inline(found) == statements
    [role] = resources(found, "AWS::IAM::Role").values()
    assert role["Properties"]["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Condition": {
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "ArnLike": {"aws:SourceArn": arn(f"bedrock:{REGION}:{ACCOUNT}:{kind}/*")},
            },
        }
    ]


def test_a_batch_through_a_profile_needs_the_profile_and_its_models() -> None:
    stack = Stack()
    JobRole(stack, "R", job=batch(stack, Model.of(NOVA).cross_region("us")))
    calls = [one for one in inline(template(stack)) if one["Action"] == "bedrock:InvokeModel"]
    assert len(calls) >= 2
    assert "bedrock:InferenceProfileArn" in str(calls)


def test_the_key_of_a_bucket_is_granted() -> None:
    stack = Stack()
    key = kms.Key(stack, "Key")
    data = s3.Bucket(stack, "Data", encryption_key=key)
    JobRole(stack, "R", job=Job.model_import(bucket=data))
    assert {
        "Action": "kms:Decrypt",
        "Effect": "Allow",
        "Resource": stack.resolve(key.key_arn),
    } in inline(template(stack))


def operated(make: Callable[[cdk.Stack], Job]) -> tuple[list[dict[str, Any]], Any]:
    stack = Stack()
    role = JobRole(stack, "R", job=make(stack))
    operator = OperatorRole(stack, "O", assumed_by=iam.AccountPrincipal(ACCOUNT))
    operator.grants.run_jobs(role)
    [policy] = resources(template(stack), "AWS::IAM::Policy").values()
    return policy["Properties"]["PolicyDocument"]["Statement"], stack.resolve(role.role_arn)


def test_an_operator_runs_batches_on_their_model_and_passes_their_role_to_bedrock_only() -> None:
    statements, role = operated(batch)
    jobs = arn(f"bedrock:{REGION}:{ACCOUNT}:model-invocation-job/*")
    assert statements == [
        {
            "Action": "bedrock:CreateModelInvocationJob",
            "Effect": "Allow",
            "Resource": [jobs, arn(f"bedrock:{REGION}::foundation-model/{NOVA}")],
        },
        {
            "Action": ["bedrock:GetModelInvocationJob", "bedrock:StopModelInvocationJob"],
            "Effect": "Allow",
            "Resource": jobs,
        },
        {"Action": "bedrock:ListModelInvocationJobs", "Effect": "Allow", "Resource": "*"},
        {
            "Action": "iam:PassRole",
            "Condition": {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}},
            "Effect": "Allow",
            "Resource": role,
        },
    ]


@pytest.mark.parametrize(
    ("case", "actions"),
    [
        ("customization", ["Create{}", "Get{}", "List{}s", "Stop{}"]),
        ("import", ["Create{}", "Get{}", "List{}s"]),
        ("evaluation", ["Create{}", "Get{}", "List{}s", "Stop{}"]),
    ],
)
def test_an_operator_gets_the_actions_of_the_kind_of_job(case: str, actions: list[str]) -> None:
    names = {
        "customization": "ModelCustomizationJob",
        "import": "ModelImportJob",
        "evaluation": "EvaluationJob",
    }
    statements, _ = operated(JOBS[case][0])
    held = [
        action
        for one in statements
        for action in (one["Action"] if isinstance(one["Action"], list) else [one["Action"]])
    ]
    assert sorted(held) == [*(f"bedrock:{action.format(names[case])}" for action in actions), "iam:PassRole"]


REFUSED: dict[str, tuple[Callable[[cdk.Stack], object], str]] = {
    "a job as text": (
        lambda s: JobRole(s, "R", job="batch"),  # type: ignore[arg-type]  # the point
        r"`job` has a value of the type `str`: pass `Job.batch_inference\(...\)`",
    ),
    "a bucket as text": (
        lambda s: Job.model_import(bucket="data"),  # type: ignore[arg-type]  # the point
        "`bucket` has a value of the type `str`: pass a bucket such as",
    ),
    "no models": (
        lambda s: Job.evaluation(models=[], dataset_bucket=bucket(s), output_bucket=bucket(s, "results")),
        "pass a list with the models",
    ),
    "another role": (
        lambda s: OperatorRole(s, "O", assumed_by=iam.AccountPrincipal(ACCOUNT)).grants.run_jobs(
            iam.Role(s, "X", assumed_by=iam.AccountPrincipal(ACCOUNT))  # type: ignore[arg-type]  # the point
        ),
        "`job_role` has a value of the type `Role`: pass a `JobRole`",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_value_is_named_with_the_remedy(case: str) -> None:
    build, message = REFUSED[case]
    with pytest.raises(PlanesError, match=message):
        build(Stack())


def test_the_roles_are_sound(tmp_path: Path) -> None:
    def build(stack: cdk.Stack) -> None:
        operator = OperatorRole(stack, "Operator", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com"))
        for name, (make, _, _) in JOBS.items():
            # Buckets are imported by name below a scope of their own.
            role = JobRole(stack, name, job=make(cdk.NestedStack(stack, f"{name}Data")))
            operator.grants.run_jobs(role)

    valid(build, tmp_path)
    verdicts, rules = findings(tmp_path)
    assert rules == set()
    assert set(verdicts.values()) <= {"data", "none", "control"}
    assert [name for name, verdict in verdicts.items() if verdict == "control"] != []
