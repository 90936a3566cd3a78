"""From a document that changes to its answer: S3, EventBridge, SQS, Lambda, Step Functions, Bedrock.

All of it is deployed by the template, with the policy that `deploy-policy` derives, and nothing is called by
hand but S3 and Retrieve. The queue waits for a second in place of five minutes.
"""

from __future__ import annotations

import copy
import json
import time
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from constructs_lib.local import LocalAws
from tests.e2e.life import BUCKET, DOCUMENT, Life, build, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SYNC = {"on_change": cdk.Duration.minutes(5)}
MORE = f"s3://{BUCKET}/more.md"


@pytest.fixture(scope="module")
def slow() -> Iterator[LocalAws]:
    with LocalAws(ingestion_seconds=2) as aws:
        yield aws


def started(aws: LocalAws, folder: Path) -> Life:
    life = Life(aws, folder, derived=True)
    assert life.deploy(sync=SYNC, own_bucket=False) == "CREATE_COMPLETE", life.failed
    # What the owner of the bucket sets, as the warning says.
    aws.client("s3").put_bucket_notification_configuration(
        Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    return life


def finished(life: Life) -> bool:
    return bool(life.executions()) and all(life.execution(one) != "RUNNING" for one in life.executions())


def test_a_document_is_found_after_it_was_written_and_not_after_it_was_deleted(
    aws: LocalAws, tmp_path: Path
) -> None:
    life = started(aws, tmp_path)
    life.write("more.md", b"# More\nA third plane there is not.")
    until(lambda: life.found() == [MORE, DOCUMENT])
    until(lambda: finished(life))
    before = len(life.executions())
    aws.client("s3").delete_object(Bucket=BUCKET, Key="more.md")
    until(lambda: life.found() == [DOCUMENT])
    assert len(life.executions()) > before
    until(lambda: finished(life))
    assert (life.delete(), life.failed, life.left()) == ("DELETE_COMPLETE", [], (0, 0, 0))


def test_changes_while_a_sync_runs_wait_for_it_and_one_follows(slow: LocalAws, tmp_path: Path) -> None:
    life = started(slow, tmp_path)
    life.write("more.md", b"# More\nA third plane there is not.")
    until(life.executions)
    # The job has read the bucket when it began.
    until(life.jobs)
    life.write("late.md", b"# Late\nA plane that comes while a sync runs.")
    while not finished(life):
        running = [one for one in life.executions() if life.execution(one) == "RUNNING"]
        assert len(running) <= 1
        time.sleep(0.05)
    until(lambda: f"s3://{BUCKET}/late.md" in life.found(), seconds=60)
    assert until(lambda: finished(life))
    assert len(life.executions()) == 2
    assert {life.execution(one) for one in life.executions()} == {"SUCCEEDED"}
    assert life.delete() == "DELETE_COMPLETE", life.failed


def test_a_bucket_of_the_stack_tells_of_its_changes_by_itself(aws: LocalAws, tmp_path: Path) -> None:
    life = Life(aws, tmp_path, derived=True)
    assert life.deploy(sync=SYNC, own_bucket=True) == "CREATE_COMPLETE", life.failed
    bucket = life.outputs["BucketName"]
    aws.client("s3").put_object(Bucket=bucket, Key="own.md", Body=b"# Own\nA plane of this stack.")
    until(lambda: life.found() == [f"s3://{bucket}/own.md"])
    until(lambda: finished(life))
    assert (life.delete(), life.failed) == ("DELETE_COMPLETE", [])


def broken(template: dict[str, Any], kind: str, old: str, new: str) -> dict[str, Any]:
    """Return the template with a text of a type's resources replaced."""
    found = copy.deepcopy(template)
    texts = {name: json.dumps(one) for name, one in found["Resources"].items() if one["Type"] == kind}
    assert any(old in text for text in texts.values())
    for name, text in texts.items():
        found["Resources"][name] = json.loads(text.replace(old, new))
    return found


def test_a_rule_that_the_queue_does_not_let_in_starts_nothing(aws: LocalAws, tmp_path: Path) -> None:
    """What the policy of the queue is for: the first test would see it."""
    life = Life(aws, tmp_path)
    template = build(tmp_path / "1", sync=SYNC)
    life.deploy(broken(template, "AWS::SQS::QueuePolicy", "sqs:SendMessage", "sqs:ReceiveMessage"))
    aws.client("s3").put_bucket_notification_configuration(
        Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    life.write("more.md", b"# More\nA third plane there is not.")
    time.sleep(3)
    assert life.executions() == []


def test_a_function_that_may_not_read_the_queue_fails_the_deployment(aws: LocalAws, tmp_path: Path) -> None:
    life = Life(aws, tmp_path)
    template = build(tmp_path / "1", sync=SYNC)
    status = life.deploy(broken(template, "AWS::IAM::Role", "sqs:ReceiveMessage", "sqs:SendMessage"))
    assert status == "ROLLBACK_COMPLETE"
    assert any("does not have permissions to call ReceiveMessage on SQS" in one for one in life.failed)
