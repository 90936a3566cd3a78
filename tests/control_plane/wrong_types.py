"""Mistakes that a type checker must see, and the nearest right lines; read by mypy and never run.

Each mistake has an ignore with the error's code. mypy in strict mode reports an ignore that hides nothing, so
the project's own run proves that every one of them is rejected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import (
    Agent,
    ApplicationInferenceProfile,
    AppRole,
    BedrockMantleProject,
    Chunking,
    ContentFilter,
    ContentFilterType,
    ContextualGrounding,
    DeniedTopic,
    DocumentSource,
    EnforcedGuardrail,
    FilterStrength,
    Flow,
    FlowAlias,
    Guardrail,
    GuardrailTier,
    Harness,
    HarnessEndpoint,
    HarnessMemory,
    HarnessTool,
    Job,
    KnowledgeBase,
    Model,
    PiiEntity,
    PiiEntityType,
    Prompt,
    PromptRouter,
    PromptVariant,
    ResourcePolicy,
)

if TYPE_CHECKING:
    import aws_cdk as cdk
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_s3 as s3

__all__ = ["right", "wrong"]

NOVA = "amazon.nova-lite-v1:0"
INSTRUCTION = "Answer questions about the two planes of Amazon Bedrock."


def right(
    stack: cdk.Stack,
    role: AppRole,
    statement: iam.PolicyStatement,
    base: KnowledgeBase,
    buckets: tuple[s3.Bucket, s3.CfnBucket, s3.IBucket],
) -> None:
    """What a type checker takes: each line is the nearest to one below."""
    model = Model.of(NOVA).cross_region("us")
    guardrail = Guardrail(
        stack,
        "G",
        content_filters=[ContentFilter.hate(input_strength=FilterStrength.LOW)],
        content_tier=GuardrailTier.STANDARD,
        cross_region="us",
        denied_topics=[DeniedTopic(name="t", definition="d", examples=["e"])],
        pii_entities=[PiiEntity(PiiEntityType.EMAIL)],
        contextual_grounding=[ContextualGrounding.grounding(0.8)],
    )
    version = guardrail.create_version(keep=10, pinned=["3"])
    EnforcedGuardrail(stack, "E", guardrail=version)
    prompt = Prompt(stack, "P", variants=[PromptVariant.text("a", text="Hello", model=model)])
    flow = Flow(stack, "F", definition="flow.json", prompt_models=[model])
    alias = flow.create_alias(flow_alias_name="live")
    profile = ApplicationInferenceProfile(stack, "I", model=model, tags={"team": "sales"})
    router = PromptRouter(stack, "R", models=[NOVA, model], fallback=NOVA, response_quality_difference=10)
    harness = Harness(stack, "H", model=profile, tools=[HarnessTool.browser()], memory=HarnessMemory.none())
    HarnessEndpoint(stack, "L", harness=harness)
    ResourcePolicy(stack, "O", resource_arn="arn", statements=[statement])
    project = BedrockMantleProject(stack, "M", tags={"team": "sales"})
    Agent(stack, "A", agent_name="a", foundation_model=model, instruction=INSTRUCTION, guardrail=version)
    role.grants.converse(router, streaming=True)
    role.grants.apply_guardrail(guardrail)
    role.grants.render_prompt(prompt)
    role.grants.invoke_flow(alias)
    role.grants.mantle_files(project)
    for bucket in buckets:
        role.grants.invoke_async(model, output=bucket)
        base.add_data_source("S", DocumentSource.s3(bucket), chunking=Chunking.semantic())
        Job.batch_inference(model=model, input_bucket=bucket, output_bucket=bucket)
    base.metric_throttles(label="Throttled", statistic="Sum")
    AppRole.from_role_name(stack, "T", "name", families=["model"])


def wrong(
    stack: cdk.Stack,
    role: AppRole,
    guardrail: Guardrail,
    flow: Flow,
    *,
    profile: object,
    base: KnowledgeBase,
    source: DocumentSource,
) -> None:
    """What it must refuse: one mistake a line."""
    ContentFilter(type="HATE")  # type: ignore[arg-type]  # an enum's name as text
    ContentFilter.hate(input_strength="HIGH")  # type: ignore[arg-type]  # an enum's value as text
    ContentFilter(type=ContentFilterType.HATE, strength=FilterStrength.LOW)  # type: ignore[call-arg]  # no such prop
    DeniedTopic(name="t")  # type: ignore[call-arg]  # the definition is missing
    PiiEntity("EMAIL")  # type: ignore[arg-type]  # an entity as text
    ContextualGrounding.grounding("0.8")  # type: ignore[arg-type]  # a threshold as text
    Guardrail(stack, "A", content_tier="STANDARD")  # type: ignore[arg-type]  # a tier as text
    Guardrail(stack, "B", cross_region=True)  # type: ignore[arg-type]  # no geography
    Guardrail(stack, "C", denied_topics=["advice"])  # type: ignore[list-item]  # a topic as text
    guardrail.create_version(keep="10")  # type: ignore[arg-type]  # a number as text
    guardrail.create_version(pinned=[3])  # type: ignore[list-item]  # a version's number is a text
    EnforcedGuardrail(stack, "D", guardrail=guardrail)  # type: ignore[arg-type]  # only a version is enforced
    Prompt(stack, "E", variants=["Hello"])  # type: ignore[list-item]  # a variant as text
    PromptVariant.text("a", text=["Hello"])  # type: ignore[arg-type]  # a list of texts
    Flow(stack, "F", definition=3)  # type: ignore[arg-type]  # no file and no dictionary
    FlowAlias(stack, "G", flow=flow, version="1", flow_alias_name="live")  # type: ignore[arg-type]  # a version as text
    Model.of(3)  # type: ignore[arg-type]  # a number
    Model.imported()  # type: ignore[call-arg]  # which model?
    ApplicationInferenceProfile(stack, "H", model=profile)  # type: ignore[arg-type]  # no model
    PromptRouter(stack, "I", models=3, fallback=NOVA, response_quality_difference=1)  # type: ignore[arg-type]  # no list
    Harness(stack, "J", model=NOVA, memory="managed")  # type: ignore[arg-type]  # a memory as text
    Harness(stack, "K", model=NOVA, tools=["browser"])  # type: ignore[list-item]  # a tool as text
    HarnessEndpoint(stack, "L", harness="chat")  # type: ignore[arg-type]  # a harness as text
    ResourcePolicy(stack, "M", resource_arn="arn", statements=[{}])  # type: ignore[list-item]  # a dictionary
    Agent(stack, "N", agent_name="a", foundation_model=3, instruction=INSTRUCTION)  # type: ignore[arg-type]  # a number
    role.grants.converse(3)  # type: ignore[arg-type]  # a number
    role.grants.converse(NOVA, streaming="yes")  # type: ignore[arg-type]  # a text for a flag
    Job.model_import(bucket="acme")  # type: ignore[arg-type]  # a bucket's name
    base.add_data_source("S", source, chunk=None)  # type: ignore[call-arg]  # no such prop
    base.add_data_source("T", source, description=3)  # type: ignore[arg-type]  # a number
    base.metric_throttles(name="t")  # type: ignore[call-arg]  # no such option
    base.metric("Throttles", period=300)  # type: ignore[arg-type]  # a number for a duration
    AppRole.from_role_arn(stack, "O", "arn", mutable=True)  # type: ignore[arg-type]  # an option of the CDK
    AppRole.from_lookup(stack, "P", role_name="r", family="model")  # type: ignore[arg-type]  # no such prop
    role.grants.create_guardrail(guardrail)  # type: ignore[attr-defined]  # no app role configures
