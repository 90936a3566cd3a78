"""An account with a bucket of documents, and the life of a stack in it that ingests them."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from constructs_lib import Chunking, DocumentSource, KnowledgeBase, ManagedSource
from constructs_lib.deploy import DeployOptions, deploy_policy
from constructs_lib.templates import TemplateSource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from constructs_lib.local import LocalAws

__all__ = ["ACCOUNT", "BUCKET", "DOCUMENT", "REGION", "STACK", "Life", "build", "until"]

STACK = "BedrockPlanesKnowledge"
ACCOUNT, REGION = "111122223333", "us-east-1"
BUCKET = "documents-of-the-team"


def build(folder: Path, *, sync: Mapping[str, Any] | None = None, **props: Any) -> dict[str, Any]:
    """Return the template of a knowledge base, its data source and its sync; the assets are in the folder.

    A prop that needs the stack is a function of it.
    """
    app = cdk.App(outdir=str(folder), builtin_cloud_formation_validation=False, analytics_reporting=False)
    stack = cdk.Stack(app, STACK, env=cdk.Environment(account=ACCOUNT, region=REGION))
    names = ("chunking", "deletion_policy", "deletion_protection")
    of_source = {name: props.pop(name) for name in names if name in props}
    own, prefix = props.pop("own_bucket", False), props.pop("prefix", None)
    made = {name: value(stack) if callable(value) else value for name, value in props.items()}
    base = KnowledgeBase(stack, "Base", **made)
    bucket: s3.IBucket = (
        s3.Bucket(stack, "Own", removal_policy=cdk.RemovalPolicy.RETAIN)
        if own
        else s3.Bucket.from_bucket_name(stack, "Bucket", BUCKET)
    )
    place: DocumentSource | ManagedSource = DocumentSource.s3(bucket, prefix=prefix)
    if base.type_name == "MANAGED":
        place = ManagedSource.s3(bucket, inclusion_prefixes=[prefix] if prefix else ())
    source = base.add_data_source("Docs", place, **of_source)
    if sync is not None:
        base.sync(**sync)
    cdk.CfnOutput(stack, "BucketName", value=bucket.bucket_name)
    cdk.CfnOutput(stack, "KnowledgeBaseId", value=base.knowledge_base_id)
    cdk.CfnOutput(stack, "DataSourceId", value=source.data_source_id)
    app.synth()
    text = (folder / f"{STACK}.template.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    for resource in found["Resources"].values():
        _hurry(resource["Type"], resource.get("Properties", {}))
    return found


def _hurry(kind: str, properties: dict[str, Any]) -> None:
    """Make a resource wait for seconds where it waits for minutes."""
    if kind == "AWS::StepFunctions::StateMachine":
        definition = json.dumps(properties["DefinitionString"])
        for long, short in (
            ('"Seconds\\":30', '"Seconds\\":1'),
            ('"IntervalSeconds\\":60', '"IntervalSeconds\\":1'),
        ):
            assert long in definition
            definition = definition.replace(long, short)
        properties["DefinitionString"] = json.loads(definition)
    elif kind == "AWS::SQS::Queue":
        assert (properties["DelaySeconds"], properties["VisibilityTimeout"]) == (300, 180)
        properties.update(DelaySeconds=1, VisibilityTimeout=30)


def until(found: Callable[[], Any], seconds: float = 30) -> Any:
    """Return what is found as soon as it is, or fail."""
    deadline = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.05)
    return result


class Life:
    """The account with a bucket of documents, and the stack in it.

    ``derived`` gives CloudFormation a role with the policies that `deploy-policy` derives from the template,
    and from the one that is deployed; else it acts as root.
    """

    other_chunking = Chunking.fixed(max_tokens=100, overlap_percentage=10)
    """What replaces the data source and nothing else."""

    def __init__(self, aws: LocalAws, folder: Path, *, derived: bool = False) -> None:
        aws.reset()
        self.aws, self.folder, self._derived = aws, folder, derived
        self._deployed: list[TemplateSource] = []
        self.code = {"_PAUSE = 10": "_PAUSE = 0.2", "_PAUSE = 5": "_PAUSE = 0.1"}
        """What is written in place of what in the functions, so that they wait less."""
        self.outputs: dict[str, str] = {}
        self.failed: list[str] = []
        self.template: Mapping[str, Any] = {}
        self.steps = 0
        self._client = aws.client("cloudformation")
        aws.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
        self._assets = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
        for bucket in (BUCKET, self._assets):
            aws.client("s3").create_bucket(Bucket=bucket)
        self.write("planes.md", b"# Planes\nBedrock has a control plane and a data plane.")

    def write(self, key: str, body: bytes) -> None:
        """Put a document into the bucket."""
        self.aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)

    def deploy(self, template: Mapping[str, Any] | None = None, **props: Any) -> str:
        """Create or update the stack, and return its status."""
        self.begin(template, **props)
        return self._wait()

    def begin(self, template: Mapping[str, Any] | None = None, **props: Any) -> None:
        """Begin to create or update the stack."""
        self.steps += 1
        folder = self.folder / str(self.steps)
        wanted = self.template = template or build(folder, **props)
        assets = [asset for asset in folder.glob("asset.*") if asset.is_dir()]
        written = [_zip(asset, self.code) for asset in assets]
        for asset, (body, _) in zip(assets, written, strict=True):
            key = f"{asset.name.removeprefix('asset.')}.zip"
            self.aws.client("s3").put_object(Bucket=self._assets, Key=key, Body=body)
        changed = {old for _, found in written for old in found}
        assert changed or not assets
        assert not assets or {old for old in self.code if not old.startswith("_PAUSE")} <= changed
        call = self._client.update_stack if self.steps > 1 else self._client.create_stack
        call(
            StackName=STACK,
            TemplateBody=json.dumps(wanted),
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": "step", "Value": str(self.steps)}],
            **self._role(wanted),
        )

    def _role(self, template: Mapping[str, Any]) -> dict[str, str]:
        """Give CloudFormation's role what the template needs, and return the role as a parameter."""
        if not self._derived:
            return {}
        source = TemplateSource("t.json", dict(template), stack=STACK, account=ACCOUNT, region=REGION)
        options = DeployOptions(without_boundary=True, deployed=self._deployed)
        documents = deploy_policy([source], options).documents
        self._deployed = [source]
        iam = self.aws.client("iam")
        trust = {"Service": "cloudformation.amazonaws.com"}
        if self.steps == 1:
            statement = {"Effect": "Allow", "Principal": trust, "Action": "sts:AssumeRole"}
            iam.create_role(
                RoleName="cfn-execution",
                AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
            )
        for number, document in enumerate(documents):
            made = iam.create_policy(
                PolicyName=f"Deploy-{self.steps}-{number}", PolicyDocument=json.dumps(document)
            )
            iam.attach_role_policy(RoleName="cfn-execution", PolicyArn=made["Policy"]["Arn"])
        return {"RoleARN": f"arn:aws:iam::{ACCOUNT}:role/cfn-execution"}

    def delete(self) -> str:
        """Delete the stack, and return its status."""
        self._client.delete_stack(StackName=STACK)
        return self._wait()

    def _wait(self) -> str:
        name = self._stack
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            [found] = self._client.describe_stacks(StackName=name)["Stacks"]
            if not found["StackStatus"].endswith("IN_PROGRESS"):
                break
            time.sleep(0.02)
        self.outputs = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", ())}
        events = self._client.describe_stack_events(StackName=name)["StackEvents"]
        self.failed = [
            f"{one['LogicalResourceId']} {one['ResourceStatus']}: {one.get('ResourceStatusReason')}"
            for one in events
            if one["ResourceStatus"].endswith("FAILED")
        ]
        return str(found["StackStatus"])

    @property
    def _stack(self) -> str:
        if not hasattr(self, "_id"):
            self._id = str(self._client.describe_stacks(StackName=STACK)["Stacks"][0]["StackId"])
        return self._id

    def ingest(self) -> str:
        """Run one ingestion job, and return how it ended."""
        return self.job(self.start_job())

    def start_job(self) -> str:
        """Start an ingestion job beside the sync, and return its id."""
        answer = self.aws.client("bedrock-agent").start_ingestion_job(**self._where)
        return str(answer["ingestionJob"]["ingestionJobId"])

    def job(self, job: str) -> str:
        """Return the status of a job."""
        answer = self.aws.client("bedrock-agent").get_ingestion_job(**self._where, ingestionJobId=job)
        return str(answer["ingestionJob"]["status"])

    def jobs(self) -> list[str]:
        """Return the status of each job of the data source."""
        answer = self.aws.client("bedrock-agent").list_ingestion_jobs(**self._where)
        return [str(one["status"]) for one in answer["ingestionJobSummaries"]]

    @property
    def _where(self) -> dict[str, str]:
        return {
            "knowledgeBaseId": self.outputs["KnowledgeBaseId"],
            "dataSourceId": self.outputs["DataSourceId"],
        }

    def _resource(self, kind: str) -> str:
        found = self._client.describe_stack_resources(StackName=STACK)["StackResources"]
        [one] = [one["PhysicalResourceId"] for one in found if one["ResourceType"] == kind]
        return str(one)

    def start_sync(self) -> str:
        """Start the state machine as a user would, and return the execution."""
        machine = self._resource("AWS::StepFunctions::StateMachine")
        answer = self.aws.client("stepfunctions").start_execution(stateMachineArn=machine)
        return str(answer["executionArn"])

    def executions(self) -> list[str]:
        """Return the executions of the state machine."""
        machine = self._resource("AWS::StepFunctions::StateMachine")
        answer = self.aws.client("stepfunctions").list_executions(stateMachineArn=machine)
        return [str(one["executionArn"]) for one in answer["executions"]]

    def execution(self, execution: str) -> str:
        """Return the status of an execution."""
        answer = self.aws.client("stepfunctions").describe_execution(executionArn=execution)
        return str(answer["status"])

    def history(self, execution: str) -> str:
        """Return the events of an execution as text."""
        answer = self.aws.client("stepfunctions").get_execution_history(
            executionArn=execution, maxResults=1000
        )
        return json.dumps(answer["events"], default=str)

    def deleted(self) -> list[str]:
        """Return the types of the resources in the order in which they went."""
        events = self._client.describe_stack_events(StackName=self._stack)["StackEvents"]
        return [
            str(one["ResourceType"]) for one in reversed(events) if one["ResourceStatus"] == "DELETE_COMPLETE"
        ]

    def found(self, text: str = "plane") -> list[str]:
        """Return the URIs of the documents that are found, each once."""
        answer = self.aws.client("bedrock-agent-runtime").retrieve(
            knowledgeBaseId=self.outputs["KnowledgeBaseId"], retrievalQuery={"text": text}
        )
        return sorted({one["location"]["s3Location"]["uri"] for one in answer["retrievalResults"]})

    def left(self) -> tuple[int, int, int]:
        """Return the numbers of knowledge bases, of vector indexes and of the roles of services."""
        vectors = self.aws.client("s3vectors")
        buckets = vectors.list_vector_buckets()["vectorBuckets"]
        indexes = [
            one
            for bucket in buckets
            for one in vectors.list_indexes(vectorBucketName=bucket["vectorBucketName"])["indexes"]
        ]
        bases = self.aws.client("bedrock-agent").list_knowledge_bases()["knowledgeBaseSummaries"]
        roles = self.aws.client("iam").list_roles(PathPrefix="/bedrock-planes/")["Roles"]
        return len(bases), len(indexes), len(roles)


def _zip(folder: Path, code: Mapping[str, str]) -> tuple[bytes, set[str]]:
    """Return a function's code with the changes, and those that were made."""
    data, changed = io.BytesIO(), set[str]()
    with zipfile.ZipFile(data, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_dir():
                continue
            text = path.read_text("utf-8")
            changed |= {old for old in code if old in text}
            for old, new in code.items():
                text = text.replace(old, new)
            archive.writestr(str(path.relative_to(folder)), text)
    return data.getvalue(), changed


DOCUMENT = f"s3://{BUCKET}/planes.md"
