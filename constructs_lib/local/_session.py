"""`LocalAws`: the context manager that other code uses."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from constructs_lib.local._server import LocalAwsError, ServerProcess
from constructs_lib.local.emulator import VPC_ENDPOINT_HEADER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

__all__ = ["LocalAws", "LocalAwsError"]

_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")


class LocalAws:
    """An AWS of one account and one Region on 127.0.0.1, alive inside the `with` block.

    Args:
        port: The port to serve on; 0, the default, takes a free one.
        account: 12 digits. By default 111122223333.
        region: By default us-east-1.
        order_seed: CloudFormation makes resources that don't depend on each other in an order of its own for
            each number, the same in each run. By default in the order of their names.
        propagation: A policy that a stack attaches to a role counts only so many resources of that stack
            later, except for the resources that depend on it; by default at once. With both, a stack whose
            resources lack a dependency on a permission fails here as it may fail on AWS. Stacks that are
            created only: nested stacks and updates of a policy count at once.
        ingestion_seconds: How long an ingestion job runs. Meanwhile another one of the knowledge base is a
            conflict. By default a job has ended when it is first looked at.
        store_seconds: How long an index of OpenSearch Serverless is not there for everybody after it was
            made, and how long a cluster of Aurora resumes after the first statement. By default not at all.

    Raises:
        LocalAwsError: In one line: the port is taken, an argument is malformed, or the emulator that it is
            built on is not the version that it was written for.

    """

    def __init__(
        self,
        *,
        port: int = 0,
        account: str = "111122223333",
        region: str = "us-east-1",
        order_seed: int | None = None,
        propagation: int = 0,
        ingestion_seconds: float = 0,
        store_seconds: float = 0,
    ) -> None:
        if not _is_text(account, _ACCOUNT):
            raise LocalAwsError(f"account must be 12 digits, got `{account}`")
        if not _is_text(region, _REGION):
            raise LocalAwsError(f"region must be the name of an AWS Region such as us-east-1, got `{region}`")
        for name, number in (("order_seed", order_seed), ("propagation", propagation)):
            if not (_is_count(number) or (number is None and name == "order_seed")):
                raise LocalAwsError(f"{name} must be a whole number from 0, got `{number}`")
        for name, seconds in (("ingestion_seconds", ingestion_seconds), ("store_seconds", store_seconds)):
            if not _is_duration(seconds):
                raise LocalAwsError(f"{name} must be a number of seconds from 0, got `{seconds}`")
        self.account, self.region = account, region
        self._ingestion_seconds, self._store_seconds = ingestion_seconds, store_seconds
        self._order_seed, self._propagation = order_seed, propagation
        self._asked_port = port
        self._server: ServerProcess | None = None
        # One session for all clients: each one would load the service models anew (0.2 s).
        self._boto = boto3.session.Session()

    def start(self) -> Self:
        """Start the server; the counterpart of `stop` for callers that can't use a `with` block."""
        if self._server is None:
            self._server = ServerProcess(
                port=self._asked_port,
                account=self.account,
                region=self.region,
                order_seed=self._order_seed,
                propagation=self._propagation,
                ingestion_seconds=self._ingestion_seconds,
                store_seconds=self._store_seconds,
            )
        return self

    def stop(self) -> None:
        """Stop the server, its Lambda workers, and remove its temporary folder."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def server(self) -> ServerProcess:
        """The server process; raises `LocalAwsError` outside of the `with` block."""
        if self._server is None:
            raise LocalAwsError("the local AWS is not running: use `with LocalAws() as aws:`")
        return self._server

    @property
    def port(self) -> int:
        """The port that it serves on."""
        return self.server.port

    @property
    def endpoint_url(self) -> str:
        """The https URL of all its services."""
        return self.server.endpoint_url

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point boto3, the AWS CLI, the CDK CLI and their children here, as root."""
        return self.server.environment()

    @property
    def process_environment(self) -> dict[str, str]:
        """A whole environment for a child process: this one's, without its AWS settings, plus ours."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        return {**inherited, **self.environment}

    def decisions(self) -> list[dict[str, Any]]:
        """Return what was allowed and denied since the start or the last reset, in its order.

        Each has ``principal``, ``action``, ``resource``, ``context`` (condition keys) and ``allowed``.
        They are of calls of Bedrock and S3 Vectors, and of what CloudFormation's handlers need; not of other
        calls, and never of root.
        """
        path = self.server.decisions_path
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    def assume(self, role_arn: str, session_name: str = "session") -> dict[str, str]:
        """Assume a role as account root: temporary credentials as keyword arguments of a boto3 client.

        Raises:
            ClientError: The role's trust policy doesn't allow it (AccessDenied, from botocore).

        """
        answer = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=session_name)
        return {
            "aws_access_key_id": answer["Credentials"]["AccessKeyId"],
            "aws_secret_access_key": answer["Credentials"]["SecretAccessKey"],
            "aws_session_token": answer["Credentials"]["SessionToken"],
        }

    # Any: boto3 makes its clients at run time, from data.
    def client(
        self,
        service: str,
        *,
        role_arn: str | None = None,
        credentials: Mapping[str, str] | None = None,
        vpc_endpoint_id: str | None = None,
    ) -> Any:
        """Return a boto3 client of `service` for this server, as account root by default.

        Args:
            service: The name of the client: `bedrock-runtime`.
            role_arn: Assume this role first.
            credentials: Use these, as `assume` returns them.
            vpc_endpoint_id: Calls come through this interface endpoint: its policy applies, and
                aws:SourceVpce is set.

        """
        if credentials is None:
            credentials = (
                self.assume(role_arn)
                if role_arn
                else {
                    "aws_access_key_id": self.account,
                    "aws_secret_access_key": self.server.root_secret,
                    "aws_session_token": "",
                }
            )
        client = self._boto.client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint_url,
            verify=str(self.server.certificate),
            config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}, proxies={}),
            **credentials,
        )
        if vpc_endpoint_id is not None:

            def name_the_endpoint(request: Any, **_: object) -> None:
                request.headers[VPC_ENDPOINT_HEADER] = vpc_endpoint_id

            client.meta.events.register("before-sign", name_the_endpoint)
        return client

    def reset(self) -> None:
        """Forget all resources, roles, stacks and records, as if the account were new (about 0.1 s)."""
        self.server.reset()


def _is_text(value: object, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_duration(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < float("inf")
