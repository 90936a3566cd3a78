"""What CloudFormation calls: the committed data, its corrections, and how it is made."""

from __future__ import annotations

import pytest

from constructs_lib import catalogue
from constructs_lib.catalogue import called_action, generation, handled_types, handlers
from tests.catalogue.sources import PACKAGES, needs_packages


def test_the_registry_s_types_are_there() -> None:
    known = [kind for kind in handled_types() if (row := handlers(kind)) and row.known]
    assert len(handled_types()) > 1890
    assert len(known) > 1770


@pytest.mark.parametrize(
    ("kind", "operation", "expected"),
    [
        ("AWS::SQS::Queue", "delete", ("sqs:DeleteQueue", "sqs:GetQueueAttributes")),
        ("AWS::CodeBuild::Project", "delete", ("codebuild:DeleteProject", "codebuild:DeleteWebhook")),
        ("AWS::CDK::Metadata", "create", ()),
    ],
)
def test_a_type_s_calls(kind: str, operation: str, expected: tuple[str, ...]) -> None:
    row = handlers(kind)
    assert row is not None
    assert row.known
    assert row.calls[operation] == expected


def test_no_action_is_a_pattern_or_missing_in_iam() -> None:
    for kind in handled_types():
        row = handlers(kind)
        assert row is not None
        for name in (*row.tagging, *(one for listed in row.calls.values() for one in listed)):
            assert "*" not in name
            assert called_action(name) is not None


def test_names_that_iam_lacks_are_corrected_or_dropped() -> None:
    bucket = handlers("AWS::S3::Bucket")
    assert bucket is not None
    called = {name for listed in bucket.calls.values() for name in listed}
    assert "s3:PutBucketCORS" in called
    assert "s3:DeleteBucketCors" not in called
    assert called_action("noservice:NoAction") is None


def test_a_handler_that_calls_everything_of_a_service_is_not_known() -> None:
    row = handlers("AWS::SecurityLake::DataLake")
    assert row is not None
    assert not row.known


def test_hand_rows_have_a_page() -> None:
    row = handlers("AWS::CodeBuild::Project")
    assert row is not None
    assert row.page.startswith("https://docs.aws.amazon.com/")


def test_an_unknown_type_is_none() -> None:
    assert catalogue.handlers("AWS::Nothing::Known") is None
    assert catalogue.called_action("nothing:Known") is None


@needs_packages
def test_the_committed_data_is_what_the_packages_give() -> None:
    assert generation.handler_differences(PACKAGES) == []
