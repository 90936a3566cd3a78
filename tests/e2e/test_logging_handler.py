"""The handler of the logging setting through any sequence, over signed HTTP on the local AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, run_state_machine_as_test

from constructs_lib.handlers.invocation_logging import AccountSetting, is_same
from tests.handlers.logging_account import Account
from tests.handlers.test_invocation_logging import CHANGED, OTHER, OURS, SHARED, THEIRS, LoggingMachine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.local import LocalAws

ACCOUNT = "111122223333"
HANDLER = f"arn:aws:iam::{ACCOUNT}:role/handler"
KNOWN = (OURS, CHANGED, THEIRS, SHARED, OTHER)


class RemoteAccount(Account):
    """The double's faults around the calls that the handler makes in operation."""

    remote: AccountSetting
    administrator: Any

    @property
    def setting(self) -> dict[str, Any] | None:
        """What is in force, as an administrator sees it: one of the known settings, or the answer itself."""
        found = self.administrator.get_model_invocation_logging_configuration().get("loggingConfig")
        return next((one for one in KNOWN if is_same(one, found)), found)

    @setting.setter
    def setting(self, config: dict[str, Any] | None) -> None:
        if config is None:
            self.administrator.delete_model_invocation_logging_configuration()
        else:
            self.administrator.put_model_invocation_logging_configuration(loggingConfig=config)

    def get(self) -> dict[str, Any] | None:
        self._before()
        found = self.remote.get()
        self._after()
        return found

    def put(self, config: dict[str, Any]) -> None:
        self._before()
        self.remote.put(config)
        self._after()

    def delete(self) -> None:
        self._before()
        self.remote.delete()
        self._after()


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **s} for s in statements]})


def _trust(**principal: str) -> str:
    return _document({"Principal": principal, "Action": "sts:AssumeRole"})


@pytest.fixture
def account(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteAccount]:
    """Every destination that a setting names, and the handler's role, which may pass both log roles."""
    aws.reset()
    iam, logs, s3 = (aws.client(name) for name in ("iam", "logs", "s3"))
    for config in (OURS, THEIRS):
        group, role = (config["cloudWatchConfig"][key] for key in ("logGroupName", "roleArn"))
        logs.create_log_group(logGroupName=group)
        name = role.rpartition("/")[2]
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=_trust(Service="bedrock.amazonaws.com"))
        stream = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{group}:log-stream:aws/bedrock/modelinvocations"
        write = _document({"Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": stream})
        iam.put_role_policy(RoleName=name, PolicyName="Write", PolicyDocument=write)
    for config in (SHARED, OTHER):
        bucket = config["s3Config"]["bucketName"]
        s3.create_bucket(Bucket=bucket)
        write = _document(
            {
                "Principal": {"Service": "bedrock.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": f"arn:aws:s3:::{bucket}/*",
            }
        )
        s3.put_bucket_policy(Bucket=bucket, Policy=write)
    iam.create_role(RoleName="handler", AssumeRolePolicyDocument=_trust(AWS=f"arn:aws:iam::{ACCOUNT}:root"))
    verbs = ("Delete", "Get", "Put")
    may = _document(
        {"Action": [f"bedrock:{v}ModelInvocationLoggingConfiguration" for v in verbs], "Resource": "*"},
        {
            "Action": "iam:PassRole",
            "Resource": [config["cloudWatchConfig"]["roleArn"] for config in (OURS, THEIRS)],
            "Condition": {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}},
        },
    )
    iam.put_role_policy(RoleName="handler", PolicyName="Setting", PolicyDocument=may)
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SSL_CERT_FILE", aws.environment["AWS_CA_BUNDLE"])  # the handler's calls are urllib's
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    made = RemoteAccount.__new__(RemoteAccount)
    made.administrator = aws.client("bedrock")
    made.remote = AccountSetting(boto3.session.Session(**aws.assume(HANDLER), region_name=aws.region))
    made.passable, made.faults, made.left_out, made.writes = set(), [], None, []
    yield made
    made.setting = None


def test_no_sequence_of_300_steps_on_the_local_aws_breaks_what_is_promised(
    aws: LocalAws, account: RemoteAccount
) -> None:
    steps = 0

    class Remote(LoggingMachine):
        @initialize(setting=st.sampled_from([None, THEIRS, SHARED, OTHER]), left_out=st.sampled_from([None]))
        def begin(self, setting: dict[str, Any] | None, left_out: str | None) -> None:
            account.setting, account.left_out = setting, left_out
            self.account, self.stack = account, None

        @invariant()
        def each_step_counts(self) -> None:
            nonlocal steps
            steps += 1

    many = settings(
        max_examples=40,
        stateful_step_count=20,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],  # shrinking would take minutes here; the double's machine shrinks
    )
    run_state_machine_as_test(Remote, settings=many)
    assert steps >= 300
    calls = [one["action"] for one in aws.decisions() if "/handler/" in one["principal"]]
    assert calls.count("bedrock:PutModelInvocationLoggingConfiguration") > 50


def test_a_role_that_may_not_be_passed_is_refused_before_any_change(
    aws: LocalAws, account: RemoteAccount
) -> None:
    """The local AWS checks `iam:PassRole` on the role of the setting, as the sequences above rely on."""
    account.setting = THEIRS
    may = _document({"Action": "bedrock:PutModelInvocationLoggingConfiguration", "Resource": "*"})
    aws.client("iam").put_role_policy(RoleName="handler", PolicyName="Setting", PolicyDocument=may)
    with pytest.raises(Exception, match=r"AccessDeniedException.*iam:PassRole"):
        account.put(OURS)
    assert account.setting == THEIRS
