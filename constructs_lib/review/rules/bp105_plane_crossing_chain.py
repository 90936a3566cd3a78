"""A principal that runs Bedrock can become one that configures it.

## What it does
Follows the roles that a data principal can become, step by step. A step is one of these:

- `sts:AssumeRole` on a role whose trust policy allows the principal. A trust policy of the same account that
  names the principal itself, a session of it, or everybody needs no `sts:AssumeRole`.
- `iam:PassRole` together with an action that creates something that runs as the role (a Lambda function, an
  agent, an ECS task, a state machine, an instance, a stack, ...), where the role trusts that service.
- Without `iam:PassRole`, an action on something that runs as a role already: code, settings or invocation of
  a Lambda function; a build of a CodeBuild project; a run of a Glue job, a Batch job or a state machine;
  commands in an ECS task or on an instance; a notebook; access to an EKS cluster; code in a code interpreter,
  commands and shells in a runtime, browsers and gateways of AgentCore; integrations of API Gateway and
  AppSync; an update of a CloudFormation stack or StackSet, which uses the service role that it has.

A path that ends at a principal with control writes is reported with every step. For a data principal that
reaches more than 25 such principals, the 25 with the shortest paths are reported. Other paths from control to
data are not reported, since a principal that configures Bedrock can always create something that runs it; but
a deploy or operator role that may start something that runs models is a note, unless it also deploys the
code of what it starts.

## Why is this bad?
Neither role is mixed, and both pass every check that looks at one role at a time. But whoever takes over the
application can also use the permissions of the deployment.

## Example
```json
{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::111122223333:role/*"}
```

## Use instead
List the roles that the application may assume or pass. Give the deploy role a trust policy that the
application does not match: one that names single roles, or one with a condition on `aws:PrincipalTag`.

## Known limits
Steps through services that are not in the table of ways are not seen, nor those through resources that the
input doesn't have, and no code is followed to the roles it may assume. Conditions on the step's own statement
count as met.

## References
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html
- https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
- https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
- https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/security-credentials-management.html
"""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.review.rules.authoring import Graph, Rule, Run, Step, Walk, Witness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.rules.authoring import Finding, Node


__all__ = ["RULE", "check"]

RULE = Rule(
    "BP105",
    "plane-crossing-chain",
    "error",
    "a principal that runs Bedrock can become one that configures it",
    __name__,
    "run",
)

# A principal that may pass every role reaches each one that configures Bedrock; a few show enough.
_MOST = 25


class _Path(NamedTuple):
    start: Node
    steps: tuple[Step, ...]


def check(run: Run) -> Iterator[Finding]:
    """Yield one finding per data principal and control principal that it reaches, and the notes."""
    if not any(node.control_write for node in run.nodes):
        return
    graph = Graph(run.nodes, run.runners, run.started)
    for start in run.nodes:
        if start.kind in {"deploy", "operator"} and not start.data:
            yield from (_note(start, step) for step in graph.invoke(start) if step.target.data)
        if start.verdict == "data" and start.data and graph.leads_on(start):
            yield from (_finding(path) for path in islice(_paths(start, graph.walk()), _MOST))


def _paths(start: Node, walk: Walk) -> Iterator[_Path]:
    """Search breadth first, so that each control principal is reached by a shortest path."""
    seen = {start.id}
    queue = deque([_Path(start, ())])
    while queue:
        path = queue.popleft()
        here = path.steps[-1].target if path.steps else start
        for step in walk.steps(here):
            if step.target.id in seen:
                continue
            seen.add(step.target.id)
            longer = _Path(start, (*path.steps, step))
            if step.target.control_write:
                yield longer
            else:
                queue.append(longer)


def _note(start: Node, step: Step) -> Finding:
    return RULE.finding(
        start,
        step.origin,
        f"{start.kind} {start.label} may not run Bedrock, but can {step.how} {step.target.label}, which may",
        f"name in `Resource` what {start.label} has to start, without what runs models",
        key=("starts", step.target.name),
        severity="note",
        related=(step.target.origin,),
        conditional=start.conditional or step.conditional,
    )


def _finding(path: _Path) -> Finding:
    start, end = path.start, path.steps[-1].target
    way = ", then ".join(f"{step.how} {step.target.label}" for step in path.steps)
    first = path.steps[0]
    return RULE.finding(
        start,
        first.origin,
        f"{start.label} may run Bedrock and can become {end.label}, which may configure it: it can {way}",
        f"list the roles that {start.label} may assume or pass, and narrow the trust policy of {end.label}",
        key=(end.name,),
        related=(*(step.origin for step in path.steps[1:]), end.trust.origin if end.trust else end.origin),
        witness=Witness(first.action, first.resource, f"{first.how} {first.target.label}")
        if first.resource
        else None,
        conditional=start.conditional or any(step.conditional for step in path.steps),
    )
