"""Every call of the public API, with arguments that are sound, and what uses the value that it returns."""

from __future__ import annotations

import enum
import functools
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import pipelines

import constructs_lib
from constructs_lib import (
    Agent,
    AppRole,
    ChatMessage,
    ConnectorAuth,
    DataSource,
    DocumentSource,
    Flow,
    FlowVersion,
    Guardrail,
    Harness,
    HarnessAuthorizer,
    HarnessHook,
    HarnessHookTarget,
    HarnessMemory,
    HarnessTool,
    Job,
    JobRole,
    KnowledgeBase,
    KnowledgeBaseType,
    ManagedSource,
    Model,
    OperatorRole,
    Prompt,
    PromptTool,
    PromptVariant,
    QueryAuth,
    QueryEngine,
    QueryTable,
    SqlStorage,
    VectorBucket,
    VectorIndex,
    VectorStore,
)
from tests.cdk import ACCOUNT, REGION, Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["CALLS", "Call"]

NOVA = "amazon.nova-lite-v1:0"
TENANT = "01234567-0123-0123-0123-0123456789ab"
DISCOVERY = "https://acme.example/.well-known/openid-configuration"
WORKGROUP = f"arn:aws:redshift-serverless:{REGION}:{ACCOUNT}:workgroup/01234567-0123-0123-0123-0123456789ab"
BEDROCK = f"arn:aws:bedrock:{REGION}:{ACCOUNT}"
AGENTCORE = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}"
FLOW = {
    "nodes": [
        {
            "type": "Input",
            "name": "Ask",
            "configuration": {"input": {}},
            "outputs": [{"name": "document", "type": "String"}],
        },
        {
            "type": "Output",
            "name": "Answer",
            "configuration": {"output": {}},
            "inputs": [{"name": "document", "type": "String", "expression": "$.data"}],
        },
    ],
    "connections": [
        {
            "name": "Through",
            "source": "Ask",
            "target": "Answer",
            "type": "Data",
            "configuration": {"data": {"sourceOutput": "document", "targetInput": "document"}},
        }
    ],
}


class Rooms:
    """A stack, and what is made in it when a call asks for it."""

    def __init__(self) -> None:
        self.stack = Stack("AcmeDeployRole")
        self.app = cast("cdk.App", self.stack.node.root)
        self.receivers: dict[str, Any] = {}
        self._made = 0

    def id(self) -> str:
        """Return an id that nothing in the stack has yet."""
        self._made += 1
        return f"Made{self._made}"

    @functools.cached_property
    def bucket(self) -> s3.Bucket:
        return s3.Bucket(self.stack, "Bucket")

    @functools.cached_property
    def queue(self) -> sqs.Queue:
        return sqs.Queue(self.stack, "Queue")

    @functools.cached_property
    def key(self) -> kms.Key:
        return kms.Key(self.stack, "Key")

    @functools.cached_property
    def secret(self) -> secretsmanager.Secret:
        return secretsmanager.Secret(self.stack, "Secret")

    @functools.cached_property
    def role(self) -> AppRole:
        return AppRole(self.stack, "AppRole", assumed_by=self.principal)

    @functools.cached_property
    def operator(self) -> OperatorRole:
        return OperatorRole(self.stack, "Operator", assumed_by=self.principal)

    @functools.cached_property
    def plain_role(self) -> iam.Role:
        return iam.Role(self.stack, "Role", assumed_by=self.principal)

    @functools.cached_property
    def principal(self) -> iam.IPrincipal:
        return iam.ServicePrincipal("lambda.amazonaws.com")

    @functools.cached_property
    def statement(self) -> iam.PolicyStatement:
        return iam.PolicyStatement(actions=["s3:GetObject"], resources=["arn:aws:s3:::acme/*"])

    @functools.cached_property
    def function(self) -> lambda_.Function:
        return lambda_.Function(
            self.stack,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline("def handler(event, context): pass"),
        )

    @functools.cached_property
    def vpc(self) -> ec2.Vpc:
        return ec2.Vpc(self.stack, "Vpc")

    @functools.cached_property
    def log_group(self) -> logs.LogGroup:
        return logs.LogGroup(self.stack, "Logs")

    @functools.cached_property
    def topic(self) -> sns.Topic:
        return sns.Topic(self.stack, "Topic")

    @functools.cached_property
    def knowledge_base(self) -> KnowledgeBase:
        return KnowledgeBase(self.stack, "KnowledgeBase")

    @functools.cached_property
    def managed_knowledge_base(self) -> KnowledgeBase:
        return KnowledgeBase(self.stack, "Managed", type=KnowledgeBaseType.managed())

    @functools.cached_property
    def crawling_knowledge_base(self) -> KnowledgeBase:
        store = VectorStore.open_search_serverless()
        return KnowledgeBase(self.stack, "Crawling", type=KnowledgeBaseType.vector(vector_store=store))

    @functools.cached_property
    def graph_knowledge_base(self) -> KnowledgeBase:
        store = VectorStore.neptune_analytics(
            f"arn:aws:neptune-graph:{REGION}:{ACCOUNT}:graph/g-0123456789", vector_dimension=1024
        )
        return KnowledgeBase(self.stack, "Graph", type=KnowledgeBaseType.vector(vector_store=store))

    @functools.cached_property
    def access_point(self) -> efs.AccessPoint:
        return efs.FileSystem(self.stack, "Files", vpc=self.vpc).add_access_point("Point")

    @functools.cached_property
    def synth(self) -> pipelines.ShellStep:
        return pipelines.ShellStep(
            "Synth",
            input=pipelines.CodePipelineSource.s3(self.bucket, "a.zip"),
            commands=["make"],
            primary_output_directory="cdk.out",
        )

    @functools.cached_property
    def vector_bucket(self) -> VectorBucket:
        return VectorBucket(self.stack, "VectorBucket")

    @functools.cached_property
    def index(self) -> VectorIndex:
        return VectorIndex(self.stack, "Index", vector_bucket=self.vector_bucket, dimension=256)

    @functools.cached_property
    def guardrail(self) -> Guardrail:
        return Guardrail(self.stack, "Guardrail", words=["aurora"])

    @functools.cached_property
    def guardrail_version(self) -> Any:
        return self.guardrail.create_version()

    @functools.cached_property
    def agent(self) -> Agent:
        return Agent(
            self.stack,
            "Agent",
            agent_name="Acme",
            foundation_model=NOVA,
            instruction="Answer what people ask you, politely and briefly.",
        )

    @functools.cached_property
    def agent_alias(self) -> Any:
        return self.agent.create_alias(agent_alias_name="live")

    @functools.cached_property
    def flow(self) -> Flow:
        return Flow(self.stack, "Flow", definition=FLOW)

    @functools.cached_property
    def flow_version(self) -> FlowVersion:
        return self.flow.create_version()

    @functools.cached_property
    def flow_alias(self) -> Any:
        return self.flow.create_alias(flow_alias_name="live")

    @functools.cached_property
    def prompt(self) -> Prompt:
        return Prompt(self.stack, "Prompt", variants=[self.variant])

    @functools.cached_property
    def prompt_version(self) -> Any:
        return self.prompt.create_version()

    @functools.cached_property
    def variant(self) -> PromptVariant:
        return PromptVariant.text("plain", text="Say {{what}}", model=NOVA)

    @functools.cached_property
    def harness(self) -> Harness:
        return Harness(self.stack, "Harness", model=NOVA)

    @functools.cached_property
    def harness_endpoint(self) -> Any:
        return self.harness.add_endpoint("Live")

    @functools.cached_property
    def job(self) -> Job:
        return Job.model_import(bucket=self.bucket)

    @functools.cached_property
    def job_role(self) -> JobRole:
        return JobRole(self.stack, "JobRole", job=self.job)

    @functools.cached_property
    def auth(self) -> ConnectorAuth:
        return ConnectorAuth.basic(self.secret)

    @functools.cached_property
    def stage(self) -> cdk.Stage:
        return cdk.Stage(self.app, "Stage")

    @functools.cached_property
    def cluster(self) -> str:
        return f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:acme"


# What a call needs: by the call and its argument, else by the argument, else by its annotation.
BY_CALL: Mapping[str, Callable[[Rooms], Any]] = {
    "KnowledgeBase.add_data_source.source": lambda r: ManagedSource.s3(r.bucket),
    "ResourcePolicy.statements": lambda r: [
        iam.PolicyStatement(
            actions=["bedrock-agentcore:InvokeGateway"],
            principals=[iam.AccountPrincipal("444455556666")],
            resources=[f"{AGENTCORE}:gateway/acme-abcdef1234"],
        )
    ],
    "AppRole.from_lookup.scope": lambda r: cdk.Stack(
        r.app, r.id(), env=cdk.Environment(account="123456789012", region=REGION)
    ),
    "CrawlFilter.inclusion": lambda _: ["public"],
    "DeployRole.name_prefix": lambda _: "Acme",
    "Deployer.bitbucket.repository_id": lambda _: "{01234567-0123-0123-0123-0123456789ab}",
    "Deployer.github.branch": lambda _: "main",
    "Deployer.gitlab.branch": lambda _: "main",
    "DocumentSource.salesforce.auth": lambda r: ConnectorAuth.oauth2(r.secret),
    "DocumentSource.sharepoint.auth": lambda r: ConnectorAuth.oauth2(r.secret),
    "FormerLogging.bucket_name": lambda _: "acme-logs",
    "HarnessAuthorizer.jwt.allowed_clients": lambda _: ["acme"],
    "InvocationLogging.log_group": lambda r: r.log_group,
    "KnowledgeBase.grant_ingest.grantee": lambda r: r.operator,
    "KnowledgeBase.grant_ingest_documents.grantee": lambda r: r.operator,
    "KnowledgeBaseGrants.ingest.grantee": lambda r: r.operator,
    "KnowledgeBaseGrants.ingest_documents.grantee": lambda r: r.operator,
    "KnowledgeBasePolicy.knowledge_base": lambda r: r.managed_knowledge_base,
    "KnowledgeBasePolicy.allow": lambda _: [iam.AccountPrincipal("444455556666")],
    "ManagedSource.google_drive.auth": lambda r: ConnectorAuth.oauth2(r.secret),
    "ManagedSource.onedrive.auth": lambda r: ConnectorAuth.oauth2(r.secret),
    "ManagedSource.sharepoint.auth": lambda r: ConnectorAuth.oauth2(r.secret),
    "ManagedSource.web_crawler.seed_urls": lambda _: ["https://acme.example/"],
    "Model.arn.partition": lambda _: "aws",
    "Model.arn.region": lambda _: REGION,
    "Model.marketplace.endpoint": lambda _: f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/acme",
    "QueryTable.name": lambda _: "acme.public.orders",
    "VectorBucketGrants.from_vector_bucket.bucket": lambda r: r.vector_bucket,
    "VectorStore.mongo_db_atlas.endpoint": lambda _: "cluster0.abcde.mongodb.net",
    "Agent.name": lambda _: "Acme",
    "AgentAlias.agent": lambda r: r.agent,
    "AppRole.from_role.role": lambda r: r.plain_role,
    "ChatMessage.content": lambda _: ["Hello"],
    "ChatMessage.role": lambda _: "user",
    "ConnectorAuth.saml.secret": lambda r: r.secret,
    "ContentFilter.type": lambda _: constructs_lib.ContentFilterType.HATE,
    "ContextualGrounding.type": lambda _: constructs_lib.ContextualGroundingType.GROUNDING,
    "CrawlFilter.object_type": lambda _: "Page",
    "DataPlaneGrants.automated_reasoning.policy": lambda _: (
        f"{BEDROCK}:automated-reasoning-policy/abcdef123456"
    ),
    "DataPlaneGrants.data_automation.project": lambda _: f"{BEDROCK}:data-automation-project/abcdef123456",
    "DataPlaneGrants.data_automation_async.project": lambda _: (
        f"{BEDROCK}:data-automation-project/abcdef123456"
    ),
    "DataPlaneGrants.limit_service_tiers.allowed": lambda _: "default",
    "DataPlaneGrants.rerank.model": lambda _: "amazon.rerank-v1:0",
    "DataPlaneGrants.responses.model": lambda _: "openai.gpt-oss-120b-1:0",
    "DataPlaneGrants.system_tool.tool": lambda _: "amazon.nova_grounding",
    "DataPlaneGrants.use_browser_profile.profile": lambda _: "acme-AbCdEf1234",
    "DataPlaneGrants.role": lambda r: r.role,
    "DeniedTopic.definition": lambda _: "What concerns the law.",
    "Flow.definition": lambda _: FLOW,
    "FlowConcurrency.kind": lambda _: "Automatic",
    "FlowAlias.version": lambda r: r.flow_version,
    "FlowVersion.from_flow_version_attributes.version": lambda _: "1",
    "GuardrailVersion.from_guardrail_version_attributes.version": lambda _: "1",
    "Guardrail.words": lambda _: ["aurora"],
    "VectorBucketPolicy.document": lambda _: iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(
                actions=["s3vectors:GetVectors"],
                principals=[iam.AccountPrincipal("444455556666")],
                resources=["*"],
            )
        ]
    ),
    "GuardrailVersion.guardrail": lambda r: r.guardrail,
    "EnforcedGuardrail.guardrail": lambda r: r.guardrail_version,
    "OrganizationGuardrail.guardrail": lambda r: r.guardrail_version,
    "HarnessFileSystem.s3_files.access_point_arn": lambda _: (
        f"arn:aws:s3files:{REGION}:{ACCOUNT}:file-system/fs-0123456789abcdef0/access-point/fsap-0123456789abcdef0"
    ),
    "HarnessModel.bedrock.model": lambda _: NOVA,
    "HarnessSkill.path.path": lambda _: "skills/acme",
    "HarnessSkill.s3.prefix": lambda _: "skills/",
    "InferenceProfile.model": lambda _: NOVA,
    "Model.application_profile.arn": lambda _: f"{BEDROCK}:application-inference-profile/abcdef123456",
    "Model.prompt_router.arn": lambda _: f"{BEDROCK}:prompt-router/abcdef123456",
    "Model.cross_region.geography": lambda _: "us",
    "Model.imported.model": lambda _: f"{BEDROCK}:imported-model/abcdef123456",
    "Model.id": lambda _: NOVA,
    "OrganizationGuardrail.from_policy_arn.policy_arn": lambda _: (
        f"arn:aws:organizations::{ACCOUNT}:policy/o-abcdefghij/bedrock_policy/p-0123456789"
    ),
    "Parsing.foundation_model.model": lambda _: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "Enrichment.foundation_model.model": lambda _: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "PromptRouter.models": lambda _: [
        "anthropic.claude-3-5-sonnet-20240620-v1:0",
        "anthropic.claude-3-haiku-20240307-v1:0",
    ],
    "PromptRouter.fallback": lambda _: "anthropic.claude-3-haiku-20240307-v1:0",
    "PromptVersion.prompt": lambda r: r.prompt,
    "ReviewStep.stage": lambda r: r.stage,
    "SyncSchedule.weekly.day": lambda _: constructs_lib.DayOfWeek.MONDAY,
    "VectorIndex.from_vector_index_arn.vector_index_arn": lambda _: (
        f"arn:aws:s3vectors:{REGION}:{ACCOUNT}:bucket/acme/index/acme-index"
    ),
    "VectorStore.open_search_managed.domain": lambda _: f"arn:aws:es:{REGION}:{ACCOUNT}:domain/acme",
    "VectorStore.open_search_managed.domain_endpoint": lambda _: "https://acme.us-east-1.es.amazonaws.com",
    "ResourcePolicy.resource_arn": lambda _: f"{AGENTCORE}:gateway/acme-abcdef1234",
    "QueryEngine.provisioned.cluster": lambda _: "acme",
}
BY_ARGUMENT: Mapping[str, Callable[[Rooms], Any]] = {
    "access_point_arn": lambda _: f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/acme",
    "account": lambda _: "444455556666",
    "agent_alias": lambda r: r.agent_alias,
    "agent_alias_arn": lambda _: f"{BEDROCK}:agent-alias/ABCDEF1234/GHIJKL5678",
    "agent_alias_name": lambda _: "acme",
    "agent_arn": lambda _: f"{BEDROCK}:agent/ABCDEF1234",
    "agent_name": lambda _: "acme",
    "api_key": lambda _: "acme-key",
    "assumed_by": lambda r: r.principal,
    "auth": lambda r: r.auth,
    "base_model": lambda _: NOVA,
    "behind": lambda _: [NOVA],
    "cluster": lambda r: r.cluster,
    "collection_name": lambda _: "acme",
    "config_id": lambda _: "abcdef123456",
    "connection_string": lambda _: "https://acme-1234567.svc.us-east1-gcp.pinecone.io",
    "content": lambda _: "Hello",
    "data_source_id": lambda _: "ABCDEF1234",
    "database_name": lambda _: "acme",
    "deployment": lambda _: f"{BEDROCK}:custom-model-deployment/abcdef123456",
    "description": lambda _: "What it is for.",
    "dimension": lambda _: 256,
    "discovery_url": lambda _: DISCOVERY,
    "domain": lambda _: "acme",
    "endpoint": lambda _: "acme.mongodb.net",
    "entities": lambda _: constructs_lib.PiiEntity(constructs_lib.PiiEntityType.EMAIL),
    "environment_id": lambda _: "{01234567-0123-0123-0123-0123456789ab}",
    "evaluator": lambda _: f"{AGENTCORE}:evaluator/acme-AbCdEf1234",
    "event_bus": lambda r: events.EventBus(r.stack, r.id()),
    "fallback": lambda _: NOVA,
    "flow": lambda r: r.flow,
    "flow_alias": lambda r: r.flow_alias,
    "flow_alias_arn": lambda _: f"{BEDROCK}:flow/ABCDEF1234/alias/GHIJKL5678",
    "flow_alias_name": lambda _: "acme",
    "flow_arn": lambda _: f"{BEDROCK}:flow/ABCDEF1234",
    "foundation_model": lambda _: NOVA,
    "function": lambda r: r.function,
    "gateway": lambda _: f"{AGENTCORE}:gateway/acme-abcdef1234",
    "geography": lambda _: "us",
    "grantee": lambda r: r.role,
    "graph": lambda _: f"arn:aws:neptune-graph:{REGION}:{ACCOUNT}:graph/g-0123456789",
    "guardrail": lambda r: r.guardrail,
    "guardrail_arn": lambda _: f"{BEDROCK}:guardrail/abcdef123456",
    "guardrail_id": lambda _: "abcdef123456",
    "harness": lambda r: r.harness,
    "harness_arn": lambda _: f"{AGENTCORE}:harness/acme-AbCdEf1234",
    "harness_endpoint_arn": lambda _: f"{AGENTCORE}:harness/acme-AbCdEf1234/harness-endpoint/live",
    "host_url": lambda _: "https://acme.atlassian.net",
    "index": lambda r: r.index,
    "index_name": lambda _: "acme",
    "inference_profile_arn": lambda _: f"{BEDROCK}:application-inference-profile/abcdef123456",
    "input_schema": lambda _: {"type": "object"},
    "instruction": lambda _: "Answer what people ask you, politely and briefly.",
    "job": lambda r: r.job,
    "job_role": lambda r: r.job_role,
    "key": lambda _: "prompts/one.txt",
    "knowledge_base": lambda r: r.knowledge_base,
    "knowledge_base_arn": lambda _: f"{BEDROCK}:knowledge-base/ABCDEF1234",
    "knowledge_base_id": lambda _: "ABCDEF1234",
    "knowledge_bases": lambda r: r.knowledge_base,
    "lists": lambda _: constructs_lib.ManagedWordList(),
    "memory": lambda _: f"{AGENTCORE}:memory/acme-AbCdEf1234",
    "messages": lambda _: [ChatMessage.user("Hello {{who}}")],
    "metric_name": lambda _: "Invocations",
    "model": lambda _: NOVA,
    "model_id": lambda _: NOVA,
    "models": lambda _: [NOVA],
    "mount_path": lambda _: "/mnt/data",
    "name": lambda _: "acme",
    "natural_language": lambda _: "How many?",
    "organization_id": lambda _: "o-abcdefghij",
    "pattern": lambda _: "[0-9]{6}",
    "payment_manager": lambda _: f"{AGENTCORE}:payment-manager/acme-AbCdEf1234",
    "project": lambda _: "acme/app",
    "project_arn": lambda _: f"arn:aws:bedrock-mantle:{REGION}:{ACCOUNT}:project/proj_abcdef123456",
    "prompt": lambda r: r.prompt,
    "prompt_arn": lambda _: f"{BEDROCK}:prompt/ABCDEF1234",
    "prompt_router_arn": lambda _: f"{BEDROCK}:prompt-router/abcdef123456",
    "prompt_version_arn": lambda _: f"{BEDROCK}:prompt/ABCDEF1234:1",
    "provider": lambda _: "acme-provider",
    "query_engine": lambda _: QueryEngine.serverless(WORKGROUP),
    "regexes": lambda _: constructs_lib.RegexFilter(name="number", pattern="[0-9]{6}"),
    "registry": lambda _: f"arn:aws:agent-registry:{REGION}:{ACCOUNT}:registry/AbCdEf1234567890",
    "repository": lambda _: "acme/app",
    "repository_id": lambda _: "123456789",
    "resource_configuration": lambda _: (
        f"arn:aws:vpc-lattice:{REGION}:{ACCOUNT}:resourceconfiguration/rcfg-0123456789abcdef0"
    ),
    "response_quality_difference": lambda _: 10,
    "role": lambda r: r.operator,
    "role_arn": lambda _: f"arn:aws:iam::{ACCOUNT}:role/acme",
    "role_name": lambda _: "acme",
    "runtime": lambda _: f"{AGENTCORE}:runtime/acme-AbCdEf1234",
    "scopes": lambda _: ["read"],
    "seed_urls": lambda _: ["https://acme.example/"],
    "sessions": lambda _: f"{BEDROCK}:session/01234567-0123-0123-0123-0123456789ab",
    "site_urls": lambda _: ["https://acme.sharepoint.com/sites/one"],
    "source": lambda r: DocumentSource.s3(r.bucket),
    "sql": lambda _: "SELECT 1",
    "stack_name": lambda _: "Platform",
    "statement": lambda r: r.statement,
    "step_id": lambda _: "Review",
    "storage": lambda _: SqlStorage.redshift("acme"),
    "subnets": lambda _: ["subnet-0123456789abcdef0"],
    "table_names": lambda _: "acme.orders",
    "target": lambda r: HarnessHookTarget.topic(r.topic),
    "tenant_id": lambda _: TENANT,
    "text": lambda _: "Say {{what}}",
    "threshold": lambda _: 0.5,
    "throughput": lambda _: f"{BEDROCK}:provisioned-model/abcdef123456",
    "tool": lambda _: "search",
    "topics": lambda _: constructs_lib.DeniedTopic(name="Law", definition="What concerns the law."),
    "type": lambda _: constructs_lib.PiiEntityType.EMAIL,
    "url": lambda _: "https://acme.example/skills.git",
    "value": lambda _: "acme",
    "values": lambda _: ["acme"],
    "variants": lambda r: [r.variant],
    "vector_bucket": lambda r: r.vector_bucket,
    "vector_bucket_arn": lambda _: f"arn:aws:s3vectors:{REGION}:{ACCOUNT}:bucket/acme-vectors",
    "vector_bucket_name": lambda _: "acme-vectors",
    "vector_index_name": lambda _: "acme",
    "words": lambda _: "aurora",
    "workgroup": lambda _: WORKGROUP,
    "workload_identity": lambda _: "acme-identity",
    "workspace": lambda _: "acme",
    "workspace_id": lambda _: "{01234567-0123-0123-0123-0123456789ab}",
}
BY_ANNOTATION: Mapping[str, Callable[[Rooms], Any]] = {
    "Construct": lambda r: r.stack,
    "ContentFilter": lambda _: constructs_lib.ContentFilter.hate(),
    "ContextualGrounding": lambda _: constructs_lib.ContextualGrounding.grounding(0.5),
    "iam.IManagedPolicy": lambda _: iam.ManagedPolicy.from_aws_managed_policy_name(
        "service-role/AWSLambdaBasicExecutionRole"
    ),
    "iam.Policy": lambda r: iam.Policy(r.stack, r.id(), statements=[r.statement]),
    "iam.IPrincipal": lambda r: r.principal,
    "ec2.IVpc": lambda r: r.vpc,
    "ec2_refs.IVPCRef": lambda r: r.vpc,
    "logs.ILogGroup": lambda r: r.log_group,
    "sns.ITopic": lambda r: r.topic,
    "s3.IBucket": lambda r: r.bucket,
    "s3_refs.IBucketRef": lambda r: r.bucket,
    "str | s3_refs.IBucketRef": lambda r: r.bucket,
    "secretsmanager.ISecret": lambda r: r.secret,
    "QueryAuth": lambda _: QueryAuth.iam(),
    "efs.IAccessPoint": lambda r: r.access_point,
    "pipelines.IFileSetProducer": lambda r: r.synth,
}


RECEIVERS: Mapping[str, Callable[[Rooms], Any]] = {
    "Agent": lambda r: r.agent,
    "AgentAlias": lambda r: r.agent_alias,
    "AppRole": lambda r: r.role,
    "ApplicationInferenceProfile": lambda r: constructs_lib.ApplicationInferenceProfile(
        r.stack, "P", model=NOVA
    ),
    "BedrockMantleProject": lambda r: constructs_lib.BedrockMantleProject(r.stack, "Project"),
    "DataPlaneGrants": lambda r: r.role.grants,
    "DeployRole": lambda r: constructs_lib.DeployRole(r.stack, "Deploy", name_prefix="Acme"),
    "EnforcedGuardrail": lambda r: constructs_lib.EnforcedGuardrail(
        r.stack, "E", guardrail=r.guardrail_version
    ),
    "Flow": lambda r: r.flow,
    "FlowAlias": lambda r: r.flow_alias,
    "Guardrail": lambda r: r.guardrail,
    "Harness": lambda r: r.harness,
    "HarnessEndpoint": lambda r: r.harness_endpoint,
    "KnowledgeBase": lambda r: r.managed_knowledge_base,
    "KnowledgeBase.grant_retrieve_and_generate": lambda r: r.knowledge_base,
    "KnowledgeBaseGrants": lambda r: r.knowledge_base.grants,
    "Model": lambda _: Model.of(NOVA),
    "OperatorGrants": lambda r: r.operator.grants,
    "OperatorRole": lambda r: r.operator,
    "OrganizationGuardrail": lambda r: constructs_lib.OrganizationGuardrail(
        r.stack, "O", guardrail=r.guardrail_version
    ),
    "Prompt": lambda r: r.prompt,
    "PromptRouter": lambda r: constructs_lib.PromptRouter.from_prompt_router_arn(
        r.stack, "R", f"{BEDROCK}:prompt-router/abcdef123456", models=[NOVA]
    ),
    "PromptVersion": lambda r: r.prompt_version,
    "ReviewStep": lambda r: constructs_lib.ReviewStep("Review", stage=r.stage, cloud_assembly=r.synth),
    "VectorBucket": lambda r: r.vector_bucket,
    "VectorBucketGrants": lambda r: r.vector_bucket.grants,
    "VectorIndexGrants": lambda r: r.index.grants,
}


def _data_source(rooms: Rooms, **props: Any) -> DataSource:
    source = props.pop("source", None) or DocumentSource.s3(rooms.bucket)
    wanted = props.keys() & {"sync_schedule", "media"} or getattr(props.get("parsing"), "strategy", "") in {
        "SMART_PARSING",
        "MULTI_MODAL_EMBEDDINGS",
    }
    managed = isinstance(source, ManagedSource) or wanted
    if managed and not isinstance(source, ManagedSource):
        source = ManagedSource.s3(rooms.bucket)
    kept = getattr(source, "type", "S3") in {"S3", "CUSTOM"}
    base = rooms.managed_knowledge_base if managed else rooms.knowledge_base
    if "enrichment" in props:
        base = rooms.graph_knowledge_base
    elif not managed and not kept:
        base = rooms.crawling_knowledge_base
    return DataSource(rooms.stack, rooms.id(), knowledge_base=base, source=source, **props)


def _guardrail(rooms: Rooms, **props: Any) -> Guardrail:
    return Guardrail(rooms.stack, rooms.id(), **props)


def _harness(rooms: Rooms, **props: Any) -> Harness:
    return Harness(rooms.stack, rooms.id(), **{"model": NOVA, **props})


def _prompt(rooms: Rooms, **props: Any) -> Prompt:
    variant = PromptVariant.chat(
        "chat", **{"messages": [ChatMessage.user("Hello {{who}}")], "model": NOVA, **props}
    )
    return Prompt(rooms.stack, rooms.id(), variants=[variant])


def _sql(rooms: Rooms, **props: Any) -> KnowledgeBase:
    engine = QueryEngine.serverless(WORKGROUP)
    given = {"query_engine": engine, "storage": SqlStorage.redshift("acme"), **props}
    return _knowledge_base(rooms, KnowledgeBaseType.sql(**given))


def _knowledge_base(rooms: Rooms, kind: Any) -> KnowledgeBase:
    return KnowledgeBase(rooms.stack, rooms.id(), type=kind)


def _authorizer(**props: Any) -> HarnessAuthorizer:
    return HarnessAuthorizer.jwt(DISCOVERY, allowed_clients=["acme"], **props)


# What a value is for. Its factory may take what only the construct can judge, which must then say so.
USES: Mapping[str, Callable[[Rooms, Any], Any]] = {
    "CachePoint": lambda r, v: _prompt(r, system=["Be kind.", v]),
    "ChatMessage.assistant": lambda r, v: _prompt(r, messages=[ChatMessage.user("Hello {{who}}"), v]),
    "ChatMessage": lambda r, v: _prompt(r, messages=[v]),
    "Chunking": lambda r, v: _data_source(r, chunking=v),
    "ConnectorAuth": lambda r, v: _data_source(
        r, source=DocumentSource.confluence("https://acme.atlassian.net", auth=v)
    ),
    **{
        f"ConnectorAuth.{kind}": lambda r, v: _data_source(
            r, source=ManagedSource.web_crawler(seed_urls=["https://acme.example/"], auth=v)
        )
        for kind in ("none", "form", "saml")
    },
    "ConnectorAuth.app_only": lambda r, v: _data_source(
        r, source=ManagedSource.onedrive(tenant_id=TENANT, auth=v)
    ),
    "ConnectorAuth.service_account": lambda r, v: _data_source(r, source=ManagedSource.google_drive(auth=v)),
    "ContentFilter": lambda r, v: _guardrail(r, content_filters=[v]),
    "ContextualGrounding": lambda r, v: _guardrail(r, contextual_grounding=[v]),
    "CrawlFilter": lambda r, v: _data_source(
        r, source=DocumentSource.confluence("https://acme.atlassian.net", auth=r.auth, filters=[v])
    ),
    "CuratedQuery": lambda r, v: _sql(r, curated_queries=[v]),
    "DeniedTopic": lambda r, v: _guardrail(r, denied_topics=[v]),
    "Deployer": lambda r, v: constructs_lib.DeployRole(r.stack, r.id(), name_prefix="Acme", deployer=v),
    "DocumentSource": lambda r, v: _data_source(r, source=v),
    "Enrichment": lambda r, v: _data_source(r, enrichment=v),
    "FlowConcurrency": lambda r, v: r.flow.create_alias(r.id(), flow_alias_name="live", concurrency=v),
    "FlowDefinitionObject": lambda r, v: Flow(r.stack, r.id(), definition=v, role=r.plain_role),
    "FormerLogging": lambda r, v: constructs_lib.InvocationLogging(
        r.stack, r.id(), log_group=r.log_group, takeover=v
    ),
    "GatewayAuth": lambda r, v: _harness(
        r, tools=[HarnessTool.gateway(f"{AGENTCORE}:gateway/acme-abcdef1234", auth=v)]
    ),
    "HarnessAuthorizer": lambda r, v: _harness(r, authorizer=v),
    "HarnessFileSystem": lambda r, v: _harness(
        r, file_systems=[v], subnets=["subnet-0123456789abcdef0"], security_groups=["sg-0123456789abcdef0"]
    ),
    "HarnessHook": lambda r, v: _harness(r, hooks=[v]),
    "HarnessHookTarget": lambda r, v: _harness(r, hooks=[HarnessHook.before_invocation("first", v)]),
    "HarnessMemory": lambda r, v: _harness(r, memory=v),
    "HarnessModel": lambda r, v: _harness(r, model=v),
    "HarnessSkill": lambda r, v: _harness(r, skills=[v]),
    "HarnessTool": lambda r, v: _harness(r, tools=[v]),
    "HarnessTruncation": lambda r, v: _harness(r, truncation=v),
    "Job": lambda r, v: JobRole(r.stack, r.id(), job=v),
    "JwtClaim": lambda r, v: _harness(r, authorizer=_authorizer(custom_claims=[v])),
    "KnowledgeBaseType": _knowledge_base,
    "ManagedSource": lambda r, v: _data_source(r, source=v),
    "ManagedWordList": lambda r, v: _guardrail(r, managed_word_lists=[v]),
    "MediaExtraction": lambda r, v: _data_source(r, media=v),
    "MemoryRetrieval": lambda r, v: _harness(
        r,
        memory=HarnessMemory.existing(
            f"{AGENTCORE}:memory/acme-AbCdEf1234", actor_id="acme", retrieval={"/facts/{actorId}/": v}
        ),
    ),
    "Model": lambda r, v: r.role.grants.converse(v) if isinstance(v, Model) else None,
    "Parsing": lambda r, v: _data_source(r, parsing=v),
    "Parsing.multimodal_embeddings": lambda r, v: DataSource(
        r.stack,
        r.id(),
        knowledge_base=_knowledge_base(
            r,
            KnowledgeBaseType.managed(
                embedding_model="amazon.nova-2-multimodal-embeddings-v1:0", multimodal_storage=r.bucket
            ),
        ),
        source=ManagedSource.s3(r.bucket),
        parsing=v,
    ),
    "PiiEntity": lambda r, v: _guardrail(r, pii_entities=[v]),
    "PrivateEndpoint": lambda r, v: _harness(r, authorizer=_authorizer(private_endpoint=v)),
    "PromptInference": lambda r, v: _prompt(r, inference=v),
    "PromptTool": lambda r, v: _prompt(r, tools=[v]),
    "PromptVariant": lambda r, v: Prompt(r.stack, r.id(), variants=[v]),
    "QueryAuth": lambda r, v: _sql(r, query_engine=QueryEngine.serverless(WORKGROUP, auth=v)),
    "QueryAuth.database_user": lambda r, v: _sql(r, query_engine=QueryEngine.provisioned("acme", auth=v)),
    "QueryColumn": lambda r, v: _sql(r, tables=[QueryTable("acme.public.orders", columns=[v])]),
    "QueryEngine": lambda r, v: _sql(r, query_engine=v),
    "QueryTable": lambda r, v: _sql(r, tables=[v]),
    "RegexFilter": lambda r, v: _guardrail(r, regexes=[v]),
    "SqlStorage": lambda r, v: _sql(r, storage=v),
    "SyncSchedule": lambda r, v: _data_source(r, sync_schedule=v),
    "ToolChoice": lambda r, v: _prompt(
        r, tools=[PromptTool(name="acme", input_schema={"type": "object"})], tool_choice=v
    ),
    "Transformation": lambda r, v: _data_source(r, transformation=v),
    "VectorStore": lambda r, v: _knowledge_base(r, KnowledgeBaseType.vector(vector_store=v)),
    "Word": lambda r, v: _guardrail(r, words=[v]),
}


# What constructs and values ask of each other, and nobody else: they are called with what was checked.
INTERNAL = {
    "bind",
    "caller_statements",
    "check",
    "create_only_resources",
    "fingerprint",
    "refusal_of",
    "statements",
    "take_grant",
    "to_config",
    "type_in",
}
# These are made by their factories; what the constructor takes is their own affair.
MADE_BY_FACTORIES = {
    "Chunking",
    "ConnectorAuth",
    "DocumentSource",
    "GatewayAuth",
    "HarnessAuthorizer",
    "HarnessFileSystem",
    "HarnessHook",
    "HarnessHookTarget",
    "HarnessMemory",
    "HarnessModel",
    "HarnessSkill",
    "HarnessTool",
    "HarnessTruncation",
    "Job",
    "JwtClaim",
    "ManagedSource",
    "Parsing",
    "PrivateEndpoint",
    "PromptVariant",
    "QueryAuth",
    "QueryEngine",
    "SqlStorage",
    "SyncSchedule",
    "ToolChoice",
    "Transformation",
    "VectorBucketGrants",
    "VectorIndexGrants",
}


@dataclass(frozen=True)
class Call:
    """A constructor, factory or method."""

    name: str
    cls: type
    member: Any

    @property
    def parameters(self) -> list[inspect.Parameter]:
        """Return what it takes, without `self`."""
        function = self.member.__func__ if self.is_factory else self.member
        return [p for p in inspect.signature(function).parameters.values() if p.name not in {"self", "cls"}]

    @property
    def is_factory(self) -> bool:
        """Return whether it is called on the class."""
        return isinstance(self.member, (staticmethod, classmethod))

    def sound(self, rooms: Rooms) -> dict[str, Any]:
        """Return the least arguments that it takes."""
        return {
            p.name: rooms.id() if p.name == "construct_id" else self._sound(p, rooms)
            for p in self.parameters
            if p.kind is not p.VAR_KEYWORD
            and (p.name == "construct_id" or p.default is p.empty or f"{self.name}.{p.name}" in BY_CALL)
        }

    def _sound(self, parameter: inspect.Parameter, rooms: Rooms) -> Any:
        for table, key in (
            (BY_CALL, f"{self.name}.{parameter.name}"),
            (BY_ANNOTATION, parameter.annotation),
            (BY_ARGUMENT, parameter.name),
        ):
            if key in table:
                return table[key](rooms)
        raise LookupError(f"{self.name}: no sound value for `{parameter.name}: {parameter.annotation}`")

    def __call__(self, rooms: Rooms, given: Mapping[str, Any]) -> Any:
        """Call it with arguments by name, those that take several values with one of them."""
        several = [p for p in self.parameters if p.kind is p.VAR_POSITIONAL and p.name in given]
        before = [p.name for p in self.parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.name in given]
        ordered = [given[name] for name in before] if several else []
        taken = {*before, *(p.name for p in several)} if several else set()
        named = {name: value for name, value in given.items() if name not in taken}
        return self._function(rooms)(*ordered, *(given[p.name] for p in several), **named)

    def use(self, rooms: Rooms, made: Any) -> None:
        """Use what the call returned as it is meant, if it is a value."""
        use = USES.get(self.name) or USES.get(self.cls.__name__)
        if use is not None:
            use(rooms, made)

    def _function(self, rooms: Rooms) -> Any:
        owner, _, method = self.name.partition(".")
        if not method:
            return self.cls
        if self.is_factory:
            return getattr(self.cls, method)
        if owner not in rooms.receivers:
            rooms.receivers[owner] = (RECEIVERS.get(self.name) or RECEIVERS[owner])(rooms)
        return getattr(rooms.receivers[owner], method)


def _calls() -> Iterator[Call]:
    for name in constructs_lib.__all__:
        cls = getattr(constructs_lib, name)
        if issubclass(cls, (enum.Enum, Exception)):
            continue
        seen = set(INTERNAL)
        for base in cls.__mro__:
            if not base.__module__.startswith("constructs_lib"):
                continue
            for attribute, member in vars(base).items():
                if attribute in seen or (attribute.startswith("_") and attribute != "__init__"):
                    continue
                seen.add(attribute)
                function = member.__func__ if isinstance(member, (staticmethod, classmethod)) else member
                if not inspect.isfunction(function):
                    continue
                if attribute != "__init__":
                    yield Call(f"{name}.{attribute}", cls, member)
                elif name not in MADE_BY_FACTORIES:
                    yield Call(name, cls, member)


CALLS = {call.name: call for call in _calls()}
