"""Read ``terraform show -json``: a plan or a state, of Terraform or OpenTofu.

https://developer.hashicorp.com/terraform/internals/json-format
A plan lists what will exist in ``planned_values``, without the values that are known only after the apply.
Where such a value names another resource of the plan, the ``configuration`` says which one; all others are
said to be unknown. A policy document that Terraform assembles during the apply is put together from its
statements.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.iam import RUNS_AS, UNRESOLVED, DocumentError, Origin, Policy, parse_document
from constructs_lib.templates.faults import one_line
from constructs_lib.templates.model import Incomplete, Resource
from constructs_lib.templates.principals import (
    CustomerPolicies,
    CustomerPolicy,
    Draft,
    aws_managed,
    is_aws_managed,
)
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.templates.model import Principal, PrincipalType

__all__ = ["TerraformReading", "read_terraform"]

_TRUST: Final = "trust"
_ANYBODY: Final = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": UNRESOLVED}
_UNKNOWN: Final = "known only after `terraform apply`"
_PRINCIPALS: Final[dict[str, PrincipalType]] = {
    "aws_iam_role": "role",
    "aws_iam_user": "user",
    "aws_iam_group": "group",
    "aws_ssoadmin_permission_set": "permission-set",
}
# Type -> attribute that names the principal, its type, attribute of the document.
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy, and the others
_INLINE: Final[dict[str, tuple[str, PrincipalType, str]]] = {
    "aws_iam_role_policy": ("role", "role", "policy"),
    "aws_iam_user_policy": ("user", "user", "policy"),
    "aws_iam_group_policy": ("group", "group", "policy"),
    "aws_ssoadmin_permission_set_inline_policy": ("permission_set_arn", "permission-set", "inline_policy"),
}
# Type -> attributes that name principals with their types, attribute of the managed policies.
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_policy_attachment
_ATTACHMENTS: Final[dict[str, tuple[tuple[tuple[str, PrincipalType], ...], str]]] = {
    "aws_iam_role_policy_attachment": ((("role", "role"),), "policy_arn"),
    "aws_iam_user_policy_attachment": ((("user", "user"),), "policy_arn"),
    "aws_iam_group_policy_attachment": ((("group", "group"),), "policy_arn"),
    "aws_iam_policy_attachment": ((("roles", "role"), ("users", "user"), ("groups", "group")), "policy_arn"),
    "aws_iam_role_policy_attachments_exclusive": ((("role_name", "role"),), "policy_arns"),
    "aws_iam_user_policy_attachments_exclusive": ((("user_name", "user"),), "policy_arns"),
    "aws_iam_group_policy_attachments_exclusive": ((("group_name", "group"),), "policy_arns"),
    "aws_ssoadmin_managed_policy_attachment": (
        (("permission_set_arn", "permission-set"),),
        "managed_policy_arn",
    ),
}
_CUSTOMER: Final = "aws_ssoadmin_customer_managed_policy_attachment"
_BOUNDARY: Final = "aws_ssoadmin_permissions_boundary_attachment"
_MEMBERSHIPS: Final = {
    "aws_iam_group_membership": ("users", "group"),
    "aws_iam_user_group_membership": ("user", "groups"),
}
# Types that may carry policies, deploy templates or make principals, and are not read.
_UNREAD: Final = re.compile(
    r"awscc_(iam|sso|bedrock|organizations|ec2_vpc_endpoint|cloudformation)|aws_bedrock"
    r"|aws_cloudformation_(stack|stack_set)\Z|aws_servicecatalog_provisioned_product\Z"
)
# What carries a policy of its own -> CloudFormation's type, the property and the attribute of the document.
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_endpoint and
# .../organizations_policy; a policy of an endpoint may be a resource of its own, .../vpc_endpoint_policy
_CARRIES: Final = {
    "aws_vpc_endpoint": ("AWS::EC2::VPCEndpoint", "PolicyDocument", "policy"),
    "aws_organizations_policy": ("AWS::Organizations::Policy", "Content", "content"),
}
_ENDPOINT_POLICY: Final = "aws_vpc_endpoint_policy"
# What runs as a role -> CloudFormation's type, the attribute with the role, those that become properties, and
# the end of the ARN, whose name is one of them.
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function, and the others
_RUNS: Final[dict[str, tuple[str, str, dict[str, str], str]]] = {
    "aws_lambda_function": (
        "AWS::Lambda::Function",
        "role",
        {"arn": "Arn"},
        "lambda:function:{function_name}",
    ),
    "aws_sfn_state_machine": (
        "AWS::StepFunctions::StateMachine",
        "role_arn",
        {"arn": "Arn"},
        "states:stateMachine:{name}",
    ),
    "aws_codebuild_project": (
        "AWS::CodeBuild::Project",
        "service_role",
        {"arn": "Arn"},
        "codebuild:project/{name}",
    ),
    "aws_glue_job": ("AWS::Glue::Job", "role_arn", {"arn": "Arn"}, "glue:job/{name}"),
    "aws_sagemaker_notebook_instance": (
        "AWS::SageMaker::NotebookInstance",
        "role_arn",
        {"arn": "Arn"},
        "sagemaker:notebook-instance/{name}",
    ),
    "aws_ecs_task_definition": ("AWS::ECS::TaskDefinition", "task_role_arn", {}, ""),
    "aws_eks_pod_identity_association": (
        "AWS::EKS::PodIdentityAssociation",
        "role_arn",
        {"cluster_name": "ClusterName"},
        "",
    ),
    "aws_bedrockagentcore_agent_runtime": (
        "AWS::BedrockAgentCore::Runtime",
        "role_arn",
        {"agent_runtime_arn": "AgentRuntimeArn"},
        "",
    ),
    "aws_bedrockagentcore_code_interpreter": (
        "AWS::BedrockAgentCore::CodeInterpreterCustom",
        "execution_role_arn",
        {"code_interpreter_arn": "CodeInterpreterArn"},
        "",
    ),
    "aws_bedrockagentcore_browser": (
        "AWS::BedrockAgentCore::BrowserCustom",
        "execution_role_arn",
        {"browser_arn": "BrowserArn"},
        "",
    ),
    "aws_bedrockagentcore_gateway": (
        "AWS::BedrockAgentCore::Gateway",
        "role_arn",
        {"gateway_arn": "GatewayArn"},
        "",
    ),
}
_ROLE_OF: Final = {row.type: row.role for row in RUNS_AS}
_STEP: Final = re.compile(r"module\.([^.\[\]]+)(\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\])?\.")
_PART: Final = re.compile(r"[.\[]")
_RESOURCE: Final = re.compile(r"((?:data\.)?[\w-]+\.[\w-]+)(\[[^\]]*\])?")
_OUTPUT: Final = re.compile(r"module\.([^.\[]+)(\[[^\]]*\])?\.([\w-]+)")
_MAX_STEPS: Final = 200


@dataclass(frozen=True, slots=True)
class TerraformReading:
    """What was read of one plan or state, and what of it was not.

    ``resources`` are those that run as a role or carry a policy, as CloudFormation's types.
    """

    principals: tuple[Principal, ...]
    resources: tuple[Resource, ...]
    incomplete: tuple[Incomplete, ...]


@dataclass(frozen=True, slots=True)
class _Resource:
    """A resource of a plan or state."""

    address: str
    type: str
    module: str  # the address of its module with the dot behind it, "" for the root
    own: str  # the address in its module, without the index
    index: str  # `[0]`, `["key"]` or ""
    values: dict[str, Any]
    unknown: dict[str, Any]  # `after_unknown`
    expressions: dict[str, Any]  # of the configuration
    configured: bool  # whether the configuration is known
    pointer: str

    @property
    def name(self) -> str:
        """The name in the configuration, with the index."""
        return self.own.rpartition(".")[2] + self.index

    def at(self, *steps: str | int) -> str:
        """Return the pointer of a value."""
        return "/".join([self.pointer, "values", *map(str, steps)])

    def is_open(self, attribute: str) -> bool:
        """Whether the configuration sets an attribute whose value is not known yet."""
        if self.values.get(attribute) not in (None, [], ""):
            return False
        asked = attribute in self.expressions if self.configured else True
        return bool(asked and self.unknown.get(attribute))


@dataclass(slots=True)
class _Reader:
    path: str
    body: dict[str, Any]
    resources: dict[str, _Resource] = field(default_factory=dict)
    declared: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)  # by module, cached
    modules: dict[str, None] = field(default_factory=dict)  # addresses, in the plan's order
    by_own: dict[str, list[_Resource]] = field(default_factory=dict)  # by module and own address
    drafts: dict[str, Draft] = field(default_factory=dict)  # by address
    named: dict[tuple[PrincipalType, str], list[Draft]] = field(default_factory=dict)
    customer: CustomerPolicies = field(default_factory=CustomerPolicies)
    policies: dict[str, CustomerPolicy] = field(default_factory=dict)  # by address
    attached: dict[str, set[str]] = field(default_factory=dict)  # inline names and ARNs by id of the draft
    incomplete: list[Incomplete] = field(default_factory=list)

    def load(self) -> None:
        """Find the resources of all modules, with what the plan says about each."""
        unknown = {
            item["address"]: mapping(mapping(item.get("change")).get("after_unknown"))
            for item in map(mapping, _list(self.body.get("resource_changes")))
            if isinstance(item.get("address"), str)
        }
        part = "planned_values" if "planned_values" in self.body else "values"
        todo = [(mapping(mapping(self.body.get(part)).get("root_module")), f"/{part}/root_module")]
        while todo:
            module, base = todo.pop()
            for index, item in enumerate(map(mapping, _list(module.get("resources")))):
                self._add(item, f"{base}/resources/{index}", unknown)
            children = _list(module.get("child_modules"))
            todo += [
                (mapping(child), f"{base}/child_modules/{index}") for index, child in enumerate(children)
            ][::-1]

    def _add(self, item: dict[str, Any], pointer: str, unknown: dict[str, dict[str, Any]]) -> None:
        address, kind = item.get("address"), item.get("type")
        if not isinstance(address, str) or not isinstance(kind, str):
            return
        start = 0
        while (step := _STEP.match(address, start)) is not None:
            start = step.end()
        index = item.get("index")
        suffix = f"[{json.dumps(index)}]" if index is not None else ""
        own = address[start:].removesuffix(suffix)
        module = address[:start]
        declared = self._declared(module).get(own)
        resource = _Resource(
            address,
            kind,
            module,
            own,
            suffix,
            mapping(item.get("values")),
            unknown.get(address, {}),
            declared or {},
            declared is not None,
            pointer,
        )
        self.resources[address] = resource
        self.modules[module] = None
        self.by_own.setdefault(module + own, []).append(resource)

    def _module_config(self, module: str) -> dict[str, Any]:
        config = mapping(mapping(self.body.get("configuration")).get("root_module"))
        for step in _STEP.finditer(module):
            config = mapping(mapping(mapping(config.get("module_calls")).get(step[1])).get("module"))
        return config

    def _declared(self, module: str) -> dict[str, dict[str, Any]]:
        """Return the expressions of a module's resources by own address."""
        known = self.declared.get(module)
        if known is None:
            listed = map(mapping, _list(self._module_config(module).get("resources")))
            known = {str(item.get("address")): mapping(item.get("expressions")) for item in listed}
            self.declared[module] = known
        return known

    # What a value that is not known refers to.

    def _referred(self, resource: _Resource, node: Any) -> list[_Resource]:
        """Return the resources that an expression refers to; with equal indexes, only that one."""
        found = dict.fromkeys(r.address for r in self._targets(resource.module, node, set()))
        targets = [self.resources[address] for address in found]
        same = [r for r in targets if r.index == resource.index and r.module == resource.module]
        return same if resource.index and len(same) == 1 else targets

    def _targets(self, module: str, node: Any, seen: set[tuple[str, str]]) -> Iterator[_Resource]:
        covered: set[str] = set()
        for reference in _references(node):
            # After a reference the list has the shorter ones that it includes.
            if reference in covered or (module, reference) in seen or len(seen) > _MAX_STEPS:
                continue
            covered.update(reference[: match.start()] for match in _PART.finditer(reference))
            seen.add((module, reference))
            yield from self._target(module, reference, seen)

    def _target(self, module: str, reference: str, seen: set[tuple[str, str]]) -> Iterator[_Resource]:
        """Yield the resources behind one reference: through variables and outputs of modules."""
        head, _, rest = reference.partition(".")
        if head == "var":
            above, call = _above(module)
            if call is not None:
                config = mapping(mapping(self._module_config(above).get("module_calls")).get(call))
                yield from self._targets(above, mapping(config.get("expressions")).get(rest), seen)
        elif head == "module":
            yield from self._behind_output(module, reference, seen)
        elif (match := _RESOURCE.match(reference)) is not None:
            for resource in self.by_own.get(module + match[1], []):
                if match[2] is None or match[2] == resource.index:
                    yield resource

    def _behind_output(self, module: str, reference: str, seen: set[tuple[str, str]]) -> Iterator[_Resource]:
        match = _OUTPUT.match(reference)
        if match is None:
            return
        called = f"{module}module.{match[1]}"
        output = mapping(mapping(self._module_config(f"{called}.").get("outputs")).get(match[3]))
        for name in self.modules:
            if _is_instance(name, called, match[2]):
                yield from self._targets(name, output.get("expression"), seen)

    # Documents.

    def _document(
        self, resource: _Resource, value: Any, node: Any, name: str, *steps: str | int
    ) -> tuple[Policy, list[Incomplete]]:
        """Read a document, or put one together that Terraform knows only after the apply."""
        pointer = resource.at(*steps)
        if value is None:
            sources = [
                r for r in self._referred(resource, node) if r.own.startswith("data.aws_iam_policy_document.")
            ]
            if len(sources) == 1 and _list(sources[0].values.get("statement")):
                return self._assembled(sources[0], name)
            why = f"policy `{name[:100]}` is {_UNKNOWN}"
            policy = Policy(name, (), Origin(self.path, pointer))
            if name == _TRUST:  # the worst case: anybody
                policy, _ = self._parsed({"Statement": _ANYBODY}, name, pointer)
            return policy, [Incomplete(pointer, why)]
        return self._parsed(value, name, pointer)

    def _parsed(self, value: Any, name: str, pointer: str) -> tuple[Policy, list[Incomplete]]:
        try:
            return parse_document(
                value, name=name, path=self.path, pointer=pointer, unresolved=(_UNKNOWN,)
            ), []
        except DocumentError as error:
            fault = Incomplete(error.pointer, one_line(f"{error.what}; {error.remedy}"))
            return Policy(name, (), Origin(self.path, pointer)), [fault]

    def _assembled(self, source: _Resource, name: str) -> tuple[Policy, list[Incomplete]]:
        """Put a document together from the statements of a data source.

        https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
        """
        opened = source.unknown.get("statement")
        statements = [
            _statement(mapping(item), mapping(_list(opened)[index] if index < len(_list(opened)) else None))
            for index, item in enumerate(_list(source.values.get("statement")))
        ]
        policy, incomplete = self._parsed({"Statement": statements}, name, source.at())
        for merged in (
            "source_policy_documents",
            "override_policy_documents",
            "source_json",
            "override_json",
        ):
            for value in _list(source.values.get(merged)) or [source.values.get(merged)]:
                if isinstance(value, str) and value:
                    more, faults = self._parsed(value, name, source.at(merged))
                    policy = replace(policy, statements=policy.statements + more.statements)
                    incomplete += faults
            if source.unknown.get(merged):
                incomplete.append(
                    Incomplete(source.at(merged), f"a part of policy `{name[:100]}` is {_UNKNOWN}")
                )
        return policy, incomplete

    # Principals and policies.

    def define(self) -> None:
        for resource in self.resources.values():
            if resource.type == "aws_iam_policy" and not resource.own.startswith("data."):
                expression = resource.expressions.get("policy")
                policy, incomplete = self._document(
                    resource, resource.values.get("policy"), expression, resource.name, "policy"
                )
                managed = CustomerPolicy(policy, incomplete, None, None, resource.name)
                self.policies[resource.address] = managed
                self.customer.add(_arn(resource, "policy"), managed)
            elif resource.type in _PRINCIPALS and not resource.own.startswith("data."):
                self._define(resource, _PRINCIPALS[resource.type])

    def _define(self, resource: _Resource, kind: PrincipalType) -> None:
        arn = _arn(resource, kind)
        account = _account(arn)
        tags = mapping(resource.values.get("tags_all")) or mapping(resource.values.get("tags"))
        draft = Draft(
            id=f"{self.path}#{resource.address}",
            name=resource.name,
            type=kind,
            arn=arn,
            origin=Origin(self.path, resource.pointer),
            environment=f"{account}/unknown" if account else "unknown",
            tags={key: value for key, value in tags.items() if isinstance(value, str)},
        )
        self.drafts[resource.address] = draft
        name = resource.values.get("arn" if kind == "permission-set" else "name")
        if isinstance(name, str):
            self.named.setdefault((kind, name), []).append(draft)

    def running(self) -> Iterator[Resource]:
        """Yield what runs as a role: its ARN, its role, and no other property."""
        for resource in self.resources.values():
            if resource.type not in _RUNS or resource.own.startswith("data."):
                continue
            kind, role, attributes, ending = _RUNS[resource.type]
            found = {prop: resource.values.get(name) for name, prop in attributes.items()}
            if ending and not isinstance(found["Arn"], str):
                found["Arn"] = _arn_of(resource, ending)
            texts = {prop: text if isinstance(text, str) else UNRESOLVED for prop, text in found.items()}
            for named in self._roles(resource, role):
                properties = {**texts, _ROLE_OF[kind]: named}
                yield Resource(kind, resource.address, Origin(self.path, resource.pointer), properties)

    def carrying(self) -> Iterator[Resource]:
        """Yield what carries a policy of its own, with the policy if there is one."""
        apart = self._endpoint_policies()
        for resource in self.resources.values():
            if resource.type not in _CARRIES or resource.own.startswith("data."):
                continue
            kind, prop, attribute = _CARRIES[resource.type]
            source = apart.get(resource.address, resource)
            value = source.values.get("policy" if source is not resource else attribute)
            if (value is None and source is not resource) or source.is_open(attribute):
                why = f"the policy of `{resource.address[:200]}` is {_UNKNOWN}"
                self.incomplete.append(Incomplete(resource.pointer, why))
                continue
            service = resource.values.get("service_name")
            properties = {"ServiceName": service} if isinstance(service, str) else {}
            if value is not None and value != "":
                properties[prop] = value
            yield Resource(
                kind,
                resource.address,
                Origin(self.path, resource.pointer),
                properties,
                pointers={prop: source.at(attribute)},
            )

    def _endpoint_policies(self) -> dict[str, _Resource]:
        """Return the policies that are resources of their own, by the address of the endpoint."""
        endpoints = {
            r.values["id"]: r
            for r in self.resources.values()
            if r.type == "aws_vpc_endpoint" and isinstance(r.values.get("id"), str)
        }
        found: dict[str, _Resource] = {}
        for resource in self.resources.values():
            if resource.type != _ENDPOINT_POLICY:
                continue
            named = endpoints.get(str(resource.values.get("vpc_endpoint_id")))
            referred = self._referred(resource, resource.expressions.get("vpc_endpoint_id"))
            targets = [named] if named else [r for r in referred if r.type == "aws_vpc_endpoint"]
            found.update((target.address, resource) for target in targets)
            if not targets:
                why = f"the endpoint of `{resource.address[:200]}` is not known, so its policy is not read"
                self.incomplete.append(Incomplete(resource.pointer, why))
        return found

    def _roles(self, resource: _Resource, attribute: str) -> Iterator[str]:
        """Yield the ARN or the name of the role in an attribute."""
        value = resource.values.get(attribute)
        if isinstance(value, str):
            yield value
        elif value is None:
            for target in self._referred(resource, resource.expressions.get(attribute)):
                if target.type == "aws_iam_role" and isinstance(target.values.get("name"), str):
                    yield target.values["name"]

    def attach(self) -> None:
        """Attach the policies that are resources of their own, then those in the principals' attributes."""
        for resource in self.resources.values():
            if not resource.own.startswith("data."):
                self._attach(resource)
        for address, draft in list(self.drafts.items()):
            if address in self.resources:
                self._own(draft, self.resources[address])

    def _attach(self, resource: _Resource) -> None:
        kind = resource.type
        if kind in _INLINE:
            self._inline(resource)
        elif kind in _ATTACHMENTS:
            targets, attribute = _ATTACHMENTS[kind]
            for target, target_kind in targets:
                for draft, certain in self._principals(resource, target, target_kind):
                    self._managed_listed(draft, resource, attribute, certain=certain)
        elif kind in {_CUSTOMER, _BOUNDARY}:
            for draft, certain in self._principals(resource, "permission_set_arn", "permission-set"):
                self._attach_to_set(draft, resource, certain=certain)
        elif kind in _MEMBERSHIPS:
            users, groups = _MEMBERSHIPS[kind]
            joined = self._principals(resource, groups, "group")
            for draft, _ in self._principals(resource, users, "user"):
                draft.groups += [group.id for group, _ in joined]
        elif _UNREAD.match(kind):
            why = f"`{resource.address[:200]}` may carry policies and is not read"
            self.incomplete.append(Incomplete(resource.pointer, why))

    def _attach_to_set(self, draft: Draft, resource: _Resource, *, certain: bool) -> None:
        """Attach a customer managed policy, or a boundary, to a permission set."""
        reference = "customer_managed_policy_reference"
        if resource.type == _CUSTOMER:
            for item in _list(resource.values.get(reference)):
                self._managed(draft, _named_policy(item), resource.at(), certain=certain)
            return
        for item in map(mapping, _list(resource.values.get("permissions_boundary"))):
            arn = item.get("managed_policy_arn")
            own = next(iter(_list(item.get(reference))), None)
            self._bound(draft, arn if isinstance(arn, str) and arn else _named_policy(own), resource.at())

    def _inline(self, resource: _Resource) -> None:
        target, kind, attribute = _INLINE[resource.type]
        name = resource.values.get("name")
        shown = name if isinstance(name, str) else resource.name
        policy, incomplete = self._document(
            resource, resource.values.get(attribute), resource.expressions.get(attribute), shown, attribute
        )
        for draft, certain in self._principals(resource, target, kind):
            draft.add(_conditional(policy, certain=certain), incomplete)
            self.attached.setdefault(draft.id, set()).add(shown)

    def _principals(
        self, resource: _Resource, attribute: str, kind: PrincipalType
    ) -> list[tuple[Draft, bool]]:
        """Return the principals that an attribute names, each with whether it is certainly meant."""
        value = resource.values.get(attribute)
        names = [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]
        found = [(draft, True) for name in names for draft in self._by_name(resource, name, kind)]
        if resource.is_open(attribute) or (isinstance(value, list) and None in value):
            targets = [
                self.drafts[r.address]
                for r in self._referred(resource, resource.expressions.get(attribute))
                if r.address in self.drafts and self.drafts[r.address].type == kind
            ]
            certain = len(targets) == 1 or attribute in {"roles", "users", "groups"}
            known = {draft.id for draft, _ in found}
            found += [(draft, certain) for draft in targets if draft.id not in known]
            if not targets:
                draft = self._external(resource, UNRESOLVED, kind)
                draft.note([Incomplete(resource.at(attribute), f"attached to a {kind} that is {_UNKNOWN}")])
                found.append((draft, True))
        return found

    def _by_name(self, resource: _Resource, name: str, kind: PrincipalType) -> list[Draft]:
        drafts = self.named.get((kind, name), [])
        return drafts or [self._external(resource, name, kind)]

    def _external(self, resource: _Resource, name: str, kind: PrincipalType) -> Draft:
        """Return the principal that is only named; an unknown one is another for each resource."""
        shown = name if name != UNRESOLVED else f"?@{resource.address}"
        address = f"external:{shown}"
        draft = self.drafts.get(address)
        if draft is None:
            arn = name if name.startswith("arn:") else f"arn:{UNRESOLVED}:iam::{UNRESOLVED}:{kind}/{name}"
            draft = Draft(
                f"{self.path}#{address}", address, "external", arn, Origin(self.path, resource.pointer)
            )
            self.drafts[address] = draft
            if name != UNRESOLVED:
                self.named.setdefault((kind, name), []).append(draft)
        return draft

    def _own(self, draft: Draft, resource: _Resource) -> None:
        """Attach what a principal has in its own attributes."""
        if draft.type == "role":
            value, node = (
                resource.values.get("assume_role_policy"),
                resource.expressions.get("assume_role_policy"),
            )
            draft.trust, incomplete = self._document(resource, value, node, _TRUST, "assume_role_policy")
            draft.note(incomplete)
            self._own_inline(draft, resource)
            self._managed_listed(draft, resource, "managed_policy_arns", certain=True)
        boundary = resource.values.get("permissions_boundary")
        if isinstance(boundary, str) and boundary:
            self._bound(draft, boundary, resource.at("permissions_boundary"))
        elif resource.is_open("permissions_boundary"):
            at = resource.at("permissions_boundary")
            targets = self._policies_of(resource, "permissions_boundary")
            if len(targets) == 1:
                self._bound_by(draft, targets[0].policy, targets[0].incomplete, targets[0].arns[0])
                targets[0].used = True
            else:
                draft.note([Incomplete(at, f"permissions boundary: it is {_UNKNOWN}")])
                draft.unread_boundary = f"arn:{UNRESOLVED}:iam::{UNRESOLVED}:policy/{UNRESOLVED}"

    def _own_inline(self, draft: Draft, resource: _Resource) -> None:
        # A state lists in a role also the policies that are resources of their own.
        listed = self.attached.get(draft.id, set())
        blocks = _list(resource.expressions.get("inline_policy"))
        for index, item in enumerate(map(mapping, _list(resource.values.get("inline_policy")))):
            name, value = item.get("name"), item.get("policy")
            opened = _list(resource.unknown.get("inline_policy"))
            is_open = index < len(opened) and bool(mapping(opened[index]).get("policy"))
            if name in listed or not (value or is_open):
                continue
            shown = name if isinstance(name, str) and name else f"{resource.name}-{index}"
            block = blocks[index] if len(blocks) > index else blocks
            node = mapping(block).get("policy", block)
            draft.add(*self._document(resource, value or None, node, shown, "inline_policy", index, "policy"))
        if resource.is_open("inline_policy"):
            why = f"the inline policies are {_UNKNOWN}"
            draft.note([Incomplete(resource.at("inline_policy"), why)])

    def _managed_listed(self, draft: Draft, resource: _Resource, attribute: str, *, certain: bool) -> None:
        value = resource.values.get(attribute)
        listed = value if isinstance(value, list) else [value]
        at = resource.at(attribute)
        for arn in listed:
            if isinstance(arn, str) and arn:
                self._managed(draft, arn, at, certain=certain)
        if resource.is_open(attribute) or (isinstance(value, list) and None in value):
            targets = self._policies_of(resource, attribute)
            is_certain = certain and (len(targets) == 1 or attribute.endswith("arns"))
            for managed in targets:
                managed.used = True
                draft.add(_conditional(managed.policy, certain=is_certain), managed.incomplete)
            if not targets:
                draft.note([Incomplete(at, f"a managed policy whose ARN is {_UNKNOWN}")])

    def _policies_of(self, resource: _Resource, attribute: str) -> list[CustomerPolicy]:
        targets = self._referred(resource, resource.expressions.get(attribute))
        return [self.policies[r.address] for r in targets if r.address in self.policies]

    def _find(self, arn: str, pointer: str) -> tuple[Policy | None, list[Incomplete]]:
        found = self.customer.find(arn)
        if found is not None:
            found.used = True
            return found.policy, found.incomplete
        if is_aws_managed(arn):
            return aws_managed(arn, Origin(self.path, pointer))
        shown = arn.replace(UNRESOLVED, "?")[:200]
        return None, [Incomplete(pointer, f"managed policy `{shown}` is not defined in the input")]

    def _managed(self, draft: Draft, arn: str, pointer: str, *, certain: bool) -> None:
        known = self.attached.setdefault(draft.id, set())
        if arn in known:
            return
        known.add(arn)
        policy, incomplete = self._find(arn, pointer)
        if policy is not None:
            draft.add(_conditional(policy, certain=certain), incomplete)
        else:
            draft.note(incomplete)

    def _bound(self, draft: Draft, arn: str, pointer: str) -> None:
        policy, incomplete = self._find(arn, pointer)
        # As a boundary, an AWS managed policy that doesn't touch Bedrock allows nothing of it.
        self._bound_by(draft, policy or Policy("harmless", (), Origin(self.path, pointer)), incomplete, arn)

    def _bound_by(self, draft: Draft, policy: Policy, incomplete: list[Incomplete], arn: str) -> None:
        """Set the boundary; one that is not known in full may allow everything."""
        draft.note([Incomplete(item.pointer, f"permissions boundary: {item.why}") for item in incomplete])
        if incomplete:
            draft.unread_boundary = arn[:200]
        else:
            draft.boundary = policy

    def finish(self) -> TerraformReading:
        by_id = {draft.id: draft for draft in self.drafts.values()}
        for address, managed in self.policies.items():
            if not managed.used:
                draft = Draft(
                    f"{self.path}#{address}",
                    f"unattached:{managed.logical_id}",
                    "unattached",
                    managed.arns[0],
                    managed.policy.origin,
                )
                draft.add(managed.policy, managed.incomplete)
                self.drafts[address] = draft
        for draft in self.drafts.values():
            for group in map(by_id.__getitem__, dict.fromkeys(draft.groups)):
                for policy in group.policies:
                    draft.add(policy, [])
                draft.note(group.incomplete)
        for key, bad, why in (
            ("complete", False, "the plan is not complete; apply it and plan again"),
            ("errored", True, "the plan ended with an error; fix it and plan again"),
        ):
            if self.body.get(key) is bad:
                self.incomplete.append(Incomplete(f"/{key}", why))
        if _list(self.body.get("deferred_changes")):
            self.incomplete.append(
                Incomplete("/deferred_changes", "changes that the plan defers are not in it")
            )
        resources = (*self.running(), *self.carrying())
        return TerraformReading(
            tuple(draft.principal() for draft in self.drafts.values()),
            resources,
            tuple(dict.fromkeys(self.incomplete)),
        )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _references(node: Any) -> Iterator[str]:
    """Yield the references of an expression, or of all expressions in a block."""
    todo = [node]
    while todo:
        item = todo.pop()
        if isinstance(item, list):
            todo += item[::-1]
        elif isinstance(item, dict):
            listed = item.get("references")
            if isinstance(listed, list):
                yield from (text for text in listed if isinstance(text, str))
            else:
                todo += list(item.values())[::-1]


def _above(module: str) -> tuple[str, str | None]:
    """Return the address of the module around one, and the name by which it is called there."""
    steps = list(_STEP.finditer(module))
    return (module[: steps[-1].start()], steps[-1][1]) if steps else ("", None)


def _is_instance(module: str, called: str, index: str | None) -> bool:
    """Whether a module's address is that of an instance of a called module."""
    if index is not None and index[1:2] in {'"', *"0123456789"}:
        return module == f"{called}{index}."
    return module == f"{called}." or (
        module.startswith(f"{called}[") and len(list(_STEP.finditer(module[len(called) + 1 :]))) == 0
    )


def _arn(resource: _Resource, kind: str) -> str:
    """Return the ARN of a resource as far as it is known."""
    values = resource.values
    if isinstance(values.get("arn"), str):
        return str(values["arn"])
    if kind == "permission-set":
        return UNRESOLVED
    name, prefix = values.get("name"), values.get("name_prefix")
    text = name if isinstance(name, str) else f"{prefix if isinstance(prefix, str) else ''}{UNRESOLVED}"
    place = values.get("path")
    where = place if isinstance(place, str) and place.startswith("/") else "/"
    return f"arn:{UNRESOLVED}:iam::{UNRESOLVED}:{kind}{where}{text}"


def _arn_of(resource: _Resource, ending: str) -> str:
    """Return the ARN of what runs as a role, as far as it is known before the apply."""
    service, _, name = ending.partition(":")
    known = {key: text for key, text in resource.values.items() if isinstance(text, str)}
    filled = re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], UNRESOLVED), name)
    return f"arn:{UNRESOLVED}:{service}:{UNRESOLVED}:{UNRESOLVED}:{filled}"


def _account(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 and UNRESOLVED not in parts[4] else ""


def _named_policy(item: Any) -> str:
    """Return the ARN of a policy that a permission set refers to by name and path."""
    name, place = mapping(item).get("name"), mapping(item).get("path")
    where = place if isinstance(place, str) and place.startswith("/") else "/"
    return f"arn:{UNRESOLVED}:iam::{UNRESOLVED}:policy{where}{name if isinstance(name, str) else UNRESOLVED}"


def _conditional(policy: Policy, *, certain: bool) -> Policy:
    if certain:
        return policy
    return replace(policy, statements=tuple(replace(item, conditional=True) for item in policy.statements))


def _statement(item: dict[str, Any], opened: dict[str, Any]) -> dict[str, Any]:
    """Return a statement of the data source as IAM writes it, with unknown parts open."""
    effect = item.get("effect")
    result: dict[str, Any] = {"Effect": effect if isinstance(effect, str) else "Allow"}
    if isinstance(item.get("sid"), str) and item["sid"]:
        result["Sid"] = item["sid"]
    for key, element in (
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ):
        values = _texts(item.get(key), opened.get(key))
        if values:
            result[element] = values
    for key, element in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        named: dict[str, list[str]] = {}
        unknown = _list(opened.get(key))
        for index, entry in enumerate(map(mapping, _list(item.get(key)))):
            more = mapping(unknown[index]) if index < len(unknown) else {}
            kind = entry.get("type")
            texts = _texts(entry.get("identifiers"), more.get("identifiers"))
            named.setdefault(kind if isinstance(kind, str) else "AWS", []).extend(texts)
        if opened.get(key) is True:
            named = {"AWS": [UNRESOLVED]}
        if named:
            result[element] = (
                "*" if named == {"*": ["*"]} else {k if k != "*" else "AWS": v for k, v in named.items()}
            )
    conditions: dict[str, dict[str, list[str]]] = {}
    unknown = _list(opened.get("condition"))
    for index, entry in enumerate(map(mapping, _list(item.get("condition")))):
        more = mapping(unknown[index]) if index < len(unknown) else {}
        test, variable = (
            entry.get(k) if isinstance(entry.get(k), str) else UNRESOLVED for k in ("test", "variable")
        )
        texts = _texts(entry.get("values"), more.get("values"))
        conditions.setdefault(str(test), {}).setdefault(str(variable), []).extend(texts)
    if conditions:
        result["Condition"] = conditions
    return result


def _texts(value: Any, opened: Any) -> list[str]:
    """Return the texts of a list; one that is not known is open, and so is a list that isn't."""
    texts = [item if isinstance(item, str) else UNRESOLVED for item in _list(value)]
    return texts or ([UNRESOLVED] if opened else [])


def read_terraform(body: dict[str, Any], path: str) -> TerraformReading:
    """Return the principals of the output of ``terraform show -json``.

    Args:
        body: The decoded output.
        path: How findings name the file.

    """
    reader = _Reader(path, body)
    reader.load()
    reader.define()
    reader.attach()
    return reader.finish()
