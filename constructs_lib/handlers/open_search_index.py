"""The custom resource that waits until a vector index of Amazon OpenSearch Serverless answers.

An index is there when the call that makes it returns, but not for everybody yet: a knowledge base made right
after it fails with "no such index". So the index is looked at until it answers several times in a row.
Creating and updating wait; deleting has nothing to do. It changes nothing, so it may run again at any time.

Sources:
    https://github.com/aws/modern-data-architecture-accelerator/issues/33
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-clients.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
"""

from __future__ import annotations

import hashlib
import logging
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

# Relative, because the function is packed without the package above.
from . import answers

__all__ = ["Index", "NotReadyError", "handler", "wait"]

_LOG = logging.getLogger(__name__)
_IN_A_ROW = 6
_PAUSE = 5  # seconds between two looks, so an index has to answer for half a minute
_PATIENCE = 480  # seconds for all looks; the function has 600
_TIMEOUT = 10  # seconds for one call


class NotReadyError(RuntimeError):
    """The index doesn't answer; the text says what it answered last and what to look at."""


class Index:
    """An index of a collection, over signed HTTP.

    Args:
        session: A boto3 session, whose credentials sign.
        endpoint: The collection's endpoint, ``https://...``.
        name: The index.
    """

    def __init__(self, session: Any, endpoint: str, name: str) -> None:
        self._url = f"{endpoint}/{urllib.parse.quote(name)}"
        self._session = session

    def look(self) -> tuple[int, str]:
        """Return the HTTP status of ``GET /index`` and the beginning of the answer; 0 without an answer."""
        # OpenSearch Serverless wants the hash of the body among the signed headers.
        headers = {"X-Amz-Content-SHA256": hashlib.sha256(b"").hexdigest()}
        signed = AWSRequest(method="GET", url=self._url, headers=headers)
        SigV4Auth(self._session.get_credentials(), "aoss", self._session.region_name).add_auth(signed)
        request = urllib.request.Request(self._url, headers=dict(signed.headers.items()))  # noqa: S310 - the collection's https endpoint
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310 - the collection's https endpoint
                return answer.status, ""
        except urllib.error.HTTPError as error:
            return error.code, error.read(300).decode("utf-8", "replace")
        except OSError as error:
            return 0, str(error)


def wait(index: Any, name: str, *, clock: Any = time.monotonic, sleep: Any = time.sleep) -> int:
    """Return how often the index was looked at until it answered several times in a row.

    Args:
        index: An :class:`Index`.
        name: What the message calls it.
        clock: Tells the seconds.
        sleep: Waits for seconds.

    Raises:
        NotReadyError: It doesn't in time.
    """
    end = clock() + _PATIENCE
    in_a_row = looks = 0
    while True:
        status, text = index.look()
        looks += 1
        in_a_row = in_a_row + 1 if status == 200 else 0
        if in_a_row == _IN_A_ROW:
            return looks
        if clock() + _PAUSE > end:
            break
        sleep(_PAUSE)
    hint = {
        401: "the data access policy of the collection must name this function's role",
        403: "the data access and network policies of the collection must admit this function's role",
        404: "the index is not there",
        0: "the endpoint can't be reached, so look at the network policy of the collection",
    }.get(status, "look at the collection in the console")
    raise NotReadyError(
        f"the index {name} didn't answer {_IN_A_ROW} times in a row within {_PATIENCE} s: {hint}; the last "
        f"answer was {status} {text}".rstrip()
    )


def handler(event: dict[str, Any], context: Any) -> None:
    """Serve one request of CloudFormation and answer it, whatever happens."""
    properties = event["ResourceProperties"]
    name = properties["IndexName"]
    try:
        if event["RequestType"] == "Delete":
            report = "nothing to delete"
        else:
            index = Index(boto3.session.Session(), properties["Endpoint"], name)
            report = f"the index {name} answers after {wait(index, name)} looks"
    except Exception as error:  # noqa: BLE001 - an unanswered request would hang the stack for its whole time-out
        _LOG.exception("request failed")
        reason = str(error) if isinstance(error, NotReadyError) else f"{type(error).__name__}: {error}"
        answers.send(event, context, "FAILED", reason, physical_id=name)
    else:
        answers.send(event, context, "SUCCESS", report, physical_id=name)
