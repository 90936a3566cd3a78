"""An app role has no permissions boundary that keeps it on the data plane.

## What it does
Finds roles of kind `app` without a permissions boundary, or with one that admits control writes, or control
reads that the role's mark does not opt into. A boundary that is not in the input is a warning, unless the
role's mark names it with the fingerprint of its document. Where the template leaves a choice, the widest
boundary counts, and one that may be absent counts as absent.

## Why is this bad?
Without the boundary, one policy that somebody attaches later, by hand or from another stack, gives the
application the control plane. With it, such a policy has no effect there.

## Example
```json
{"Type": "AWS::IAM::Role", "Metadata": {"bedrock-planes:role": {"kind": "app"}},
 "Properties": {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]}}
```

## Use instead
Make the role with `AppRole`, or give it `DataPlaneBoundary.of(stack)` as its permissions boundary:
```json
{"PermissionsBoundary": {"Ref": "DataPlaneBoundary"}}
```

## Known limits
A boundary that the input doesn't define is known only by the mark that this library's constructs leave;
another one is a warning.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
- https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import names_of
from constructs_lib.review.rules.authoring import Rule, Run, admitted_by, listing, who

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from constructs_lib.review.rules.authoring import Facts, Finding

__all__ = ["RULE", "check"]

RULE = Rule(
    "BP109",
    "unbounded-app-role",
    "error",
    "an app role has no data-plane boundary",
    __name__,
    needs_marks=True,
)

_HELP = "give it `DataPlaneBoundary.of(stack)` as permissions boundary, or make it with `AppRole`"


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield at most one finding per role."""
    principal = facts.principal
    if facts.kind != "app" or principal.type not in {"role", "permission-set", "user"}:
        return
    boundary = principal.boundary
    if boundary is None:
        unread = principal.unread_boundary
        if unread is None:
            yield RULE.finding(
                facts, principal.origin, f"{who(facts)} is an app role without a boundary", _HELP, key=()
            )
        elif not principal.knows_boundary:
            yield RULE.finding(
                facts,
                principal.origin,
                f"{who(facts)} is an app role whose boundary `{unread}` is not in the input, so what it "
                "admits is not known",
                "review it together with the boundary, use `DataPlaneBoundary`, or acknowledge this with the "
                "reason",
                key=(unread,),
                severity="warning",
            )
        return
    admitted = admitted_by(boundary)
    opted = _opted() if principal.mark_details.get("control_reads") is True else ()
    reads = [name for name in names_of(admitted.control_read) if name not in opted]
    for what, found in (("write", list(names_of(admitted.control_write))), ("read", reads)):
        if found:
            yield RULE.finding(
                facts,
                principal.origin,
                f"{who(facts)} is an app role whose boundary `{boundary.name}` admits control {what}s "
                f"({listing(found)})",
                _HELP,
                key=(what,),
                related=(boundary.origin,),
            )
            return


def _opted() -> Collection[str]:
    """Return the control reads of `control_reads=True`."""
    from constructs_lib.catalogue.verbs import CONTROL_READS  # noqa: PLC0415 - only such a role pays for it

    return CONTROL_READS.values()
