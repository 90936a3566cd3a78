"""One principal may configure Bedrock and run it.

## What it does
Finds principals whose effective permissions hold a control write (`bedrock:CreateAgent`) and a data action
(`bedrock:InvokeModel`) at once. Service roles are judged by what AWS documents for them: a write in the role
policy that AWS documents for the service does not count. `aws:SourceArn` in the trust tells which service it
is.

## Why is this bad?
Whoever takes over the application, by prompt injection or a leaked credential, can then also change the
guardrail, the agent's instructions or the logging that should stop or record the attack. And a deploy role
that can run models can read data that it does not need.

## Example
```json
{"Effect": "Allow", "Action": ["bedrock:InvokeModel", "bedrock:CreateGuardrail"], "Resource": "*"}
```

## Use instead
Use two roles: an app role with data actions on named ARNs, and a deploy role with control actions. In the
CDK, pass `role=` to each `AwsCustomResource`: without it, all custom resources of a stack share one role and
its permissions.

## Known limits
Session policies and resource control policies are not read; they can only take permissions away, so the
finding may be stricter than a request. A condition on an Allow is not taken to separate the planes.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
- https://docs.aws.amazon.com/bedrock/latest/userguide/security-iam.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html
- https://docs.aws.amazon.com/bedrock/latest/userguide/automatic-service-roles.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import NO_ACTIONS, ActionSet, actions_matching, may_overlap, names_of
from constructs_lib.review.rules.authoring import (
    Rule,
    Run,
    bedrock_services,
    has_key,
    listing,
    origins,
    passes_named_values_only,
    patterns_giving,
    resource_part,
    who,
    witness_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.rules.authoring import Facts, Finding


__all__ = ["RULE", "check"]

RULE = Rule("BP101", "mixed-planes", "error", "one principal may configure Bedrock and run it", __name__)

# These kinds belong to the control plane, so their data actions make the finding's key.
_CONFIGURES = frozenset({"deploy", "operator"})
# Control writes in the role policies that AWS documents for Bedrock's own services, by the resource on whose
# behalf Bedrock assumes the role: third-party vector stores of knowledge bases (kb-permissions), and the
# invocation jobs that an evaluation starts and stops (automatic-service-roles). The role for batch inference
# (batch-iam-sr) lists no control write: the caller creates the job.
_DOCUMENTED = {
    "knowledge-base/*": ("bedrock:AssociateThirdPartyKnowledgeBase",),
    "evaluation-job/*": ("bedrock:CreateModelInvocationJob", "bedrock:StopModelInvocationJob"),
}


def _documented(facts: Facts) -> ActionSet:
    """Return the control writes that AWS documents for the services that may assume the role."""
    sources = _sources(facts)
    found = NO_ACTIONS
    for kind, names in _DOCUMENTED.items():
        if any(may_overlap(source, kind) for source in sources):
            for name in names:
                found |= actions_matching(name)
    return found


def _sources(facts: Facts) -> set[str]:
    """Return the resource parts of ``aws:SourceArn`` in the trust policy, `*` if nothing limits it."""
    found: set[str] = set()
    trust = facts.principal.trust
    for statement in trust.statements if trust else ():
        if statement.effect == "Allow" and bedrock_services(statement):
            tests = [c for c in statement.conditions if has_key((c,), "aws:SourceArn")]
            values = [value for test in tests if passes_named_values_only(test) for value in test.values]
            found.update(resource_part(value) or "*" for value in values or ["*"])
    return found


def check(facts: Facts, _run: Run) -> Iterator[Finding]:
    """Yield the finding of a mixed principal."""
    write, data = facts.planes.control_write, facts.planes.data
    if facts.kind == "service":
        write &= ~_documented(facts)
    if not (write and data):
        return
    control_at, data_at = facts.first(write), facts.first(data)
    if control_at is None or data_at is None:
        return
    both = next((held for held in facts.held if held.mask & write and held.mask & data), None)
    shown_at = both or control_at
    policy = both.policy if both and facts.administrator is None else None
    yield RULE.finding(
        facts,
        shown_at.statement.origin,
        f"{who(facts)} may configure Bedrock ({listing(names_of(write))}) "
        f"and run it ({listing(names_of(data))})",
        _help(facts),
        key=patterns_giving(facts, data if facts.kind in _CONFIGURES else write),
        related=origins(held for held in facts.held if held.mask & (write | data)),
        witness=witness_for(
            facts, control_at, write, f"the same principal may call {listing(names_of(data), 1)}"
        ),
        conditional=facts.only_conditional(write) or facts.only_conditional(data),
        policy=policy,
    )


def _help(facts: Facts) -> str:
    path = facts.principal.construct_path or ""
    name = facts.principal.name
    if "AWS679f53fac002430cb0da5b7982bd2287" in path + name:
        return "the AwsCustomResources of a stack share this role: pass `role=` to those that call Bedrock"
    if facts.kind == "service":
        return "keep what AWS documents for this service role; give other control writes to a deploy role"
    if facts.administrator is not None:
        return (
            "an administrator is on both planes: keep it for people and for the bootstrap, "
            "or make the finding a note with `--admins note`"
        )
    return "give the data actions, on named ARNs, to an app role, and the control actions to a deploy role"
