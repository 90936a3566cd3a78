"""A VPC endpoint of Bedrock allows more than its plane.

## What it does
Finds VPC endpoints of Bedrock services that have no endpoint policy, or one that allows actions of the plane
that the endpoint does not serve.

## Why is this bad?
The endpoint policy is the last check inside the network: without one, anybody in the network can use the
endpoint with the credentials of any account.

## Example
An endpoint of `com.amazonaws.us-east-1.bedrock-runtime` without `PolicyDocument`, or with `{"Effect":
"Allow", "Principal": "*", "Action": "*", "Resource": "*"}`.

## Use instead
```json
{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/AppRole"},
 "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], "Resource": "*"}
```

## Known limits
What a principal's own policies allow is not looked at here. Endpoints that Terraform plans are listed as not
read.

## References
- https://docs.aws.amazon.com/bedrock/latest/userguide/vpc-interface-endpoints.html
- https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_lib.iam import UNRESOLVED, effective, names_of
from constructs_lib.review.rules.authoring import Rule, Run, action_sets, listing, policy_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.rules.authoring import Finding
    from constructs_lib.templates import Resource

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP502",
    "endpoint-policy-crosses-planes",
    "warning",
    "a VPC endpoint of Bedrock allows more than its plane",
    __name__,
    "resource",
)

_SERVICE = re.compile(r"\.(bedrock(?:-[a-z]+)*)(?:\.[a-z]+)*(?:-fips)?$")
_CONTROL = frozenset({"bedrock", "bedrock-agent", "bedrock-agentcore-control", "bedrock-data-automation"})
_BOTH = frozenset({"bedrock-mantle"})


def check(resource: Resource, _run: Run) -> Iterator[Finding]:
    """Yield the finding of one endpoint."""
    if resource.type != "AWS::EC2::VPCEndpoint":
        return
    found = _SERVICE.search(str(resource.properties.get("ServiceName", "")))
    if not found:
        return
    service = found.group(1).removesuffix("-fips")
    if "PolicyDocument" not in resource.properties:
        yield RULE.finding(
            resource,
            resource.origin,
            f"the VPC endpoint `{resource.logical_id}` of `{service}` has no policy, "
            "so it allows every principal and every action",
            "add an endpoint policy that lists the principals and the actions that use the endpoint",
            key=("none", service),
            conditional=resource.conditional,
        )
        return
    yield from _crossing(resource, service)


def _crossing(resource: Resource, service: str) -> Iterator[Finding]:
    policy = policy_of(resource, "PolicyDocument")
    if policy is None or service in _BOTH or resource.properties["PolicyDocument"] == UNRESOLVED:
        return
    m = action_sets()
    other = m.data | m.data_read if service in _CONTROL else m.control_write | m.control_read
    admitted = effective((policy,)).mask & other
    if not admitted:
        return
    plane = "data" if service in _CONTROL else "control"
    where = next((s.origin for s in policy.statements if s.effect == "Allow"), policy.origin)
    yield RULE.finding(
        resource,
        where,
        f"the policy of the VPC endpoint `{resource.logical_id}` (`{service}`) allows {plane} actions: "
        f"{listing(names_of(admitted))}",
        f"remove the {plane} actions: they belong to another endpoint",
        key=("crosses", service),
        conditional=resource.conditional,
    )
