"""``bedrock-planes deploy-policy PATH``: the least policy of CloudFormation's execution role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.cli._files import CallError, complain, write
from constructs_lib.deploy import FORMATS
from constructs_lib.inert import one_line

if TYPE_CHECKING:
    import argparse

    from constructs_lib.iam import Policy
    from constructs_lib.templates import TemplateSource

__all__ = ["configure", "run"]

_EPILOG = """\
examples:
  bedrock-planes deploy-policy cdk.out --boundary DataPlaneBoundary --format yaml --output policies.yaml
  bedrock-planes deploy-policy cdk.out --deployed deployed-cdk.out --without-boundary
  bedrock-planes deploy-policy cdk.out --boundary DataPlaneBoundary --check deployed-policy.json

exit status: 0 derived, or the deployed policy is the same; 1 the deployed policy differs; 2 wrong input
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``deploy-policy``."""
    parser.description = "Derive the least policy with which CloudFormation deploys templates."
    parser.epilog = _EPILOG
    add = parser.add_argument
    add(
        "paths",
        metavar="PATH",
        nargs="+",
        help="a cdk.out folder or a template; several are deployed together",
    )
    add(
        "--deployed",
        metavar="OLD",
        action="append",
        default=[],
        help="what is deployed now: adds what updating and rolling back needs",
    )
    add(
        "--check",
        metavar="FILE",
        action="append",
        default=[],
        help="compare with a deployed policy, or with a role of an account export",
    )
    add("--principal", metavar="NAME", help="with --check: the role of the export")
    add("--boundary", metavar="NAME|ARN", help="the permissions boundary that every role and user must have")
    add(
        "--without-boundary",
        action="store_true",
        help="accept that templates may make roles with any permission",
    )
    add(
        "--data-action",
        metavar="ACTION",
        action="append",
        default=[],
        help="hold this data action of Bedrock where a handler calls it",
    )
    add(
        "--service-token",
        metavar="ARN",
        action="append",
        default=[],
        help="a function or topic of custom resources and macros that is not in the templates",
    )
    add("--asset-key", metavar="ARN", help="the KMS key of the bootstrap's bucket")
    add("--account", metavar="ID", help="for templates that don't say")
    add("--region", metavar="NAME", help="for templates that don't say")
    add("--stack", metavar="NAME", help="the stack's name, for templates outside a cdk.out folder")
    add(
        "--name",
        metavar="NAME",
        default="CdkDeploy",
        help="the managed policies are NAME-1, NAME-2, ... (default: CdkDeploy)",
    )
    add("--format", choices=FORMATS, default="text", help="default: text")
    add("--output", metavar="FILE", help="default: standard output")


def run(args: argparse.Namespace) -> int:
    """Derive the policy and print it, or what differs from the deployed one."""
    from constructs_lib.deploy import (  # noqa: PLC0415 - after --help
        DeployError,
        DeployOptions,
        check,
        deploy_policy,
        render,
    )

    try:
        _validate(args)
        templates = _templates(args.paths)
        options = DeployOptions(
            deployed=_templates(args.deployed) if args.deployed else (),
            boundary=args.boundary,
            without_boundary=args.without_boundary,
            data_actions=frozenset(args.data_action),
            service_tokens=tuple(args.service_token),
            asset_key=args.asset_key,
            account=args.account,
            region=args.region,
            stack=args.stack,
        )
        policy = deploy_policy(templates, options)
        for one in (
            *(f"{item.action} is withheld, called for {item.by}: {item.why}" for item in policy.withheld),
            *policy.notes,
        ):
            complain("deploy-policy", one)
        if args.check:
            found = check(policy, _deployed(args.check, args.principal))
            lines = [f"{one_line(line)}\n" for line in (*found.lacks, *found.superfluous)]
            write(lines or ["the deployed policy is what the templates need\n"], args.output, "text")
            return int(bool(found))
        environment = _environment(templates, args)
        text = render(policy, args.format, name=args.name, environment=environment)
        write([text], args.output, args.format)
    except (CallError, DeployError) as error:
        complain("deploy-policy", str(error))
        return 2
    return 0


def _validate(args: argparse.Namespace) -> None:
    """Refuse what can't be meant.

    Raises:
        CallError: It says which argument, and what to give.

    """
    import re  # noqa: PLC0415 - after --help

    from constructs_lib.catalogue import Plane, actions  # noqa: PLC0415 - after --help

    if args.boundary and args.without_boundary:
        message = "--boundary and --without-boundary exclude each other; give one"
        raise CallError(message)
    if args.account and not re.fullmatch(r"\d{12}", args.account):
        message = f"--account takes 12 digits, got `{args.account}`"
        raise CallError(message)
    if args.region and not re.fullmatch(r"[a-z]{2,}(-[a-z]+)+-\d+", args.region):
        message = f"--region takes the name of a Region such as `us-east-1`, got `{args.region}`"
        raise CallError(message)
    if args.principal and not args.check:
        message = "--principal is for --check; give the file to compare with"
        raise CallError(message)
    for name in args.data_action:
        known = actions().get(name)
        if known is None or known.plane is not Plane.DATA:
            message = f"--data-action takes an action on Bedrock's data plane, got `{name}`"
            raise CallError(message)
    for arn in (*args.service_token, *([args.asset_key] if args.asset_key else [])):
        if not re.fullmatch(r"arn:[\w-]+:(?:lambda|sns|kms):[\w-]+:\d{12}:\S+", arn):
            message = f"`{arn}` is not the ARN of a function, topic or key; give it in full"
            raise CallError(message)


def _templates(paths: list[str]) -> list[TemplateSource]:
    """Return the templates under the paths.

    Raises:
        CallError: One can't be read, or there is none.

    """
    from constructs_lib.templates import read_templates  # noqa: PLC0415 - after --help

    sources, inputs = read_templates(paths)
    for item in inputs:
        if item.error is not None:
            message = f"{item.path}: {item.error}"
            raise CallError(message)
    if not sources:
        message = f"{paths[0]}: no template; give a cdk.out folder or a template"
        raise CallError(message)
    return sources


def _environment(templates: list[TemplateSource], args: argparse.Namespace) -> tuple[str, str]:
    account = next((one.account for one in templates if one.account), args.account)
    region = next((one.region for one in templates if one.region), args.region)
    return account or "*", region or "*"


def _deployed(paths: list[str], wanted: str | None) -> list[Policy]:
    """Return the deployed policies: documents, or those of one role of an account export.

    Raises:
        CallError: A file can't be read, or it is not clear which role is meant.

    """
    from constructs_lib.templates import read  # noqa: PLC0415 - only with --check

    model = read(paths)
    for item in model.inputs:
        if item.error is not None:
            message = f"{item.path}: {item.error}"
            raise CallError(message)
    found = [one for one in model.principals if one.policies]
    if wanted is not None:
        found = [one for one in found if one.name == wanted]
        if not found:
            message = f"no principal `{wanted}` with a policy in {', '.join(paths)}; check its name"
            raise CallError(message)
    roles = [one for one in found if one.type not in {"policy", "unattached"}]
    if len(roles) > 1:
        shown = ", ".join(f"`{one.name}`" for one in roles[:3])
        message = f"{paths[0]} has {len(roles)} principals ({shown}, ...); name the role with --principal"
        raise CallError(message)
    return [policy for one in (roles or found) for policy in one.policies]
