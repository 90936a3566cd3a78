"""The policies of a deploy role, derived from the finished templates of the stacks that it deploys."""

from __future__ import annotations

import json
import weakref
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam

from constructs_lib.catalogue import handlers
from constructs_lib.cdk_support import PlanesError, check_pattern, is_token
from constructs_lib.deploy import DeployError, DeployOptions, deploy_policy
from constructs_lib.templates import TemplateSource, read_templates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from constructs import IConstruct

    from constructs_lib.deploy import DeployPolicy

__all__ = [
    "Deployable",
    "DerivedPolicies",
    "check_arns",
    "check_deploys",
    "check_widening",
    "stack_statement",
]

Deployable = cdk.Stack | cdk.Stage

# What a deployment without the bootstrap's roles calls: what the bootstrap's own role for it has, and reading
# the stack, its events and its template.
# Source: https://github.com/aws/aws-cdk-cli/blob/main/packages/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml
# (DeploymentActionRole), and what each takes:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
_STACK_ACTIONS = (
    "cloudformation:ContinueUpdateRollback",
    "cloudformation:CreateChangeSet",
    "cloudformation:CreateStack",
    "cloudformation:DeleteChangeSet",
    "cloudformation:DeleteStack",
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStacks",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:GetTemplate",
    "cloudformation:RollbackStack",
    "cloudformation:UpdateStack",
    "cloudformation:UpdateTerminationProtection",
)

# What stands for a value that only the deployment knows while the policy is derived, as long as the value is.
_ACCOUNT, _REGION, _PARTITION = "@AccountId@@", "@Region@@@@@@@", "@Partition"
_BOUNDARY = f"arn:{'@Boundary@' * 15}"

# After other aspects, so that fewer of them change what was derived; the templates are seen with all of them.
_PRIORITY = 900


def check_deploys(role_scope: cdk.Stack, deploys: Sequence[Deployable]) -> None:
    """Refuse what can't be deployed with the role.

    Raises:
        PlanesError: It is none, no stack or stage, a nested stack, or holds the role's own stack; or its
            account is another one.

    """
    if not deploys:
        raise PlanesError("`deploys` is empty: list the stacks or stages that are deployed with the role")
    for one in deploys:
        if not isinstance(one, Deployable):
            raise PlanesError(
                f"`deploys` has a value of the type `{type(one).__name__}`: list `cdk.Stack` or `cdk.Stage`"
            )
        if isinstance(one, cdk.NestedStack):
            raise PlanesError(
                f"`deploys` names the nested stack `{one.node.path}`, which is deployed with its parent: "
                "list the parent"
            )
        if any(scope is one for scope in role_scope.node.scopes):
            raise PlanesError(
                f"`deploys` names `{one.node.path or 'the app'}`, which holds the stack "
                f"`{role_scope.node.path}` of the role itself: an administrator deploys that one, so give "
                "the role a stack of its own outside what it deploys"
            )
        account = one.account
        if (
            account is not None
            and not is_token(account)
            and not is_token(role_scope.account)
            and account != role_scope.account
        ):
            raise PlanesError(
                f"`deploys` names `{one.node.path}` of the account {account}, and the role is in "
                f"{role_scope.account}: make a DeployRole in each account"
            )


def check_arns(boundary: object, service_tokens: Sequence[str], asset_key: str | None) -> None:
    """Refuse a boundary, functions and a key that are none, or patterns."""
    if isinstance(boundary, str):
        check_pattern(
            "boundary",
            boundary,
            r"(arn:[\w-]+:iam::\d{12}:policy/)?[\w+=,.@/-]+",
            "pass a managed policy, its name or its ARN, and no pattern",
        )
    for prop, value in (*(("service_tokens", one) for one in service_tokens), ("asset_key", asset_key)):
        kind = "kms" if prop == "asset_key" else "(lambda|sns)"
        check_pattern(
            prop,
            value,
            rf"arn:[\w-]+:{kind}:[\w-]+:\d{{12}}:[^*?\s]+",
            "pass the ARN in full, and no pattern",
        )


def check_widening(types: Sequence[str]) -> None:
    """Refuse resource types of which nothing says what they call."""
    for kind in types:
        row = handlers(kind)
        if row is None or not row.known:
            raise PlanesError(
                f"`types` has the value `{kind}`, of which nothing says what CloudFormation calls for it: "
                "name a type of the CloudFormation registry, such as `AWS::SQS::Queue`"
            )


def _stacks(deploys: Sequence[Deployable]) -> list[cdk.Stack]:
    """Return the stacks in what is deployed, in the order of the construct tree, each once."""
    found: list[cdk.Stack] = []
    for one in deploys:
        for construct in one.node.find_all() if isinstance(one, cdk.Stage) else [one]:
            if not isinstance(construct, cdk.Stack) or isinstance(construct, cdk.NestedStack):
                continue
            if not any(stack is construct for stack in found):
                found.append(construct)
    return found


def stack_statement(role_scope: cdk.Stack, deploys: Sequence[Deployable]) -> dict[str, Any]:
    """Return CloudFormation's actions on the stacks, for a pipeline without the bootstrap's roles."""
    arns = []
    for stack in _stacks(deploys):
        region = role_scope.region if is_token(stack.region) else stack.region
        where = f"arn:{role_scope.partition}:cloudformation:{region}:{role_scope.account}"
        arns.append(f"{where}:stack/{stack.stack_name}/*")
    return {"Sid": "Stacks", "Effect": "Allow", "Action": list(_STACK_ACTIONS), "Resource": arns}


@jsii.implements(cdk.IAspect)
class _Aspect:
    """Calls a function with each construct that is visited; jsii takes no dataclass."""

    def __init__(self, call: Callable[[IConstruct], None]) -> None:
        self._call = call

    def visit(self, node: IConstruct) -> None:
        self._call(node)


@dataclass(eq=False)
class DerivedPolicies:
    """Makes the managed policies of a role when the templates of what it deploys are finished.

    Aspects run before templates are written, so one of these on the role synthesizes what it deploys, with
    everything that other aspects, tags and overrides do, and reads that. The synthesis visits the role again,
    which then waits. Validations run in both.

    Attributes:
        role: The role.
        deploys: What it deploys.
        types: Resource types beside those of the templates.
        boundary: The permissions boundary that what is made must have.
        without_boundary: Whether none is asked for.
        service_tokens: Functions behind custom resources that no template has.
        asset_key: The key of the bootstrap's bucket.
        path: The IAM path of the role, which its policies have too.
        attach: Called with each policy.

    """

    role: iam.Role
    deploys: Sequence[Deployable]
    types: Sequence[str]
    boundary: str | iam.IManagedPolicy | None
    without_boundary: bool
    service_tokens: Sequence[str]
    asset_key: str | None
    path: str
    attach: Callable[[iam.ManagedPolicy], None]
    policies: list[iam.ManagedPolicy] = field(default_factory=list)
    _is_made: bool = False

    _known: ClassVar[weakref.WeakSet[DerivedPolicies]] = weakref.WeakSet()
    """Those of all roles."""
    _started: ClassVar[list[DerivedPolicies]] = []
    """Those that are being made: the last one is synthesizing, for the ones before it."""
    _postponed: ClassVar[list[DerivedPolicies]] = []
    """Those visited meanwhile. The CDK does not visit them again."""

    def install(self) -> None:
        """Wait for the synthesis."""
        aspect: cdk.IAspect = _Aspect(self._visit)
        cdk.Aspects.of(self.role).add(aspect, priority=_PRIORITY)
        self._known.add(self)

    def _visit(self, node: IConstruct) -> None:
        """Make the policies at the first visit of the role, and those that were visited meanwhile."""
        if node is not self.role or self._is_made:
            return
        if self._started:
            self._postponed.append(self)
            return
        try:
            self.ensure()
            while self._postponed:
                self._postponed.pop().ensure()
        finally:
            self._postponed.clear()

    def ensure(self) -> None:
        """Make the policies, after those of the deploy roles that the deployed stacks hold."""
        if self._is_made:
            return
        if self in self._started:
            circle = ", ".join(f"`{one.role.node.path}`" for one in self._started)
            raise PlanesError(
                f"the deploy roles {circle} deploy each other's stacks: leave one of the "
                "stacks out of `deploys`"
            )
        self._started.append(self)
        try:
            stacks = _stacks(self.deploys)
            held = [one for one in self._known if any(cdk.Stack.of(one.role) is stack for stack in stacks)]
            for one in sorted(held, key=lambda each: each.role.node.path):
                one.ensure()
            templates = list(self._templates(stacks))
        finally:
            self._started.remove(self)
        try:
            policy = deploy_policy([*templates, *self._widening(templates)], self._options())
        except DeployError as error:
            raise PlanesError(f"the deploy role `{self.role.node.path}`: {_in_props(str(error))}") from None
        self._make(policy)
        self._is_made = True

    def _templates(self, deployed: Sequence[cdk.Stack]) -> Iterator[TemplateSource]:
        stages: list[tuple[cdk.Stage, list[cdk.Stack]]] = []
        for stack in deployed:
            stage = cdk.Stage.of(stack)
            if stage is None:
                raise PlanesError(
                    f"`deploys` names the stack `{stack.node.path}` outside an app: give it an app as scope"
                )
            for known, stacks in stages:
                if known is stage:
                    stacks.append(stack)
                    break
            else:
                stages.append((stage, [stack]))
        for stage, stacks in stages:
            folder = stage.synth(force=True).directory
            sources, inputs = read_templates([folder])
            if fault := next((one for one in inputs if one.error), None):
                raise PlanesError(f"{fault.path}: {fault.error}")
            by_path = {source.path: source for source in sources}
            wanted = [str(Path(folder, stack.template_file)) for stack in stacks]
            for path in wanted:  # grows by what is nested in it
                if path in by_path:
                    wanted += [one for one in by_path[path].nested.values() if one not in wanted]
                    yield _relative(by_path[path], folder)

    def _widening(self, templates: Sequence[TemplateSource]) -> Iterator[TemplateSource]:
        """Yield a template of the types to be added for each stack; a transform may set any property."""
        resources = {
            f"Type{number}": {"Type": kind, "Properties": {"Fn::Transform": {}}}
            for number, kind in enumerate(self.types, 1)
        }
        nested = {path for one in templates for path in one.nested.values()}
        for one in templates if resources else ():
            if one.path not in nested:
                yield TemplateSource(
                    f"types for {one.stack}", {"Resources": resources}, one.stack, one.account, one.region
                )

    def _options(self) -> DeployOptions:
        stack = cdk.Stack.of(self.role)
        boundary = self.boundary
        if boundary is not None and not isinstance(boundary, str):
            boundary = boundary.managed_policy_arn
        if boundary is not None and is_token(boundary):
            boundary = _BOUNDARY
        own = stack.stack_name[:24]
        partition, account = stack.partition, stack.account
        protected = tuple(
            f"arn:{_PARTITION if is_token(partition) else partition}:iam::"
            f"{_ACCOUNT if is_token(account) else account}:{kind}{self.path}{own}*"
            for kind in ("policy", "role")
        )
        return DeployOptions(
            boundary=boundary,
            without_boundary=self.without_boundary,
            service_tokens=tuple(self.service_tokens),
            asset_key=self.asset_key,
            account=_ACCOUNT if is_token(account) else account,
            region=_REGION if is_token(stack.region) else stack.region,
            partition=_PARTITION if is_token(partition) else partition,
            protected=protected,
        )

    def _make(self, policy: DeployPolicy) -> None:
        values = {_ACCOUNT: cdk.Aws.ACCOUNT_ID, _REGION: cdk.Aws.REGION, _PARTITION: cdk.Aws.PARTITION}
        if self.boundary is not None and not isinstance(self.boundary, str):
            values[_BOUNDARY] = self.boundary.managed_policy_arn
        elif self.boundary is not None:
            values[_BOUNDARY] = self.boundary
        for number, document in enumerate(policy.documents, 1):
            made = iam.ManagedPolicy(
                self.role,
                f"Deploy{number}",
                path=self.path,
                document=iam.PolicyDocument.from_json(_filled(document, values)),
            )
            self.policies.append(made)
            self.attach(made)
        notes = cdk.Annotations.of(self.role)
        for one in policy.withheld:
            notes.add_warning_v2(
                "bedrock-planes:deploy-role-withheld",
                f"{one.by} needs `{one.action}`, which a deploy role never holds: "
                f"{one.why.partition(';')[0]}",
            )
        for note in policy.notes:
            if _BOUNDARY not in note:
                notes.add_warning_v2("bedrock-planes:deploy-role-note", note)


def _filled(document: dict[str, Any], values: dict[str, str]) -> Any:
    """Put the values of the deployment into a document."""

    def filled(node: Any) -> Any:
        if isinstance(node, str):
            for name, value in values.items():
                node = node.replace(name, value)
            return node
        if isinstance(node, list):
            return [filled(item) for item in node]
        return {key: filled(item) for key, item in node.items()} if isinstance(node, dict) else node

    return filled(json.loads(json.dumps(document)))


def _relative(source: TemplateSource, folder: str) -> TemplateSource:
    """Name files as in the assembly, so that messages are the same wherever it is written."""

    def name(path: str) -> str:
        return Path(path).relative_to(folder).as_posix()

    nested = {key: name(path) for key, path in source.nested.items()}
    return replace(source, path=name(source.path), nested=nested)


def _in_props(text: str) -> str:
    """Name the props of the construct where the command has arguments."""
    return (
        text.replace("--boundary NAME", "`boundary=...`")
        .replace("--without-boundary", "`without_boundary=True`")
        .replace("name it with --service-token ARN", "name it with `service_tokens=[...]`")
    )
