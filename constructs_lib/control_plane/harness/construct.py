"""The harness: its props, what they have to be, and the statements of its role."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    add_to_given_role,
    check_pattern,
    check_role,
    check_tags,
    with_explained_calls,
)
from constructs_lib.control_plane.harness.base import HarnessBase
from constructs_lib.control_plane.harness.checks import (
    check_allowed,
    check_counts,
    check_environment,
    check_file_systems,
    check_life,
    check_setting,
    check_timeout,
    check_tools_and_memory,
    check_values,
)
from constructs_lib.control_plane.harness.endpoint import HarnessEndpoint
from constructs_lib.control_plane.harness.memory import HarnessMemory
from constructs_lib.control_plane.harness.model import HarnessModel
from constructs_lib.control_plane.harness.parts import (
    allow,
    credential_statements,
    first_letter,
    security_group_ids,
    subnet_ids,
)
from constructs_lib.control_plane.model_resource import check_answers_text
from constructs_lib.control_plane.naming import path_name
from constructs_lib.data_plane import AppRole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk.interfaces import aws_ec2 as ec2_refs
    from constructs import Construct

    from constructs_lib.control_plane.harness.authorizer import HarnessAuthorizer
    from constructs_lib.control_plane.harness.file_systems import HarnessFileSystem
    from constructs_lib.control_plane.harness.hooks import HarnessHook
    from constructs_lib.control_plane.harness.skills import HarnessSkill
    from constructs_lib.control_plane.harness.tools import GatewayAuth, HarnessTool
    from constructs_lib.control_plane.harness.truncation import HarnessTruncation
    from constructs_lib.grants import ModelLike

__all__ = ["Harness"]

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
        check_setting("temperature", temperature, 2)
        check_setting("top_p", top_p, 1)
        check_counts(max_iterations=max_iterations, max_tokens=max_tokens)
        check_tools_and_memory(tools, memory)
        check_timeout(timeout)
        check_values(skills, hooks, truncation, authorizer)
        check_file_systems(file_systems, in_vpc=bool(subnets))
        check_life("idle_timeout", idle_timeout)
        check_life("max_lifetime", max_lifetime)
        check_tags(tags)
        check_role(role, None)
        network = _network(subnets, security_groups)
        check_environment(container_uri, environment_variables)
        check_allowed(allowed_tools)
        chosen_model = _with_settings(model, temperature, top_p)
        super().__init__(scope, construct_id)
        if chosen_model.kind == "bedrock" and not chosen_model.props["mantle"]:
            check_answers_text("model", _grants.model_id(self, chosen_model.props["model"]))
        self.harness_name: str = harness_name or first_letter(path_name(self, _KEPT - 1, join="_"))
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
            model=chosen_model.to_config(self),
            system_prompt=(
                [agentcore.CfnHarness.HarnessSystemContentBlockProperty(text=system_prompt)]
                if system_prompt
                else None
            ),
            tools=[one.to_config(self) for one in tools] or None,
            allowed_tools=list(allowed_tools) or None,
            memory=chosen.to_config(self),
            max_iterations=max_iterations,
            max_tokens=max_tokens,
            timeout_seconds=timeout.to_seconds() if timeout is not None else None,
            skills=[skill.to_config(self) for skill in skills] or None,
            hooks=[hook.to_config() for hook in hooks] or None,
            truncation=truncation.to_config() if truncation is not None else None,
            authorizer_configuration=authorizer.to_config() if authorizer is not None else None,
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
        self,
        construct_id: str,
        *,
        endpoint_name: str | None = None,
        target_version: str | None = None,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> HarnessEndpoint:
        """Make an endpoint of this harness; see :class:`HarnessEndpoint`."""
        return HarnessEndpoint(
            self,
            construct_id,
            harness=self,
            endpoint_name=endpoint_name,
            target_version=target_version,
            description=description,
            tags=tags,
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
        add_to_given_role(self, self.role, statement, "harness")

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
            found.append(allow(_MEMORY_ACTIONS, here.arn("bedrock-agentcore", name)))
        elif memory.kind == "existing":
            found.append(allow(_MEMORY_ACTIONS, _grants.arn_of(self, "memory", memory.props["memory"])))
        return found + _image_statements(here.partition, image)


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
        return [allow(["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"], "*")]
    account, region, name = private.groups()
    repository = f"arn:{partition}:ecr:{region}:{account}:repository/{name}"
    return [
        allow(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], repository),
        allow(["ecr:GetAuthorizationToken"], "*"),
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
            filesystem_configurations=[one.to_config() for one in file_systems] or None,
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
