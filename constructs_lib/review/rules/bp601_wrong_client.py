"""Application code calls an operation on a client that doesn't have it.

## What it does
Finds calls in application code, with `bedrock-planes scan`, whose client is known and has no operation of
that name, while another client of Amazon Bedrock has it. Python, JavaScript, TypeScript and AWS CLI lines in
shell scripts are judged; the compilers of Java and Go refuse such a call themselves. Nothing is reported
where the client may also be something else, is replaced by a stub, or where the code asks for the method.

## Why is this bad?
Amazon Bedrock has a client for each half of its API: `bedrock` and `bedrock-agent` configure,
`bedrock-runtime` and `bedrock-agent-runtime` run. On the wrong one boto3 raises AttributeError, the AWS CLI
refuses the command, and JavaScript may send the request to an endpoint that answers
UnknownOperationException.

## Example
```python
bedrock = boto3.client("bedrock")
bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=messages)
```

## Use instead
```python
runtime = boto3.client("bedrock-runtime")
runtime.converse(modelId="amazon.nova-lite-v1:0", messages=messages)
```

## Known limits
A client is followed through the code that was read. Where it may be anything else, nothing is reported; Java
and Go don't compile a wrong call.

## References
- https://docs.aws.amazon.com/bedrock/latest/APIReference/welcome.html
- https://docs.aws.amazon.com/general/latest/gr/bedrock.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import Origin
from constructs_lib.review.rules.authoring import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.code import ApiCall
    from constructs_lib.review.rules.authoring import Finding

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP601",
    "wrong-client",
    "error",
    "application code calls an operation on a client that doesn't have it",
    __name__,
    "code",
)


def check(call: ApiCall) -> Iterator[Finding]:
    """Yield the finding if the client of a call is the wrong one."""
    if call.right is None:
        return
    yield RULE.finding(
        None,
        Origin(call.path, ""),
        f"`{call.operation}` is called on the client `{call.client}`, which doesn't have it: "
        f"it is an operation of `{call.right}`, on the {call.plane} plane",
        f"call it on the right client: `{call.fix}`",
        key=(call.client, call.operation),
    )
