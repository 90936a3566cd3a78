"""Attempts on the server by web pages, with other accounts' keys, and with forged requests."""

from __future__ import annotations

import http.client
import os
import ssl
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from constructs_lib.local import LocalAws
from tests.local.templates import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Mapping

_SERVICES = [
    ("sts", "get_caller_identity"),
    ("iam", "list_roles"),
    ("s3", "list_buckets"),
    ("bedrock", "list_guardrails"),
    ("bedrock-agent", "list_agents"),
    ("s3vectors", "list_vector_buckets"),
    ("cloudformation", "list_stacks"),
]

_CONTROL_PATHS = [
    ("POST", "/_ministack/reset"),
    ("POST", "/_ministack/reset?init=1"),
    ("POST", "/%5Fministack/reset"),
    ("POST", "//_ministack/reset"),
    ("POST", "/_MINISTACK/reset"),
    ("POST", "/_ministack/config"),
    ("GET", "/_ministack/health"),
    ("GET", "/_ministack/ready"),
    ("GET", "/_ministack/sqs/messages"),
    ("GET", "/_ministack/ses/messages"),
    ("GET", f"/_ministack/lambda-code/{ACCOUNT}/us-east-1/function"),
    ("POST", "/_ministack/eks-auth/x"),
    ("POST", "/_ministack/rds/iam-auth"),
    ("GET", "/_ministack/cfn-response/"),
    ("PUT", "/_ministack/cfn-response/../reset"),
    ("GET", "/_localstack/health"),
    ("GET", "/health"),
    ("GET", "/_bedrock_planes/other"),
]


def _send(
    aws: LocalAws, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Send a request as it is; a `Host` in `headers` replaces the true one."""
    context = ssl.create_default_context(cafile=str(aws.server.certificate))
    connection = http.client.HTTPSConnection("127.0.0.1", aws.port, context=context, timeout=20)
    try:
        given = {"Host": f"127.0.0.1:{aws.port}", "Content-Length": str(len(body)), **(headers or {})}
        connection.putrequest(method, path, skip_host=True)
        for name, value in given.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize(("service", "method"), _SERVICES)
@pytest.mark.parametrize(
    ("key", "secret"),
    [
        pytest.param(ACCOUNT, "test", id="the emulator's own secret"),
        pytest.param(ACCOUNT, "", id="an empty secret"),
        pytest.param("test", "test", id="the emulator's own root"),
        pytest.param("999988887777", "test", id="another account's root"),
    ],
)
def test_only_the_roots_own_secret_is_root(
    local_aws: LocalAws, service: str, method: str, key: str, secret: str
) -> None:
    credentials = {"aws_access_key_id": key, "aws_secret_access_key": secret or "x", "aws_session_token": ""}
    with pytest.raises(ClientError) as caught:
        getattr(local_aws.client(service, credentials=credentials), method)()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert not caught.value.response["Error"]["Message"].startswith("User:")


def test_the_root_secret_differs_from_start_to_start(local_aws: LocalAws) -> None:
    with LocalAws() as other:
        assert other.environment["AWS_SECRET_ACCESS_KEY"] != local_aws.environment["AWS_SECRET_ACCESS_KEY"]
        assert len(other.environment["AWS_SECRET_ACCESS_KEY"]) == 40
        foreign = {
            "aws_access_key_id": ACCOUNT,
            "aws_secret_access_key": local_aws.environment["AWS_SECRET_ACCESS_KEY"],
            "aws_session_token": "",
        }
        with pytest.raises(ClientError, match="signature"):
            other.client("iam", credentials=foreign).list_roles()


def test_the_roots_key_without_a_valid_signature_is_nobody(local_aws: LocalAws) -> None:
    bucket = "kept-private"
    local_aws.client("s3").create_bucket(Bucket=bucket)
    local_aws.client("s3").put_object(Bucket=bucket, Key="secret.txt", Body=b"secret")
    scope = f"{ACCOUNT}/20260101/us-east-1/s3/aws4_request"
    forged = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={'0' * 64}"
    for headers in (
        {},
        {"Authorization": forged},
        {"Authorization": f"AWS {ACCOUNT}:c2lnbmF0dXJl"},
        {"Authorization": f"Bearer {ACCOUNT}"},
    ):
        for path in (f"/{bucket}/secret.txt", f"/{bucket}", "/"):
            status, _, body = _send(local_aws, "GET", path, headers)
            assert status in {400, 403}, (headers, path, status, body)
            assert b"secret" not in body.replace(b"secret.txt", b"")
    query = f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={scope.replace('/', '%2F')}&X-Amz-Signature=0"
    assert _send(local_aws, "GET", f"/{bucket}/secret.txt?{query}")[0] in {400, 403}
    old_query = f"AWSAccessKeyId={ACCOUNT}&Signature=c2ln&Expires=99999999999"
    assert _send(local_aws, "GET", f"/{bucket}/secret.txt?{old_query}")[0] in {400, 403}
    # The same objects under their own host name, as a browser would ask for them.
    for host in (f"{bucket}.s3.us-east-1.amazonaws.com", f"{bucket}.s3.localhost:{local_aws.port}"):
        status, _, body = _send(local_aws, "GET", "/secret.txt", {"Host": host})
        assert status in {400, 403, 404}, (host, status, body)
        assert body != b"secret"


def test_a_presigned_url_of_root_works_until_it_is_changed(local_aws: LocalAws) -> None:
    s3 = local_aws.client("s3")
    s3.create_bucket(Bucket="presigned")
    s3.put_object(Bucket="presigned", Key="a.txt", Body=b"a")
    s3.put_object(Bucket="presigned", Key="b.txt", Body=b"b")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "presigned", "Key": "a.txt"})
    path = url.removeprefix(local_aws.endpoint_url)
    assert _send(local_aws, "GET", path)[2] == b"a"
    assert _send(local_aws, "GET", path.replace("a.txt", "b.txt", 1))[0] == 403


@pytest.mark.parametrize(("method", "path"), _CONTROL_PATHS)
def test_the_emulators_own_endpoints_are_closed(local_aws: LocalAws, method: str, path: str) -> None:
    iam = local_aws.client("iam")
    iam.create_user(UserName="survivor")
    try:
        body = b'{"cloudtrail._recording_enabled": "false"}'
        status, _, answer = _send(local_aws, method, path, {"Content-Type": "application/json"}, body)
        assert status == 404, answer
        assert iam.get_user(UserName="survivor")["User"]["UserName"] == "survivor"
    finally:
        iam.delete_user(UserName="survivor")


@pytest.mark.parametrize("secret", [None, "", "test", "x" * 40, "é"])
@pytest.mark.parametrize("method", ["POST", "GET", "PUT"])
def test_a_reset_needs_the_roots_secret(local_aws: LocalAws, secret: str | None, method: str) -> None:
    iam = local_aws.client("iam")
    iam.create_user(UserName="still-here")
    headers = {} if secret is None else {"x-bedrock-planes-root-secret": secret}
    assert _send(local_aws, method, "/_bedrock_planes/reset", headers)[0] == 403
    iam.delete_user(UserName="still-here")


def test_a_reset_with_the_roots_secret_empties_the_account(local_aws: LocalAws) -> None:
    local_aws.client("iam").create_user(UserName="gone")
    local_aws.reset()
    assert local_aws.client("iam").list_users()["Users"] == []


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1.evil.example:{port}",
        "localhost.evil.example",
        "evil.amazonaws.com.example",
        "amazonaws.com@evil.example",
        "127.0.0.1:1",
        "127.0.0.1:{port}@evil.example",
        "0.0.0.0:{port}",
        "[::1]:{port}",
        "",
    ],
)
def test_a_foreign_host_is_refused(local_aws: LocalAws, host: str) -> None:
    for path in ("/", "/_bedrock_planes/ready", "/_bedrock_planes/reset"):
        headers = {
            "Host": host.format(port=local_aws.port),
            "x-bedrock-planes-root-secret": local_aws.server.root_secret,
        }
        status, _, body = _send(local_aws, "POST", path, headers)
        assert status in {400, 421}, body


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "localhost"])
def test_its_own_names_are_answered(local_aws: LocalAws, host: str) -> None:
    headers = {"Host": host.format(port=local_aws.port)}
    assert _send(local_aws, "GET", "/_bedrock_planes/ready", headers)[0] == 200


def test_no_answer_lets_another_origin_read_it(local_aws: LocalAws) -> None:
    s3 = local_aws.client("s3")
    s3.create_bucket(Bucket="shared")
    rule = {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "AllowedHeaders": ["*"]}
    s3.put_bucket_cors(Bucket="shared", CORSConfiguration={"CORSRules": [rule]})
    signed = s3.generate_presigned_url("list_objects_v2", Params={"Bucket": "shared"})
    headers = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    paths = ["/", "/shared", "/_bedrock_planes/ready", "/guardrails", "/_ministack/reset"]
    for method in ("OPTIONS", "GET", "POST"):
        for path in [*paths, signed.removeprefix(local_aws.endpoint_url)]:
            _, sent, _ = _send(local_aws, method, path, headers)
            assert not [name for name, _ in sent if name.lower().startswith("access-control-")], (
                method,
                path,
            )


def test_the_server_inherits_no_secret_of_its_caller() -> None:
    code = (
        "import os\n"
        "from constructs_lib.local import LocalAws\n"
        "with LocalAws() as aws:\n"
        "    print(open(f'/proc/{aws.server.process.pid}/environ').read().replace(chr(0), chr(10)))\n"
    )
    if not Path("/proc/self/environ").exists():
        pytest.skip("a process's environment is read from /proc, which this system doesn't have")
    planted = {
        "GITHUB_TOKEN": "planted-token",
        "DATABASE_URL": "planted-url",
        "AWS_ROLE_SESSION_NAME": "planted-name",
        "HTTPS_PROXY": "http://planted-proxy",
        "LD_PRELOAD": "",
        "MINISTACK_EDITION": "planted-edition",
    }
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **planted},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "GATEWAY_PORT=" in result.stdout
    assert "planted" not in result.stdout
