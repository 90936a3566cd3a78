"""The examples of the pages about resources run, in a stack of their own."""

from __future__ import annotations

import re
import textwrap

import aws_cdk as cdk
import pytest
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

import constructs_lib
from tests.cdk import Stack, template
from tests.source import ROOT

_CDK = {"agentcore": agentcore, "cdk": cdk, "iam": iam, "lambda_": lambda_, "s3": s3}
PAGES = (
    "data-sources.md",
    "enforced-guardrails.md",
    "flows.md",
    "from-agents-to-agentcore.md",
    "guardrails.md",
    "jobs.md",
    "models.md",
    "prompts.md",
)
EXAMPLES = [
    pytest.param(page, code, id=f"{page}-{at}")
    for page in PAGES
    for at, code in enumerate(
        re.findall(r"```python\n(.*?)```", (ROOT / "docs" / page).read_text("utf-8"), re.DOTALL)
    )
]


@pytest.mark.parametrize(("page", "code"), EXAMPLES)
def test_an_example_runs(page: str, code: str) -> None:
    stack = Stack()
    known = {name: getattr(constructs_lib, name) for name in constructs_lib.__all__}
    exec(compile(textwrap.dedent(code), page, "exec"), {**known, **_CDK, "stack": stack})
    assert template(stack)["Resources"]


@pytest.mark.parametrize(
    "name",
    [
        "DataSource",
        "KnowledgeBase",
        "KnowledgeBasePolicy",
        "KnowledgeBaseSync",
        "VectorBucket",
        "VectorBucketPolicy",
        "VectorIndex",
    ],
)
def test_the_page_of_a_construct_says_what_an_update_does(name: str) -> None:
    prose = (ROOT / "docs" / "constructs" / f"{name}.md").read_text("utf-8").partition("```")[0]
    assert re.search(r"An update (of|changes)|in place", prose) or "replaces the data source" in prose
    assert re.search(r"\breplaces\b", prose)
