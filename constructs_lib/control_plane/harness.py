"""An AgentCore harness: a managed agent with its model, tools, memory and role, and its endpoints."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces import aws_bedrockagentcore as refs

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    check_count,
    check_items,
    check_json,
    check_length,
    check_once,
    check_pattern,
    check_tags,
    check_value,
    key_arn_of,
    with_explained_calls,
)
from constructs_lib.control_plane.harness_values import (
    GatewayAuth,
    HarnessAuthorizer,
    HarnessFileSystem,
    HarnessHook,
    HarnessModel,
    HarnessSkill,
    HarnessTruncation,
    MemoryRetrieval,
    credential_statements,
    security_group_ids,
    subnet_ids,
)
from constructs_lib.control_plane.harness_values import allow as _allow
from constructs_lib.control_plane.model_resource import check_answers_text
from constructs_lib.control_plane.naming import path_name
from constructs_lib.data_plane import AppRole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk.interfaces import aws_ec2 as ec2_refs
    from aws_cdk.interfaces import aws_kms as kms_refs
    from constructs import Construct

    from constructs_lib.grants import ModelLike

__all__ = [
    "Harness",
    "HarnessBase",
    "HarnessEndpoint",
    "HarnessEndpointBase",
    "HarnessMemory",
    "HarnessTool",
]

# What the guide gives a harness on its memory (section AgentCore Memory).
# Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-security.html
_MEMORY_ACTIONS = (
    "bedrock-agentcore:CreateEvent",
    "bedrock-agentcore:DeleteEvent",
    "bedrock-agentcore:GetEvent",
    "bedrock-agentcore:ListEvents",
    "bedrock-agentcore:RetrieveMemoryRecords",
)
# AgentCore calls the memory that it makes `harness_NAME_HASH` and cuts NAME off where that gets too long; the
# first 34 characters always stay. So a generated name has 26, and a longer one is cut off in the policy.
# Source: AgentCoreHarnessRole of AWS's @aws/agentcore-cdk 0.1.0-alpha.45, MANAGED_MEMORY_NAME_PREFIX_LENGTH
_KEPT = 34 - len("harness_")
_NEWER = (
    "The CDK's copy of the type's schema is older than hooks, advertised scopes, additional parameters and "
    "the address of a model, which AWS documents and CloudFormation takes."
)
_NAME = r"[a-zA-Z][a-zA-Z0-9_]{0,39}"
_TOOL_NAME = r"[a-zA-Z0-9_-]{1,64}"
# Each page is that of the property in CloudFormation's reference, such as
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-bedrockagentcore-harness-vpcconfig.html
_ALLOWED = r"\*|@?[^/]+(/[^/]+)?"
_IMAGE = (
    r"(([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?|public\.ecr\.aws)/"
    r"((?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*)(?::([^:@]{1,300}))?(?:@(.+))?"
)
_STRATEGIES = ("SEMANTIC", "SUMMARIZATION", "USER_PREFERENCE", "EPISODIC")


@with_explained_calls
@dataclass(frozen=True, slots=True)
class HarnessMemory:
    """What a harness remembers; made with one of the factories.

    Attributes:
        kind: ``none``, ``managed`` or ``existing``.
        props: What the factory was given.

    """

    kind: str
    props: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @staticmethod
    def none() -> HarnessMemory:
        """Return no memory: each session begins anew."""
        return HarnessMemory("none")

    @staticmethod
    def managed(
        *,
        strategies: Sequence[str] = (),
        event_expiry: cdk.Duration | None = None,
        encryption_key: str | kms_refs.IKeyRef | None = None,
    ) -> HarnessMemory:
        """Return a memory that AgentCore makes and deletes with the harness.

        Args:
            strategies: ``SEMANTIC``, ``SUMMARIZATION``, ``USER_PREFERENCE``, ``EPISODIC``. Default: the first
                two.
            event_expiry: 3 to 365 days. Default: 30 days.
            encryption_key: The KMS key, or its ARN. Another one replaces the harness, whose name must
                change then. Default: a key that AWS owns.

        Raises:
            PlanesError: A strategy or an expiry that AgentCore doesn't take.
        """
        check_items("strategies", strategies, str, "texts")
        for strategy in strategies:
            if strategy not in _STRATEGIES:
                raise PlanesError(f"`strategies` has the value `{strategy}`: use {', '.join(_STRATEGIES)}")
        check_once("strategies", strategies)
        check_value("event_expiry", event_expiry, "cdk.Duration | None")
        key_arn = key_arn_of(encryption_key)
        check_pattern(
            "encryption_key",
            key_arn,
            r"arn:[\w-]+:kms:[\w-]+:\d{12}:key/\S+",
            "pass a key, or the ARN of one",
        )
        days = event_expiry.to_days() if event_expiry is not None else None
        if days is not None and not 3 <= days <= 365:
            raise PlanesError(f"`event_expiry` is {days:g} days: AgentCore keeps events 3 to 365 days")
        return HarnessMemory("managed", {"strategies": list(strategies), "days": days, "key_arn": key_arn})

    @staticmethod
    def existing(
        memory: str | refs.IMemoryRef,
        *,
        actor_id: str | None = None,
        messages_count: int | None = None,
        retrieval: Mapping[str, MemoryRetrieval] | None = None,
    ) -> HarnessMemory:
        """Return a memory of one's own.

        Args:
            memory: The memory, its ARN or its id.
            actor_id: Whose events it are. Default: the actor that a call names.
            messages_count: How many messages of a session are loaded. Default: AgentCore's.
            retrieval: By namespace, what is taken from the long-term memory. Default: AgentCore's.

        Raises:
            PlanesError: A value of ``retrieval`` is no ``MemoryRetrieval``.
        """
        check_items("retrieval", list((retrieval or {}).values()), MemoryRetrieval, "`MemoryRetrieval(...)`")
        if actor_id == "":
            raise PlanesError("`actor_id` is empty: name whose events they are, or leave it out")
        if messages_count is not None:
            check_count("messages_count", messages_count, 1)
        return HarnessMemory(
            "existing",
            {
                "memory": memory,
                "actor_id": actor_id,
                "messages_count": messages_count,
                "retrieval": dict(retrieval or {}),
            },
        )


@with_explained_calls
@dataclass(frozen=True, slots=True)
class HarnessTool:
    """A tool of a harness; made with one of the factories.

    Attributes:
        kind: AgentCore's name for the type of the tool.
        name: What the model calls it; ``None`` for the name that AgentCore gives it.
        props: What the factory was given.

    """

    kind: str
    name: str | None = None
    props: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Check the name."""
        check_pattern("name", self.name, _TOOL_NAME, "use 1-64 letters, digits, - and _")

    @staticmethod
    def browser(
        browser: str | refs.IBrowserCustomRef | None = None, *, name: str | None = None
    ) -> HarnessTool:
        """Return a browser. Default: AWS's own."""
        return HarnessTool("agentcore_browser", name, {"browser": browser})

    @staticmethod
    def code_interpreter(
        code_interpreter: str | refs.ICodeInterpreterCustomRef | None = None, *, name: str | None = None
    ) -> HarnessTool:
        """Return a code interpreter. Default: AWS's own."""
        return HarnessTool("agentcore_code_interpreter", name, {"code_interpreter": code_interpreter})

    @staticmethod
    def gateway(
        gateway: str | refs.IGatewayRef, *, name: str | None = None, auth: GatewayAuth | None = None
    ) -> HarnessTool:
        """Return the tools behind a gateway.

        Args:
            gateway: The gateway, its ARN or its id.
            name: What the model calls it. Default: the name that AgentCore gives it.
            auth: How the harness authenticates. Default: with its role (SigV4).

        Raises:
            PlanesError: ``auth`` is no ``GatewayAuth``.
        """
        if auth is not None and not isinstance(auth, GatewayAuth):
            raise PlanesError(
                f"`auth` has the value `{auth!r}`: pass `GatewayAuth.aws_iam()`, `.none()` or `.oauth(...)`"
            )
        return HarnessTool("agentcore_gateway", name, {"gateway": gateway, "auth": auth})

    @staticmethod
    def remote_mcp(name: str, *, url: str, headers: Mapping[str, str] | None = None) -> HarnessTool:
        """Return an MCP server somewhere else; ``headers`` go with each call. Default: none."""
        check_length("url", url, 1, 16383)
        check_pattern("url", url, r"https?://\S+", "pass a URL that begins with https://")
        if headers is not None and not hasattr(headers, "items"):
            raise PlanesError(f"`headers` has the value `{headers!r}`: pass a dictionary of texts")
        for key, value in (headers or {}).items():
            check_items("headers", [key, value], str, "texts for names and values")
            check_length("headers", value, 1, 16383)
        return HarnessTool("remote_mcp", name, {"url": url, "headers": dict(headers or {})})

    @staticmethod
    def inline_function(name: str, *, description: str, input_schema: Mapping[str, Any]) -> HarnessTool:
        """Return a function that the caller of the harness runs itself.

        Args:
            name: What the model calls it.
            description: 1-4,096 characters.
            input_schema: The JSON Schema of its input.
        """
        check_length("description", description, 1, 4096)
        check_json("input_schema", input_schema)
        return HarnessTool(
            "inline_function", name, {"description": description, "input_schema": dict(input_schema)}
        )


@jsii.implements(refs.IHarnessRef)
class HarnessBase(cdk.Resource):
    """What a harness of this app and an imported one have in common."""

    harness_arn: str
    harness_id: str

    @property
    def harness_ref(self) -> refs.HarnessReference:
        """The reference that other libraries' constructs take."""
        return refs.HarnessReference(harness_arn=self.harness_arn)

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow ``InvokeHarness``, which needs ``InvokeAgentRuntime`` on the harness too (data plane)."""
        return _grants.grant(grantee, "invoke_harness", {"harness": _grants.on_arns(self.harness_arn)})


@with_explained_calls
class Harness(HarnessBase):
    """A managed agent on AgentCore: the loop runs at AWS, with the model, tools and memory named here.

    Nothing but the name, and the key of a managed memory, is create-only. So the name that is made has no
    fingerprint, and a change of that key needs another ``harness_name``.

    Args:
        model: The model of Bedrock that it calls, streaming; or a ``HarnessModel`` with its settings, which
            can be one of OpenAI, Gemini or LiteLLM.
        harness_name: 1-40 letters, digits and ``_``, the first a letter. Default: made of the construct's
            path, at most 26 characters, so that the memory that AgentCore names after it is known.
        system_prompt: What the agent is told. Default: nothing.
        tools: What it may use. Default: no tools.
        allowed_tools: Patterns of the tools that may be called, such as ``@gateway/search``. Default: all.
        memory: What it remembers. Default: nothing; AgentCore's own default would be a managed memory.
        max_iterations: Of the loop, for a call. Default: AgentCore's.
        max_tokens: For an iteration. Default: AgentCore's.
        timeout: For a call. Default: AgentCore's.
        temperature: 0 to 2; a ``HarnessModel`` has its own. Default: the model's.
        top_p: 0 to 1; a ``HarnessModel`` has its own. Default: the model's.
        skills: What the agent knows how to do. Default: none.
        hooks: Who is told of its steps and may deny them, at most 20. Default: nobody.
        truncation: What happens to a conversation that gets too long. Default: AgentCore's choice.
        authorizer: Callers with a token of an identity provider. Default: callers sign with AWS credentials.
        file_systems: Storage that outlives a session, at most 5; those of EFS and S3 Files need ``subnets``.
            Default: none.
        idle_timeout: 1 minute to 14 days without a call, after which a session ends. Default: AgentCore's.
        max_lifetime: 1 minute to 14 days, after which a session ends in any case. Default: AgentCore's.
        container_uri: The image of its environment, in Amazon ECR. Default: AWS's image.
        environment_variables: In its environment, at most 50. Default: none.
        subnets: At most 16 subnets that it runs in, or their ids, with ``security_groups``. Default: a public
            network.
        security_groups: At most 16 security groups, or their ids, with ``subnets``. Default: none.
        role: The execution role, which gets the permissions of model, tools and memory; one that can't be
            changed is warned about with them. Default: an app role that trusts AgentCore.
        tags: Keys and values. Default: those of the stack.

    Attributes:
        harness_arn: Its ARN.
        harness_id: Its id.
        harness_name: Its name.
        version: Its version, which each update raises.
        agent_runtime_arn: The ARN of the runtime behind it.
        role: The execution role.

    Raises:
        PlanesError: A prop is wrong.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrockagentcore-harness.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        model: ModelLike | HarnessModel,
        harness_name: str | None = None,
        system_prompt: str | None = None,
        tools: Sequence[HarnessTool] = (),
        allowed_tools: Sequence[str] = (),
        memory: HarnessMemory | None = None,
        max_iterations: int | None = None,
        max_tokens: int | None = None,
        timeout: cdk.Duration | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        skills: Sequence[HarnessSkill] = (),
        hooks: Sequence[HarnessHook] = (),
        truncation: HarnessTruncation | None = None,
        authorizer: HarnessAuthorizer | None = None,
        file_systems: Sequence[HarnessFileSystem] = (),
        idle_timeout: cdk.Duration | None = None,
        max_lifetime: cdk.Duration | None = None,
        container_uri: str | None = None,
        environment_variables: Mapping[str, str] | None = None,
        subnets: Sequence[str] | Sequence[ec2_refs.ISubnetRef] = (),
        security_groups: Sequence[str] | Sequence[ec2_refs.ISecurityGroupRef] = (),
        role: iam.IRole | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        check_pattern(
            "harness_name", harness_name, _NAME, "use 1-40 letters, digits and _, the first a letter"
        )
        if system_prompt is not None and not system_prompt.strip():
            raise PlanesError("`system_prompt` is empty: write what the agent is told, or leave it out")
        _check_number("temperature", temperature, 2)
        _check_number("top_p", top_p, 1)
        _check_counts(max_iterations=max_iterations, max_tokens=max_tokens)
        _check_kinds(tools, memory)
        _check_timeout(timeout)
        _check_values(skills, hooks, truncation, authorizer)
        _check_file_systems(file_systems, in_vpc=bool(subnets))
        _check_life("idle_timeout", idle_timeout)
        _check_life("max_lifetime", max_lifetime)
        check_tags(tags)
        network = _network(subnets, security_groups)
        _check_environment(container_uri, environment_variables)
        _check_allowed(allowed_tools)
        chosen_model = _with_settings(model, temperature, top_p)
        super().__init__(scope, construct_id)
        if chosen_model.kind == "bedrock" and not chosen_model.props["mantle"]:
            check_answers_text("model", _grants.model_id(self, chosen_model.props["model"]))
        self.harness_name: str = harness_name or _first_letter(path_name(self, _KEPT - 1, join="_"))
        self.role: iam.IRole = role or AppRole.for_agentcore(
            self, "Role", description=f"The agent {self.harness_name} runs with it"
        )
        chosen = memory or HarnessMemory.none()
        self._permit(chosen_model, tools, chosen, container_uri)
        for skill in skills:
            self._add_all(skill.statements(self, self.harness_name))
        for hook in hooks:
            self._add_all(hook.target.statements())
        for file_system in file_systems:
            self._add_all(file_system.statements())
        self._l1 = agentcore.CfnHarness(
            self,
            "Resource",
            harness_name=self.harness_name,
            execution_role_arn=self.role.role_arn,
            model=chosen_model.render(self),
            system_prompt=(
                [agentcore.CfnHarness.HarnessSystemContentBlockProperty(text=system_prompt)]
                if system_prompt
                else None
            ),
            tools=[self._tool(one) for one in tools] or None,
            allowed_tools=list(allowed_tools) or None,
            memory=self._memory(chosen),
            max_iterations=max_iterations,
            max_tokens=max_tokens,
            timeout_seconds=timeout.to_seconds() if timeout is not None else None,
            skills=[skill.render(self) for skill in skills] or None,
            hooks=[hook.render() for hook in hooks] or None,
            truncation=truncation.render() if truncation is not None else None,
            authorizer_configuration=authorizer.render() if authorizer is not None else None,
            environment=_environment(network, file_systems, idle_timeout, max_lifetime),
            environment_artifact=(
                agentcore.CfnHarness.HarnessEnvironmentArtifactProperty(
                    container_configuration=agentcore.CfnHarness.ContainerConfigurationProperty(
                        container_uri=container_uri
                    )
                )
                if container_uri
                else None
            ),
            environment_variables=dict(environment_variables) if environment_variables else None,
        )
        settings = chosen_model.props
        if (
            hooks
            or settings.get("additional_params")
            or settings.get("api_base")
            or (authorizer is not None and authorizer.props["advertised_scopes"])
        ):
            cdk.Validations.of(self._l1).acknowledge(
                cdk.Acknowledgment(id="CloudFormation-Validate::F3002", reason=_NEWER)
            )
        # AgentCore checks the role when the harness is created, so its policies come first.
        self._l1.node.add_dependency(self.role)
        for key, value in (tags or {}).items():
            cdk.Tags.of(self._l1).add(key, value)
        self.harness_arn: str = self._l1.attr_arn
        self.harness_id: str = self._l1.attr_harness_id
        self.version: str = self._l1.attr_version
        self.agent_runtime_arn: str = (
            self._l1.attr_environment_agent_core_runtime_environment_agent_runtime_arn
        )

    @staticmethod
    def from_harness_arn(scope: Construct, construct_id: str, harness_arn: str) -> HarnessBase:
        """Refer to a harness that exists."""
        check_pattern(
            "harness_arn",
            harness_arn,
            r"arn:[\w-]+:bedrock-agentcore:[\w-]+:\d{12}:harness/[\w-]+",
            "pass an ARN such as arn:aws:bedrock-agentcore:us-east-1:111122223333:harness/chat-abcdefghij",
        )
        imported = HarnessBase(scope, construct_id, environment_from_arn=harness_arn)
        imported.harness_arn = harness_arn
        imported.harness_id = cdk.Fn.select(1, cdk.Fn.split("/", harness_arn))
        return imported

    def add_endpoint(
        self, construct_id: str, *, endpoint_name: str | None = None, target_version: str | None = None
    ) -> HarnessEndpoint:
        """Make an endpoint of this harness; see :class:`HarnessEndpoint`."""
        return HarnessEndpoint(
            self, construct_id, harness=self, endpoint_name=endpoint_name, target_version=target_version
        )

    def _permit(
        self, model: HarnessModel, tools: Sequence[HarnessTool], memory: HarnessMemory, image: str | None
    ) -> None:
        """Give the role what the harness calls with it."""
        if model.kind == "bedrock" and not model.props["mantle"]:
            called = _grants.on_call(self, model.props["model"], verb="converse")
            self._give("converse", called, streaming=True)
        self._add_all(model.statements(self, self.harness_name))
        for tool in tools:
            auth: GatewayAuth | None = tool.props.get("auth")
            if auth is not None and auth.kind == "oauth":
                provider, secret = auth.props["provider"], auth.props["secret"]
                self._add_all(
                    credential_statements(self, self.harness_name, "oauth2_provider", provider, secret)
                )
            if auth is not None and auth.kind != "aws_iam":
                continue  # the role is not what the gateway asks for
            verb, kind, default = _TOOL_GRANTS.get(tool.kind, ("", "", ""))
            if verb:
                target = _grants.on_resources(self, kind, tool.props[kind] or default)
                self._give(verb, {kind: target})
        self._add_all(self._statements(memory, image))

    def _give(self, verb: str, targets: Mapping[str, Any], *, streaming: bool = False) -> None:
        if isinstance(self.role, AppRole):
            _grants.grant(self.role, verb, targets, streaming=streaming)
            return
        for statement in _grants.statement_json(verb, targets, streaming=streaming):
            self._add(statement)

    def _add_all(self, statements: Sequence[Mapping[str, Any]]) -> None:
        for statement in statements:
            self._add(statement)

    def _add(self, statement: Mapping[str, Any]) -> None:
        added = self.role.add_to_principal_policy(iam.PolicyStatement.from_json(dict(statement)))
        # An imported role that can't be changed says that it took the statement, and makes no policy.
        taken = added.statement_added and (
            isinstance(self.role, iam.Role)
            or any(isinstance(one, iam.Policy) for one in self.role.node.find_all())
        )
        if not taken:
            shown = json.dumps(cdk.Stack.of(self).resolve(dict(statement)), sort_keys=True)
            cdk.Annotations.of(self).add_warning_v2(
                f"bedrock-planes:role-not-changed:{'-'.join(statement['Action'])}",
                f"the role of the harness `{self.node.path}` is imported and can't be changed here: it needs "
                f"the statement {shown}",
            )

    def _statements(self, memory: HarnessMemory, image: str | None) -> list[dict[str, Any]]:
        here = _grants.environment_of(self)
        directory = "workload-identity-directory/default"
        identity = f"{directory}/workload-identity/harness_{self.harness_name}-*"
        found = [
            {
                "Effect": "Allow",
                "Action": [
                    "bedrock-agentcore:GetWorkloadAccessToken",
                    "bedrock-agentcore:GetWorkloadAccessTokenForJWT",
                ],
                "Resource": [
                    here.arn("bedrock-agentcore", directory),
                    here.arn("bedrock-agentcore", identity),
                ],
            }
        ]
        if memory.kind == "managed":
            end = "_*" if len(self.harness_name) <= _KEPT else "*"
            name = f"memory/harness_{self.harness_name[:_KEPT]}{end}"
            found.append(_allow(_MEMORY_ACTIONS, here.arn("bedrock-agentcore", name)))
        elif memory.kind == "existing":
            found.append(_allow(_MEMORY_ACTIONS, _grants.arn_of(self, "memory", memory.props["memory"])))
        return found + _image_statements(here.partition, image)

    def _memory(self, memory: HarnessMemory) -> agentcore.CfnHarness.HarnessMemoryConfigurationProperty:
        if memory.kind == "none":
            return agentcore.CfnHarness.HarnessMemoryConfigurationProperty(disabled={})
        props = memory.props
        if memory.kind == "managed":
            return agentcore.CfnHarness.HarnessMemoryConfigurationProperty(
                managed_memory_configuration=agentcore.CfnHarness.HarnessManagedMemoryConfigurationProperty(
                    strategies=props["strategies"] or None,
                    event_expiry_duration=props["days"],
                    encryption_key_arn=props["key_arn"],
                )
            )
        return agentcore.CfnHarness.HarnessMemoryConfigurationProperty(
            agent_core_memory_configuration=agentcore.CfnHarness.HarnessAgentCoreMemoryConfigurationProperty(
                arn=_grants.arn_of(self, "memory", props["memory"]),
                actor_id=props["actor_id"],
                messages_count=props["messages_count"],
                retrieval_config={name: one.render() for name, one in props["retrieval"].items()} or None,
            )
        )

    def _tool(self, tool: HarnessTool) -> agentcore.CfnHarness.HarnessToolProperty:
        return agentcore.CfnHarness.HarnessToolProperty(
            type=tool.kind, name=tool.name, config=self._tool_config(tool)
        )

    def _tool_config(self, tool: HarnessTool) -> agentcore.CfnHarness.HarnessToolConfigurationProperty | None:
        harness, props = agentcore.CfnHarness, tool.props
        make = harness.HarnessToolConfigurationProperty
        if tool.kind == "remote_mcp":
            server = harness.HarnessRemoteMcpConfigProperty(
                url=props["url"], headers=props["headers"] or None
            )
            return make(remote_mcp=server)
        if tool.kind == "inline_function":
            return make(
                inline_function=harness.HarnessInlineFunctionConfigProperty(
                    description=props["description"], input_schema=props["input_schema"]
                )
            )
        if tool.kind == "agentcore_gateway":
            arn = _grants.arn_of(self, "gateway", props["gateway"])
            auth: GatewayAuth | None = props["auth"]
            return make(
                agent_core_gateway=harness.HarnessAgentCoreGatewayConfigProperty(
                    gateway_arn=arn, outbound_auth=auth.render(self) if auth is not None else None
                )
            )
        if tool.kind == "agentcore_browser" and props["browser"] is not None:
            arn = _grants.arn_of(self, "browser", props["browser"])
            return make(agent_core_browser=harness.HarnessAgentCoreBrowserConfigProperty(browser_arn=arn))
        if tool.kind == "agentcore_code_interpreter" and props["code_interpreter"] is not None:
            arn = _grants.arn_of(self, "code_interpreter", props["code_interpreter"])
            return make(
                agent_core_code_interpreter=harness.HarnessAgentCoreCodeInterpreterConfigProperty(
                    code_interpreter_arn=arn
                )
            )
        return None


# By the type of the tool: the verb that its use needs, the kind of its resource, and AWS's own resource.
_TOOL_GRANTS: Mapping[str, tuple[str, str, str]] = {
    "agentcore_browser": ("use_browser", "browser", "aws.browser.v1"),
    "agentcore_code_interpreter": ("use_code_interpreter", "code_interpreter", "aws.codeinterpreter.v1"),
    "agentcore_gateway": ("invoke_gateway", "gateway", ""),
}


def _image_statements(partition: str, image: str | None) -> list[dict[str, Any]]:
    """Return what pulls the image: AWS's own and other public ones from ECR Public, others from ECR.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-security.html
    """
    private = re.match(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com[^/]*/([^:@]+)", image or "")
    if private is None:
        return [_allow(["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"], "*")]
    account, region, name = private.groups()
    repository = f"arn:{partition}:ecr:{region}:{account}:repository/{name}"
    return [
        _allow(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], repository),
        _allow(["ecr:GetAuthorizationToken"], "*"),
    ]


def _environment(
    network: agentcore.CfnHarness.NetworkConfigurationProperty | None,
    file_systems: Sequence[HarnessFileSystem],
    idle_timeout: cdk.Duration | None,
    max_lifetime: cdk.Duration | None,
) -> agentcore.CfnHarness.HarnessEnvironmentProviderProperty | None:
    harness = agentcore.CfnHarness
    life = None
    if idle_timeout is not None or max_lifetime is not None:
        life = harness.LifecycleConfigurationProperty(
            idle_runtime_session_timeout=idle_timeout.to_seconds() if idle_timeout is not None else None,
            max_lifetime=max_lifetime.to_seconds() if max_lifetime is not None else None,
        )
    if network is None and life is None and not file_systems:
        return None
    return harness.HarnessEnvironmentProviderProperty(
        agent_core_runtime_environment=harness.HarnessAgentCoreRuntimeEnvironmentProperty(
            network_configuration=network,
            filesystem_configurations=[one.render() for one in file_systems] or None,
            lifecycle_configuration=life,
        )
    )


def _with_settings(
    model: ModelLike | HarnessModel, temperature: float | None, top_p: float | None
) -> HarnessModel:
    if not isinstance(model, HarnessModel):
        return HarnessModel.bedrock(model, temperature=temperature, top_p=top_p)
    if temperature is not None or top_p is not None:
        raise PlanesError(
            "`temperature` and `top_p` are settings of the `HarnessModel` that `model` is: give them there"
        )
    return model


def _check_values(
    skills: Sequence[HarnessSkill],
    hooks: Sequence[HarnessHook],
    truncation: HarnessTruncation | None,
    authorizer: HarnessAuthorizer | None,
) -> None:
    check_items("skills", skills, HarnessSkill, "a skill such as `HarnessSkill.s3(...)`")
    check_items("hooks", hooks, HarnessHook, "a hook such as `HarnessHook.before_tool_call(...)`", most=20)
    names = [hook.name for hook in hooks]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise PlanesError(f"`hooks` has the name `{twice[0]}` twice: give each hook a name of its own")
    for prop, value, kind, remedy in (
        ("truncation", truncation, HarnessTruncation, "HarnessTruncation.sliding_window()"),
        ("authorizer", authorizer, HarnessAuthorizer, "HarnessAuthorizer.jwt(...)"),
    ):
        if value is not None and not isinstance(value, kind):
            raise PlanesError(f"`{prop}` has the value `{value!r}`: pass `{remedy}`")


def _check_counts(**counts: int | None) -> None:
    for prop, value in counts.items():
        if value is not None:
            check_count(prop, value, 1)


def _check_timeout(timeout: cdk.Duration | None) -> None:
    if timeout is None:
        return
    check_value("timeout", timeout, "cdk.Duration")
    if not timeout.is_unresolved() and timeout.to_seconds() < 1:
        raise PlanesError("`timeout` is 0 seconds, and no call would be answered: use a second or more")


def _check_allowed(patterns: Sequence[str]) -> None:
    check_items("allowed_tools", patterns, str, "patterns such as `@gateway/search`")
    for pattern in patterns:
        check_length("allowed_tools", pattern, 1, 64)
        check_pattern("allowed_tools", pattern, _ALLOWED, "use `*`, a tool's name or `@server/tool`")


def _network(
    subnets: Sequence[str] | Sequence[ec2_refs.ISubnetRef],
    security_groups: Sequence[str] | Sequence[ec2_refs.ISecurityGroupRef],
) -> agentcore.CfnHarness.NetworkConfigurationProperty | None:
    ids, groups = subnet_ids(subnets), security_group_ids(security_groups)
    if bool(ids) != bool(groups):
        raise PlanesError("`subnets` and `security_groups` belong together: give both, or none")
    if not ids:
        return None
    return agentcore.CfnHarness.NetworkConfigurationProperty(
        network_mode="VPC",
        network_mode_config=agentcore.CfnHarness.VpcConfigProperty(subnets=ids, security_groups=groups),
    )


def _check_environment(image: str | None, variables: Mapping[str, str] | None) -> None:
    remedy = (
        "pass an image of Amazon ECR, such as `111122223333.dkr.ecr.us-east-1.amazonaws.com/agents/chat:1`"
    )
    check_pattern("container_uri", image, _IMAGE, remedy)
    if variables is None:
        return
    if not hasattr(variables, "items"):
        raise PlanesError(
            f"`environment_variables` has the value `{variables!r}`: pass a dictionary of texts"
        )
    check_items("environment_variables", list(variables), str, "texts", most=50)
    for name, value in variables.items():
        check_items("environment_variables", [value], str, "texts")
        if not name:
            raise PlanesError("`environment_variables` has an empty name: name the variable")
        check_length("environment_variables", value, 0, 5000)


def _check_file_systems(file_systems: Sequence[HarnessFileSystem], *, in_vpc: bool) -> None:
    remedy = "a file system such as `HarnessFileSystem.session(...)`"
    check_items("file_systems", file_systems, HarnessFileSystem, remedy, most=5)
    paths = [one.mount_path.rstrip("/") for one in file_systems]
    if twice := sorted({path for path in paths if paths.count(path) > 1}):
        raise PlanesError(f"`file_systems` has the path `{twice[0]}` twice: mount each at a path of its own")
    for kind, title, most in (
        ("session", "session storage", 1),
        ("efs", "EFS", 2),
        ("s3_files", "S3 Files", 2),
    ):
        count = len([one for one in file_systems if one.kind == kind])
        if count > most:
            raise PlanesError(
                f"`file_systems` has {count} of {title}, and AgentCore takes {most}: leave some out"
            )
    if not in_vpc and any(one.kind != "session" for one in file_systems):
        raise PlanesError(
            "`file_systems` has one of EFS or S3 Files, which is in a VPC: give `subnets` and "
            "`security_groups` too"
        )


def _check_life(prop: str, value: cdk.Duration | None) -> None:
    if value is None:
        return
    if not isinstance(value, cdk.Duration):
        raise PlanesError(f"`{prop}` has the value `{value!r}`: pass a `cdk.Duration`")
    if not 60 <= value.to_seconds() <= 1_209_600:
        raise PlanesError(f"`{prop}` is {value.to_seconds():g} seconds: use 1 minute to 14 days")


def _first_letter(name: str) -> str:
    return name if name[0].isalpha() else f"h{name}"


def _check_number(prop: str, value: object, high: int) -> None:
    if value is not None and (
        isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= high
    ):
        raise PlanesError(f"`{prop}` has the value `{value!r}`: pass a number from 0 to {high}")


def _check_kinds(tools: Sequence[HarnessTool], memory: HarnessMemory | None) -> None:
    if not isinstance(tools, (list, tuple)):
        raise PlanesError(f"`tools` has the value `{tools!r}`: pass a list, also for one tool")
    for tool in tools:
        if not isinstance(tool, HarnessTool):
            raise PlanesError(
                f"`tools` has the value `{tool!r}`: pass a tool such as `HarnessTool.code_interpreter()`"
            )
    names = [tool.name for tool in tools if tool.name]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise PlanesError(f"`tools` has the name `{twice[0]}` twice: the model calls a tool by its name")
    if memory is not None and not isinstance(memory, HarnessMemory):
        raise PlanesError(
            f"`memory` has the value `{memory!r}`: pass `HarnessMemory.managed()`, `.existing(...)` or "
            "`.none()`"
        )


@jsii.implements(refs.IHarnessEndpointRef)
class HarnessEndpointBase(cdk.Resource):
    """What an endpoint of this app and an imported one have in common."""

    harness_endpoint_arn: str
    harness_arn: str

    @property
    def harness_endpoint_ref(self) -> refs.HarnessEndpointReference:
        """The reference that other libraries' constructs take."""
        return refs.HarnessEndpointReference(harness_endpoint_arn=self.harness_endpoint_arn)

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow ``InvokeHarness`` at this endpoint, which is checked on the harness too (data plane)."""
        targets = {
            "harness": _grants.on_arns(self.harness_arn),
            "harness_endpoint": _grants.on_arns(self.harness_endpoint_arn),
        }
        return _grants.grant(grantee, "invoke_harness", targets)


@with_explained_calls
class HarnessEndpoint(HarnessEndpointBase):
    """A name for a version of a harness: callers keep it while the version behind it changes.

    Args:
        harness: The harness.
        endpoint_name: 1-48 letters, digits and ``_``, the first a letter; create-only. Default: made of the
            construct's path.
        target_version: The version that answers, such as ``"2"``. Default: the newest when it is made.
        description: 1-256 characters. Default: none.
        tags: Keys and values. Default: those of the stack.

    Attributes:
        harness_endpoint_arn: Its ARN.
        harness_arn: The ARN of the harness.

    Raises:
        PlanesError: A prop is wrong.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrockagentcore-harnessendpoint.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        harness: HarnessBase,
        endpoint_name: str | None = None,
        target_version: str | None = None,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        check_pattern(
            "endpoint_name",
            endpoint_name,
            r"[a-zA-Z][a-zA-Z0-9_]{0,47}",
            "use 1-48 letters, digits and _, the first a letter",
        )
        check_pattern("target_version", target_version, r"[1-9][0-9]{0,4}", 'pass a version such as "2"')
        check_length("description", description, 1, 256)
        check_tags(tags)
        if not isinstance(harness, HarnessBase):
            raise PlanesError(
                f"`harness` has a value of the type `{type(harness).__name__}`: pass a `Harness`, or "
                "`Harness.from_harness_arn(...)` for one that exists"
            )
        super().__init__(scope, construct_id)
        self._l1 = agentcore.CfnHarnessEndpoint(
            self,
            "Resource",
            harness_id=harness.harness_id,
            endpoint_name=endpoint_name or _first_letter(path_name(self, 47, join="_")),
            target_version=target_version,
            description=description,
        )
        for key, value in (tags or {}).items():
            cdk.Tags.of(self._l1).add(key, value)
        self.harness_endpoint_arn: str = self._l1.attr_arn
        self.harness_arn: str = harness.harness_arn

    @staticmethod
    def from_harness_endpoint_arn(
        scope: Construct, construct_id: str, harness_endpoint_arn: str
    ) -> HarnessEndpointBase:
        """Refer to an endpoint that exists."""
        check_pattern(
            "harness_endpoint_arn",
            harness_endpoint_arn,
            r"arn:[\w-]+:bedrock-agentcore:[\w-]+:\d{12}:harness/[\w-]+/harness-endpoint/\w+",
            "pass an ARN such as arn:aws:bedrock-agentcore:us-east-1:111122223333:harness/chat-abcdefghij/"
            "harness-endpoint/live",
        )
        parts = cdk.Fn.split("/", harness_endpoint_arn)
        imported = HarnessEndpointBase(scope, construct_id, environment_from_arn=harness_endpoint_arn)
        imported.harness_endpoint_arn = harness_endpoint_arn
        imported.harness_arn = f"{cdk.Fn.select(0, parts)}/{cdk.Fn.select(1, parts)}"
        return imported
