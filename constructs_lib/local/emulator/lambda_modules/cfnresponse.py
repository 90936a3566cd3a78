"""The module `cfnresponse` that AWS Lambda offers to inline (ZipFile) Python functions.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html
"""

import json
import urllib.request
from typing import Any

SUCCESS = "SUCCESS"
FAILED = "FAILED"


# The parameters' names are AWS's: inline code may pass them by keyword.
def send(  # noqa: PLR0917 - AWS's signature
    event: dict[str, Any],
    context: Any,
    responseStatus: str,  # noqa: N803 - AWS's name
    responseData: dict[str, Any],  # noqa: N803 - AWS's name
    physicalResourceId: str | None = None,  # noqa: N803 - AWS's name
    noEcho: bool = False,  # noqa: N803 - AWS's name
    reason: str | None = None,
) -> None:
    """Tell CloudFormation how a custom resource's request ended."""
    body = json.dumps(
        {
            "Status": responseStatus,
            "Reason": reason or f"See the details in CloudWatch Log Stream: {context.log_stream_name}",
            "PhysicalResourceId": physicalResourceId or context.log_stream_name,
            "StackId": event["StackId"],
            "RequestId": event["RequestId"],
            "LogicalResourceId": event["LogicalResourceId"],
            "NoEcho": noEcho,
            "Data": responseData,
        }
    ).encode()
    headers = {"content-type": "", "content-length": str(len(body))}
    request = urllib.request.Request(event["ResponseURL"], data=body, method="PUT", headers=headers)  # noqa: S310 - the URL that CloudFormation gave
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - the URL that CloudFormation gave
        answer.read()
