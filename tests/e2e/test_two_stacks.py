"""A knowledge base that is replaced, and an application in another stack that asks it.

With the default the import of the id blocks the update. With ``OnReplace.KEEP`` the old knowledge base goes
on answering until the application is deployed again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm
from botocore.exceptions import ClientError

from constructs_lib import DocumentSource, KnowledgeBase, KnowledgeBaseType, OnReplace
from constructs_lib.review.diff import compare_resources
from constructs_lib.templates import read_templates
from tests.e2e.life import ACCOUNT, BUCKET, DOCUMENT, REGION, Life
from tests.e2e.test_knowledge_base import VECTOR

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local import LocalAws

SEARCH, CHAT = "TwoStacksSearch", "TwoStacksChat"
PARAMETER = "/two-stacks/knowledge-base"
NEW = VECTOR(dimension=512)


def build(folder: Path, type_: KnowledgeBaseType | None, on_replace: OnReplace) -> Path:
    """Write the assembly of both stacks."""
    app = cdk.App(outdir=str(folder), builtin_cloud_formation_validation=False, analytics_reporting=False)
    env = cdk.Environment(account=ACCOUNT, region=REGION)
    search, chat = cdk.Stack(app, SEARCH, env=env), cdk.Stack(app, CHAT, env=env)
    base = KnowledgeBase(search, "Base", type=type_, on_replace=on_replace)
    source = base.add_data_source("Docs", DocumentSource.s3(s3.Bucket.from_bucket_name(search, "B", BUCKET)))
    cdk.CfnOutput(search, "KnowledgeBaseId", value=base.knowledge_base_id)
    cdk.CfnOutput(search, "DataSourceId", value=source.data_source_id)
    ssm.StringParameter(chat, "Id", parameter_name=PARAMETER, string_value=base.knowledge_base_id)
    app.synth()
    return folder


class Stacks:
    """Both stacks on the local AWS."""

    def __init__(self, aws: LocalAws, folder: Path) -> None:
        self.life = Life(aws, folder)
        self.aws, self._client = aws, aws.client("cloudformation")
        self._made: set[str] = set()

    def deploy(self, folder: Path, name: str) -> str:
        """Deploy one stack and return its status."""
        body = json.loads((folder / f"{name}.template.json").read_text("utf-8"))
        call = self._client.update_stack if name in self._made else self._client.create_stack
        self._made.add(name)
        call(StackName=name, TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_IAM"])
        self.life._id = name
        return self.life._wait()

    def delete(self, name: str) -> str:
        """Delete one stack and return its status."""
        self.life._id = str(self._client.describe_stacks(StackName=name)["Stacks"][0]["StackId"])
        self._client.delete_stack(StackName=name)
        return self.life._wait()

    def asked(self) -> str:
        """Return the id that the application has."""
        return str(self.aws.client("ssm").get_parameter(Name=PARAMETER)["Parameter"]["Value"])

    def found(self, knowledge_base: str) -> list[str]:
        """Return the documents that a knowledge base finds."""
        self.life.outputs = {"KnowledgeBaseId": knowledge_base}
        return self.life.found()


def test_by_default_the_import_blocks_the_replacement_and_all_goes_on(aws: LocalAws, tmp_path: Path) -> None:
    stacks = Stacks(aws, tmp_path)
    old, new = build(tmp_path / "old", None, OnReplace.DELETE), build(tmp_path / "new", NEW, OnReplace.DELETE)
    for name in (SEARCH, CHAT):
        assert stacks.deploy(old, name) == "CREATE_COMPLETE", stacks.life.failed
        if name == SEARCH:
            assert stacks.life.ingest() == "COMPLETE"
    effects = compare_resources(*(read_templates([str(side)])[0] for side in (old, new)))
    base = next(one for one in effects if one.type == "AWS::Bedrock::KnowledgeBase")
    assert base.fails is True
    assert {one.imported_by for one in base.outputs} == {(CHAT,), ()}
    assert stacks.deploy(new, SEARCH) == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.found(stacks.asked()) == [DOCUMENT]
    assert stacks.life.left() == (1, 1, 1)


@pytest.mark.parametrize("again", [False, True], ids=["once", "twice"])
def test_a_kept_knowledge_base_answers_until_the_application_is_deployed_again(
    aws: LocalAws, tmp_path: Path, again: bool
) -> None:
    stacks = Stacks(aws, tmp_path)
    old, new = build(tmp_path / "old", None, OnReplace.KEEP), build(tmp_path / "new", NEW, OnReplace.KEEP)
    for name in (SEARCH, CHAT):
        assert stacks.deploy(old, name) == "CREATE_COMPLETE", stacks.life.failed
        if name == SEARCH:
            assert stacks.life.ingest() == "COMPLETE"
    first = stacks.asked()
    effects = compare_resources(*(read_templates([str(side)])[0] for side in (old, new)))
    assert {one.kept for one in effects} == {True}
    assert not any(one.losing for one in effects)

    assert stacks.deploy(new, SEARCH) == "UPDATE_COMPLETE", stacks.life.failed
    assert stacks.life.failed == []
    second = stacks.life.outputs["KnowledgeBaseId"]
    assert second != first
    assert stacks.asked() == first
    assert stacks.found(first) == [DOCUMENT], "the old one answers while the new one is empty"
    stacks.life.outputs = {"KnowledgeBaseId": second, "DataSourceId": _source(stacks, second)}
    assert stacks.life.ingest() == "COMPLETE"

    assert stacks.deploy(new, CHAT) == "UPDATE_COMPLETE", stacks.life.failed
    assert stacks.asked() == second
    assert stacks.found(second) == [DOCUMENT]
    assert stacks.life.left() == (2, 2, 1)
    if again:
        third = build(tmp_path / "third", VECTOR(dimension=256), OnReplace.KEEP)
        assert stacks.deploy(third, SEARCH) == "UPDATE_COMPLETE", stacks.life.failed
        assert stacks.found(stacks.asked()) == [DOCUMENT]
        assert stacks.found(first) == [DOCUMENT]
        assert stacks.life.left() == (3, 3, 1)
        return

    _delete_by_hand(stacks, first)
    assert stacks.life.left() == (1, 1, 1)
    for name in (CHAT, SEARCH):
        assert stacks.delete(name) == "DELETE_COMPLETE", stacks.life.failed
        assert stacks.life.failed == []
    assert stacks.life.left() == (0, 0, 0)


def test_a_failed_update_leaves_one_knowledge_base(aws: LocalAws, tmp_path: Path) -> None:
    stacks = Stacks(aws, tmp_path)
    old, new = build(tmp_path / "old", None, OnReplace.KEEP), build(tmp_path / "new", NEW, OnReplace.KEEP)
    assert stacks.deploy(old, SEARCH) == "CREATE_COMPLETE", stacks.life.failed
    assert stacks.life.ingest() == "COMPLETE"
    first = stacks.life.outputs["KnowledgeBaseId"]
    template = new / f"{SEARCH}.template.json"
    body = json.loads(template.read_text("utf-8"))
    body["Resources"]["Broken"] = {
        "Type": "AWS::S3Vectors::Index",
        "Properties": {"VectorBucketName": "nowhere-to-be-found", "DataType": "float32", "Dimension": 1},
        "DependsOn": [name for name, one in body["Resources"].items() if one["Type"].endswith("DataSource")],
    }
    template.write_text(json.dumps(body))
    assert stacks.deploy(new, SEARCH) == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.life.outputs["KnowledgeBaseId"] == first
    assert stacks.found(first) == [DOCUMENT]


def _source(stacks: Stacks, knowledge_base: str) -> str:
    agents = stacks.aws.client("bedrock-agent")
    [source] = agents.list_data_sources(knowledgeBaseId=knowledge_base)["dataSourceSummaries"]
    return str(source["dataSourceId"])


def _delete_by_hand(stacks: Stacks, knowledge_base: str) -> None:
    """What the page says: source, knowledge base, index, and the permissions on them."""
    agents, vectors, iam = (stacks.aws.client(name) for name in ("bedrock-agent", "s3vectors", "iam"))
    found = agents.get_knowledge_base(knowledgeBaseId=knowledge_base)["knowledgeBase"]
    source = _source(stacks, knowledge_base)
    agents.delete_data_source(knowledgeBaseId=knowledge_base, dataSourceId=source)
    agents.delete_knowledge_base(knowledgeBaseId=knowledge_base)
    vectors.delete_index(indexArn=found["storageConfiguration"]["s3VectorsConfiguration"]["indexArn"])
    role = found["roleArn"].rpartition("/")[2]
    assert found["name"] in iam.list_role_policies(RoleName=role)["PolicyNames"]
    iam.delete_role_policy(RoleName=role, PolicyName=found["name"])
    with pytest.raises(ClientError, match="ResourceNotFound"):
        agents.get_knowledge_base(knowledgeBaseId=knowledge_base)
