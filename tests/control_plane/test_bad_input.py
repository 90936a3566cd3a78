"""Values that AWS refuses, or that can't mean what they say: each is refused where it is written.

The message names the prop, the value and what to do. Beside each of the finer rules are values that pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from constructs_lib import (
    Agent,
    ApplicationInferenceProfile,
    CachePoint,
    ChatMessage,
    ContentFilter,
    EnforcedGuardrail,
    Flow,
    Guardrail,
    GuardrailVersion,
    Harness,
    HarnessEndpoint,
    HarnessMemory,
    HarnessTool,
    Job,
    JobRole,
    KnowledgeBase,
    Modality,
    PlanesError,
    Prompt,
    PromptInference,
    PromptRouter,
    PromptTool,
    PromptVariant,
    RegexFilter,
    ResourcePolicy,
    ToolChoice,
    Word,
)
from tests.cdk import ACCOUNT, REGION, Stack
from tests.control_plane.guardrail_example import POLICY_ARN
from tests.control_plane.test_flow import SIMPLE

if TYPE_CHECKING:
    from collections.abc import Callable

NOVA, PRO = "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"
EMBEDDING = "amazon.titan-embed-text-v2:0"
HERE = f"arn:aws:bedrock:{REGION}:{ACCOUNT}"
CORE = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}"
TOOL: dict[str, Any] = {"name": "t", "input_schema": {"type": "object"}}


def guardrail(stack: cdk.Stack, **props: Any) -> Guardrail:
    return Guardrail(stack, "G", **{"words": ["w"], **props})


def enforced(stack: cdk.Stack, **props: Any) -> EnforcedGuardrail:
    version = GuardrailVersion.from_guardrail_version_attributes(
        stack, "V", guardrail_id="abcdef123456", version="3"
    )
    return EnforcedGuardrail(stack, "E", guardrail=version, **props)


def text(stack: cdk.Stack, **props: Any) -> Prompt:
    return Prompt(stack, "P", variants=[PromptVariant.text("a", **{"text": "Hello {{name}}", **props})])


def chat(stack: cdk.Stack, **props: Any) -> Prompt:
    variant = PromptVariant.chat("a", **{"messages": [ChatMessage.user("Hi")], **props})
    return Prompt(stack, "P", variants=[variant])


def stored(stack: cdk.Stack, **props: Any) -> Prompt:
    return Prompt(
        stack,
        "P",
        variants=[PromptVariant.text_from_s3("a", **{"bucket": bucket(stack), "key": "k", **props})],
    )


def bucket(stack: cdk.Stack, name: str = "B") -> s3.IBucket:
    return s3.Bucket.from_bucket_name(stack, name, "data")


def alias(stack: cdk.Stack) -> Any:
    return kms.Alias.from_alias_name(stack, "K", "alias/x")


def router(stack: cdk.Stack, **props: Any) -> PromptRouter:
    given = {"models": [NOVA, PRO], "fallback": NOVA, "response_quality_difference": 10, **props}
    return PromptRouter(stack, "R", **given)


def agent(stack: cdk.Stack, **props: Any) -> Agent:
    return Agent(
        stack, "A", **{"agent_name": "a", "foundation_model": NOVA, "instruction": "x" * 40, **props}
    )


def harness(stack: cdk.Stack, **props: Any) -> Harness:
    return Harness(stack, "H", **{"model": NOVA, **props})


def policy(stack: cdk.Stack, arn: str = f"{CORE}:runtime/chat-abcdefghij", **more: Any) -> ResourcePolicy:
    statement = iam.PolicyStatement(
        principals=[iam.AccountPrincipal("444455556666")],
        actions=["bedrock-agentcore:InvokeAgentRuntime"],
        **more,
    )
    return ResourcePolicy(stack, "R", resource_arn=arn, statements=[statement])


def customization(stack: cdk.Stack, **props: Any) -> JobRole:
    given = {"base_model": NOVA, "training_bucket": bucket(stack), "output_bucket": bucket(stack, "C")}
    return JobRole(stack, "J", job=Job.customization(**{**given, **props}))


def memory(**props: Any) -> HarnessMemory:
    return HarnessMemory.existing(f"{CORE}:memory/m-abcdefghij", **props)


def regex(pattern: str) -> Callable[[cdk.Stack], object]:
    return lambda stack: guardrail(stack, regexes=[RegexFilter(name="r", pattern=pattern)])


def base(stack: cdk.Stack) -> Any:
    return KnowledgeBase.from_knowledge_base_arn(stack, "Kb", f"{HERE}:knowledge-base/ABCDEF1234")


WRONG: dict[str, tuple[Callable[[cdk.Stack], object], str]] = {
    "regex: a bracket without its partner": (regex("(a"), "`pattern` of `r` is `(a`, which is no regular"),
    "regex: a bracket too many": (regex("a)"), "(unbalanced parenthesis): correct it"),
    "regex: an open class": (regex("[a-z"), "(unterminated character set): correct it"),
    "regex: nothing to repeat": (regex("*a"), "(nothing to repeat): correct it"),
    "regex: a backslash at the end": (regex("a\\"), "(bad escape (end of pattern)): correct it"),
    "regex: a range from z to a": (regex("[z-a]"), "(bad character range z-a): correct it"),
    "regex: three to one": (regex("a{3,1}"), "(min repeat greater than max repeat): correct it"),
    "a word of spaces": (lambda s: guardrail(s, words=["  "]), "`text` has spaces alone"),
    "a modality thrice": (
        lambda s: ContentFilter.hate(modalities=[Modality.TEXT] * 3),
        "`input_modalities` has `TEXT` more than once",
    ),
    "an alias for a guardrail's key": (
        lambda s: guardrail(s, encryption_key=alias(s)),
        "`encryption_key` is the alias `alias/x`: AWS takes the key itself here",
    ),
    "an alias for a prompt's key": (
        lambda s: Prompt(s, "P", variants=[PromptVariant.text("a", text="x")], encryption_key=alias(s)),
        "`encryption_key` is the alias",
    ),
    "an alias for a flow's key": (
        lambda s: Flow(s, "F", definition=SIMPLE, encryption_key=alias(s)),
        "`encryption_key` is the alias",
    ),
    "an alias for an agent's key": (
        lambda s: agent(s, encryption_key=alias(s)),
        "`encryption_key` is the alias",
    ),
    "a tag with a letter that Bedrock doesn't take": (
        lambda s: guardrail(s, tags={"team": "Verkäufe"}),
        "`tags` has the value `Verkäufe`: use letters from a to z, digits and ._:/=+@-",
    ),
    "a tag of AWS's": (
        lambda s: guardrail(s, tags={"aws:team": "x"}),
        "`tags` has the key `aws:team`: `aws:` is kept for AWS",
    ),
    "a number as a tag": (
        lambda s: ApplicationInferenceProfile(s, "P", model=NOVA, tags={"a": 1}),  # type: ignore[dict-item]  # the mistake
        "`tags` has the value `1` of the type `int`: pass texts",
    ),
    "a reasoning policy that is no ARN": (
        lambda s: guardrail(s, automated_reasoning_policies=["policy"]),
        "`automated_reasoning_policies` has the value `policy`: pass the ARN of a policy",
    ),
    "a reasoning policy twice": (
        lambda s: guardrail(s, automated_reasoning_policies=[POLICY_ARN] * 2),
        "more than once: give it once",
    ),
    "a Region that is none": (
        lambda s: guardrail(s, cross_region="us", destination_regions=["here"]),
        "`destination_regions` has the value `here`: pass Regions such as `us-east-1`",
    ),
    "ALL beside a model": (
        lambda s: enforced(s, included_models=["ALL", NOVA]),
        "`included_models` has `ALL`, which is every model: leave the other ids out",
    ),
    "a model that is guarded and isn't": (
        lambda s: enforced(s, included_models=[NOVA], excluded_models=[NOVA]),
        f"`excluded_models` has `{NOVA}`, which `included_models` has too",
    ),
    "a chat that the assistant begins": (
        lambda s: chat(s, messages=[ChatMessage.assistant("Hello")]),
        "`messages` of the variant `a` begin with the assistant's",
    ),
    "an empty message": (
        lambda s: ChatMessage.user(""),
        "`content` has an empty text, which AWS doesn't take",
    ),
    "an empty system prompt": (lambda s: chat(s, system=[""]), "`system` has an empty text"),
    "a cache point before everything": (
        lambda s: chat(s, messages=[ChatMessage.user(CachePoint(), "Hi")]),
        "the variant `a` begins with a `CachePoint()`, before which there is nothing to keep",
    ),
    "a cache point before the system prompt": (
        lambda s: chat(s, system=[CachePoint(), "Be brief"]),
        "the variant `a` begins with a `CachePoint()`",
    ),
    "tools of cache points alone": (lambda s: chat(s, tools=[CachePoint()]), "begins with a `CachePoint()`"),
    "two tools of a name": (
        lambda s: chat(s, tools=[PromptTool(**TOOL)] * 2),
        "`tools` has `t` more than once",
    ),
    "a tool of a list": (
        lambda s: PromptTool(name="t", input_schema={"type": "array"}),
        "`input_schema` of the tool `t` has the type `array`: pass that of an object",
    ),
    "a schema that is no JSON": (
        lambda s: PromptTool(name="t", input_schema={"type": "object", "enum": {1, 2}}),
        "`input_schema` is no JSON: it has a value of the type `set`",
    ),
    "an empty description of a tool": (
        lambda s: PromptTool(**TOOL, description=""),
        "`description` of the tool `t` is empty",
    ),
    "a choice that doesn't exist": (
        lambda s: ToolChoice("all"),  # type: ignore[arg-type]  # the mistake
        "`kind` has the value `all`: use `.auto()`, `.any()` or `.tool(name)`",
    ),
    "a choice of a tool without its name": (lambda s: ToolChoice("tool"), "`name` belongs to"),
    "a variable twice": (
        lambda s: text(s, variables=["name", "name"]),
        "`variables` has `name` more than once",
    ),
    "a variable twice, unseen": (
        lambda s: stored(s, variables=["x", "x"]),
        "`variables` has `x` more than once",
    ),
    "a variable with a space": (
        lambda s: text(s, text="Hello {{first name}}"),
        "the text of the variant `a` has `{{first name}}`, which is no variable: use 1-100 letters",
    ),
    "a variable with a dot": (lambda s: text(s, text="Hello {{user.name}}"), "has `{{user.name}}`, which is"),
    "a variable without a name": (lambda s: text(s, text="Hello {{}}"), "has `{{}}`, which is no variable"),
    "a variable of 101 letters": (
        lambda s: text(s, text=f"Hello {{{{{'a' * 101}}}}}"),
        "which is no variable: use 1-100 letters",
    ),
    "a wrong variable in a system prompt": (
        lambda s: chat(s, system=["Be {{very brief}}"]),
        "has `{{very brief}}`, which is no variable",
    ),
    "21 variables": (
        lambda s: text(s, text=" ".join(f"{{{{v{n}}}}}" for n in range(21))),
        "`variables` has 21 values, and AWS takes 20 at most",
    ),
    "a bucket's name for a bucket": (
        lambda s: stored(s, bucket="b"),
        "`bucket` has the value `'b'` of the type `str`: pass a bucket such as `s3.Bucket`",
    ),
    "an empty version of an object": (
        lambda s: stored(s, object_version=""),
        "`object_version` must have 1 to 1024 characters, got 0",
    ),
    "a variant without a template": (
        lambda s: PromptVariant(name="a", template=None),  # type: ignore[arg-type]  # the mistake
        "`template` of the variant `a` is a NoneType: make the variant with `PromptVariant.text(...)`",
    ),
    "half a token": (
        lambda s: PromptInference(max_tokens=1.5),  # type: ignore[arg-type]  # the mistake
        "`max_tokens` has the value `1.5`: pass a whole number from 0 to 512000",
    ),
    "an empty stop sequence": (
        lambda s: PromptInference(stop_sequences=[""]),
        "`stop_sequences` has an empty text",
    ),
    "51 metadata": (
        lambda s: text(s, metadata={f"k{n}": "v" for n in range(51)}),
        "`metadata` has 51 values, and AWS takes 50 at most",
    ),
    "metadata with a letter that AWS doesn't take": (
        lambda s: text(s, metadata={"k!": "v"}),
        "`metadata` has the value `k!`: use letters from a to z",
    ),
    "metadata that are a number": (
        lambda s: text(s, metadata={"k": 1}),
        "`metadata` has the value `1` of the type `int`",
    ),
    "metadata that are a list": (lambda s: text(s, metadata=["k"]), "pass a dictionary of texts"),
    "fields that are a list": (
        lambda s: text(s, model_fields=["k"]),
        "`model_fields` has a value of the type `list`: pass a dictionary",
    ),
    "a model that is none": (
        lambda s: text(s, model="not a model!"),
        "`model` has the value `not a model!`: pass the id or the ARN",
    ),
    "an agent's name for its alias": (
        lambda s: text(s, agent="alias"),
        "`agent` of the variant `a` is a str: pass an `AgentAlias`",
    ),
    "a cache point in words": (
        lambda s: text(s, cache_point="default"),
        "`cache_point` has the value `'default'` of the type `str`: pass `CachePoint()`",
    ),
    "a router of embeddings": (
        lambda s: router(s, models=[EMBEDDING, "amazon.titan-embed-text-v1"]),
        f"`models` has `{EMBEDDING}`, which answers with embedding",
    ),
    "a router's quality that is no number": (
        lambda s: router(s, response_quality_difference=float("nan")),
        "`response_quality_difference` has the value `nan`: pass a finite number",
    ),
    "a profile of a profile of one's own": (
        lambda s: ApplicationInferenceProfile(s, "P", model=ApplicationInferenceProfile(s, "Q", model=NOVA)),
        "`model` is one of this app: an application inference profile copies a foundation model",
    ),
    "an ARN in capitals": (
        lambda s: policy(s, f"{CORE}:runtime/x".replace("arn:aws", "arn:AWS")),
        "`resource_arn` has the value `arn:AWS:",
    ),
    "a policy of 20,481 characters": (
        lambda s: policy(
            s,
            conditions={"StringEquals": {"aws:PrincipalOrgID": [f"o-{n:010d}" for n in range(1400)]}},
        ),
        "characters, and AgentCore takes 20,480",
    ),
    "a policy on a bucket": (
        lambda s: policy(s, resources=["arn:aws:s3:::x"]),
        "`statements` has the resource `arn:aws:s3:::x`, which is none of AgentCore",
    ),
    "a kind of job that doesn't exist": (
        lambda s: Job("training", (), ()),
        "`kind` has the value `training`: use batch-inference, customization, import, evaluation",
    ),
    "a prefix that is a number": (
        lambda s: Job.model_import(bucket=bucket(s), prefix=3),  # type: ignore[arg-type]  # the mistake
        "`prefix` has the value `3` of the type `int`: pass a text",
    ),
    "a prefix with a wildcard": (
        lambda s: Job.model_import(bucket=bucket(s), prefix="*"),
        "the prefix `*` has a wildcard",
    ),
    "validation data without a prefix": (
        lambda s: customization(s, validation=bucket(s, "D")),
        "pass a pair of a bucket and a prefix",
    ),
    "models that are a number": (
        lambda s: Job.evaluation(models=3, dataset_bucket=bucket(s), output_bucket=bucket(s, "C")),  # type: ignore[arg-type]  # the mistake
        "`models` has the value `3`: pass a list with the models",
    ),
    "a base model that is none": (
        lambda s: customization(s, base_model="x!"),
        "`model` has the value `x!`, which is no model's id",
    ),
    "a knowledge base's name": (
        lambda s: agent(s, knowledge_bases=[("kb", "For orders")]),
        "`knowledge_bases` has `('kb', 'For orders')`: pass pairs of a knowledge base and a text",
    ),
    "one knowledge base twice": (
        lambda s: agent(s, knowledge_bases=[(base(s), "x")] * 2),
        "`knowledge_bases` has one twice",
    ),
    "an agent of embeddings": (
        lambda s: agent(s, foundation_model=EMBEDDING),
        f"`foundation_model` has `{EMBEDDING}`, which answers with embedding",
    ),
    "streaming in words": (
        lambda s: agent(s, streaming="yes"),
        "`streaming` has the value `'yes'` of the type `str`: pass `True` or `False`",
    ),
    "a harness of embeddings": (
        lambda s: harness(s, model=EMBEDDING),
        f"`model` has `{EMBEDDING}`, which answers with embedding",
    ),
    "no iterations": (
        lambda s: harness(s, max_iterations=0),
        "`max_iterations` has the value `0`: pass a whole number from 1",
    ),
    "half an iteration": (lambda s: harness(s, max_iterations=1.5), "`1.5`: pass a whole number from 1"),
    "less than no tokens": (lambda s: harness(s, max_tokens=-1), "`max_tokens` has the value `-1`"),
    "no time": (lambda s: harness(s, timeout=cdk.Duration.seconds(0)), "`timeout` is 0 seconds"),
    "51 variables of an environment": (
        lambda s: harness(s, environment_variables={f"A{n}": "x" for n in range(51)}),
        "`environment_variables` has 51 values, and AWS takes 50 at most",
    ),
    "a variable of an environment without a name": (
        lambda s: harness(s, environment_variables={"": "x"}),
        "`environment_variables` has an empty name",
    ),
    "a subnet that is no list": (
        lambda s: harness(s, subnets="subnet-12345678", security_groups=["sg-12345678"]),
        "`subnets` has the value `'subnet-12345678'`: pass a list",
    ),
    "a subnet that is none": (
        lambda s: harness(s, subnets=["x"], security_groups=["sg-12345678"]),
        "`subnets` has the value `x`: pass ids such as `subnet-0123456789abcdef0`",
    ),
    "17 subnets": (
        lambda s: harness(s, subnets=[f"subnet-{n:08d}" for n in range(17)], security_groups=["sg-12345678"]),
        "`subnets` has 17 values, and AWS takes 16 at most",
    ),
    "an image of another registry": (
        lambda s: harness(s, container_uri="nginx:latest"),
        "`container_uri` has the value `nginx:latest`: pass an image of Amazon ECR",
    ),
    "allowed tools that are a text": (
        lambda s: harness(s, allowed_tools="*"),
        "`allowed_tools` has the value `'*'`: pass a list",
    ),
    "an allowed tool with two slashes": (
        lambda s: harness(s, allowed_tools=["@a/b/c"]),
        "`allowed_tools` has the value `@a/b/c`: use `*`, a tool's name or `@server/tool`",
    ),
    "less than no messages": (
        lambda s: memory(messages_count=-1),
        "`messages_count` has the value `-1`: pass a whole number from 1",
    ),
    "an actor without a name": (lambda s: memory(actor_id=""), "`actor_id` is empty"),
    "an alias for a memory's key": (
        lambda s: HarnessMemory.managed(encryption_key="alias/x"),
        "`encryption_key` has the value `alias/x`: pass a key, or the ARN of one",
    ),
    "a strategy twice": (
        lambda s: HarnessMemory.managed(strategies=["SEMANTIC", "SEMANTIC"]),
        "`strategies` has `SEMANTIC` more than once",
    ),
    "days as a number": (
        lambda s: HarnessMemory.managed(event_expiry=7),  # type: ignore[arg-type]  # the mistake
        "`event_expiry` has the value `7` of the type `int`: pass a `cdk.Duration`",
    ),
    "a server at another scheme": (
        lambda s: HarnessTool.remote_mcp("d", url="ftp://x"),
        "`url` has the value `ftp://x`: pass a URL that begins with https://",
    ),
    "a header that is a number": (
        lambda s: HarnessTool.remote_mcp("d", url="https://x", headers={"a": 1}),  # type: ignore[dict-item]  # the mistake
        "`headers` has the value `1` of the type `int`",
    ),
    "a function's schema in words": (
        lambda s: HarnessTool.inline_function("f", description="d", input_schema="x"),  # type: ignore[arg-type]  # the mistake
        "`input_schema` has a value of the type `str`: pass a dictionary",
    ),
    "a gateway that is none": (
        lambda s: harness(s, tools=[HarnessTool.gateway("!!")]),
        "`gateway` has the value `!!`: pass the construct, its id or its ARN",
    ),
    "an endpoint's tag that is a number": (
        lambda s: HarnessEndpoint(s, "E", harness=harness(s), tags={"a": 1}),  # type: ignore[dict-item]  # the mistake
        "`tags` has the value `1` of the type `int`",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_value_is_named_with_the_remedy(case: str) -> None:
    make, message = WRONG[case]
    with pytest.raises(PlanesError) as caught:
        make(Stack())
    assert message in str(caught.value)
    assert "Token[" not in str(caught.value)


@pytest.mark.parametrize(
    "pattern",
    [
        r"T-\d{3,}",
        r"\b[A-Z]{2}\d{6}[A-D]?\b",
        r"(?i)acct[:#]?\s*(\d{4}[- ]?){4}",
        # What other kinds of regular expressions have, and Python lacks.
        r"\p{Lu}{2}\d+",
        r"[\p{L}\p{N}_-]+",
        r"[\p{L}-z]",
        r"(?<year>\d{4})-(?<month>\d\d)",
        r"[[:alpha:]]+\z",
        r"\Q(a\E",
        r"a++b*+c?+",
        r"\x{1F600}|\u0041",
        r"[a-z&&[^aeiou]]",
        r"{3}",
        r"^\h+$",
    ],
)
def test_a_pattern_that_some_kind_of_expression_takes_passes(pattern: str) -> None:
    RegexFilter(name="r", pattern=pattern)


@pytest.mark.parametrize(
    "make",
    [
        lambda s: Word("ten words that the API takes for one phrase today"),
        lambda s: text(s, text='Answer as {"a": {"b": 1}} for {{ name }} and {{first-name}}'),
        lambda s: text(s, text="Use { braces } and {single} ones"),
        lambda s: text(s, text=f"Hello {cdk.Aws.REGION}", variables=["name"]),
        lambda s: chat(s, messages=[]),
        lambda s: chat(
            s,
            tools=[PromptTool(**TOOL), CachePoint()],
            system=["Be brief", CachePoint()],
            messages=[ChatMessage.user("Hi", CachePoint()), ChatMessage.assistant("Hello")],
        ),
        lambda s: chat(s, tools=[PromptTool(**TOOL)], system=[CachePoint(), "Be brief"]),
        lambda s: PromptTool(name="t", input_schema={"description": cdk.Aws.REGION}),
        lambda s: PromptInference(temperature=cdk.Token.as_number({"Ref": "Most"})),
        lambda s: guardrail(s, tags={"team a/b": "x@y.z+1"}),
        lambda s: guardrail(s, encryption_key=kms.Key(s, "K")),
        lambda s: harness(s, subnets=[cdk.Fn.import_value("Subnet")], security_groups=["sg-12345678"]),
        lambda s: harness(
            s,
            subnets=cdk.Fn.split(",", cdk.Fn.import_value("Subnets")),
            security_groups=cdk.Fn.split(",", cdk.Fn.import_value("Groups")),
        ),
        lambda s: harness(s, max_tokens=cdk.Token.as_number({"Ref": "Most"})),
        lambda s: harness(s, container_uri="public.ecr.aws/team/chat:1"),
        lambda s: agent(s, foundation_model="us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ],
)
def test_the_nearest_right_values_pass(make: Callable[[cdk.Stack], object]) -> None:
    make(Stack())
