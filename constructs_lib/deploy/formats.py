"""Write a derived policy: for people, as JSON, as a template of managed policies, as code for the CDK."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.inert import one_line

if TYPE_CHECKING:
    from constructs_lib.deploy.model import DeployPolicy, DeployStatement

__all__ = ["FORMATS", "bootstrap_line", "render"]

FORMATS: Final = ("text", "json", "yaml", "python")
_SHOWN: Final = 4
"""Resources that a line of the text names before it counts the rest."""


def render(policy: DeployPolicy, form: str, *, name: str, environment: tuple[str, str]) -> str:
    """Return a derived policy in a format.

    Args:
        policy: The policy.
        form: One of :data:`FORMATS`. ``json`` has everything; ``yaml`` is a template that makes the managed
            policies; ``python`` makes them with aws-cdk-lib; ``text`` explains.
        name: The managed policies are called ``NAME-1``, ``NAME-2``, ...
        environment: Account and Region, ``*`` where they are not known.

    """
    line = bootstrap_line(policy, name, environment)
    match form:
        case "json":
            return json.dumps(_document(policy, name, line), indent=2) + "\n"
        case "yaml":
            return _yaml(policy, name, line)
        case "python":
            return _python(policy, name, line)
        case _:
            return "\n".join(map(one_line, _text(policy, name, line))) + "\n"


def bootstrap_line(policy: DeployPolicy, name: str, environment: tuple[str, str]) -> str:
    """Return the ``cdk bootstrap`` command that takes the managed policies.

    The boundary of the app's roles is not in it: ``--custom-permissions-boundary`` would put it on the role
    that deploys, which it is not made for.

    https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
    """
    account = "ACCOUNT" if environment[0] == "*" else environment[0]
    region = "REGION" if environment[1] == "*" else environment[1]
    arns = ",".join(f"arn:{_partition(region)}:iam::{account}:policy/{one}" for one in _names(policy, name))
    return f"cdk bootstrap aws://{account}/{region} --cloudformation-execution-policies {arns}"


def _partition(region: str) -> str:
    return {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(region.rsplit("-", 2)[0], "aws")


def _names(policy: DeployPolicy, name: str) -> list[str]:
    return [f"{name}-{number}" for number, _ in enumerate(policy.policies, 1)]


def _document(policy: DeployPolicy, name: str, line: str) -> dict[str, Any]:
    return {
        "schema": "bedrock-planes/deploy-policy/1",
        "policies": [
            {"name": one, "document": document}
            for one, document in zip(_names(policy, name), policy.documents, strict=True)
        ],
        "needed_by": {one.sid: list(one.needed_by) for part in policy.policies for one in part},
        "left": [
            {"action": one.action, "resources": list(one.resources), "why": one.why, "write": one.is_write}
            for one in policy.left
        ],
        "withheld": [{"action": one.action, "by": one.by, "why": one.why} for one in policy.withheld],
        "writes_on_star": len(policy.open_writes),
        "notes": list(policy.notes),
        "bootstrap": line,
    }


def _yaml(policy: DeployPolicy, name: str, line: str) -> str:
    import yaml  # noqa: PLC0415 - 15 ms that the other formats need not pay

    resources = {
        f"Policy{number}": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"ManagedPolicyName": one, "PolicyDocument": document},
        }
        for number, (one, document) in enumerate(zip(_names(policy, name), policy.documents, strict=True), 1)
    }
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}
    # Quoted, two hashes can be written as an escape where a CI runner would take them for a command.
    style = '"' if "##" in line or "##" in json.dumps(template) else None
    text = yaml.safe_dump(template, sort_keys=False, width=1000, default_style=style)
    return f"# After deploying this template:\n# {one_line(line)}\n{text}"


def _python(policy: DeployPolicy, name: str, line: str) -> str:
    lines = [
        '"""The managed policies of CloudFormation\'s execution role."""',
        "",
        "from aws_cdk import aws_iam as iam",
        "from constructs import Construct",
        "",
        f"# {one_line(line)}",
        "",
        "",
        "def deploy_policies(scope: Construct) -> list[iam.ManagedPolicy]:",
        '    """Make the managed policies in a scope."""',
        "    return [",
    ]
    for number, (one, part) in enumerate(zip(_names(policy, name), policy.policies, strict=True), 1):
        lines += [
            "        iam.ManagedPolicy(",
            "            scope,",
            f'            "DeployPolicy{number}",',
            f"            managed_policy_name={json.dumps(one)},",
            "            statements=[",
        ]
        for statement in part:
            lines.append(
                f"                # {one_line(_by(statement))}"
                if statement.needed_by
                else "                # keeps the boundary"
            )
            lines.append(f"                iam.PolicyStatement.from_json({statement.as_json()!r}),")
        lines += ["            ],", "        ),"]
    return "\n".join([*lines, "    ]", ""])


def _by(statement: DeployStatement) -> str:
    ids = [one.rpartition("#")[2] or one for one in statement.needed_by]
    # Stacks made alike have the same logical ids: with their file they are told apart.
    shown = ", ".join(
        name if ids.count(name) == 1 else one.rpartition("/")[2]
        for one, name in zip(statement.needed_by[:_SHOWN], ids, strict=False)
    )
    more = len(statement.needed_by) - _SHOWN
    return f"needed by {shown}" + (f" and {more} more" if more > 0 else "")


def _text(policy: DeployPolicy, name: str, line: str) -> list[str]:
    lines: list[str] = []
    for one, part in zip(_names(policy, name), policy.policies, strict=True):
        lines.append(f"{one}: {len(part)} statements")
        for statement in part:
            lines.append(f"  {statement.effect} {' '.join(statement.actions)}")
            lines += [f"    on {arn}" for arn in statement.resources]
            lines += [f"    if {key} is {' or '.join(values)}" for _, key, values in statement.condition]
            lines.append(
                f"    {_by(statement)}" if statement.needed_by else "    keeps the permissions boundary"
            )
    writes = policy.open_writes
    lines += ["", f"writes left on *: {len(writes)}"]
    lines += [f"  {one.action}: {one.why}" for one in writes]
    kinds = [one for one in policy.left if one.is_write and not one.is_open]
    if kinds:
        lines.append(f"writes held to a kind of resource: {len(kinds)}")
        lines += [f"  {one.action} on {', '.join(one.resources)}: {one.why}" for one in kinds]
    if policy.withheld:
        lines.append("withheld:")
        lines += [f"  {one.action}, called for {one.by}: {one.why}" for one in policy.withheld]
    lines += [f"note: {note}" for note in policy.notes]
    return [*lines, "", line]
