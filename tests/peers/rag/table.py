"""What the same app comes to on each library; ``make peers`` writes the table into the page.

It has the recorded templates of the peers, and this library's as they are now.
"""

from __future__ import annotations

import ast
import importlib
import io
import json
import re
import tempfile
import tokenize
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from constructs_lib.review import Options, Report, review_paths

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["APPS", "PAGE", "Figures", "figures", "main", "page_with", "table"]

HERE = Path(__file__).parent
RECORDED = HERE.parent / "recorded" / "rag"
PAGE = HERE.parents[2] / "docs" / "rag-compared.md"

APPS = {
    "ours_s3_vectors": ("S3 Vectors", "Bedrock Planes"),
    "generative_ai_s3_vectors": ("S3 Vectors", "generative-ai-cdk-constructs"),
    "ours_open_search": ("OpenSearch Serverless", "Bedrock Planes"),
    "bedrock_alpha_open_search": ("OpenSearch Serverless", "aws-bedrock-alpha"),
    "generative_ai_open_search": ("OpenSearch Serverless", "generative-ai-cdk-constructs"),
}
"""Module -> its store and library."""

_POLICIES = {"AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy"}
_MANIFEST = {
    "version": "48.0.0",
    "artifacts": {
        "Rag": {
            "type": "aws:cloudformation:stack",
            "environment": "aws://111122223333/us-east-1",
            "properties": {"templateFile": "Rag.template.json"},
        }
    },
}
_HEAD = """\
| store | library | lines of code | resources | functions | statements | wildcards in actions | \
`*` as resource | review: errors, warnings |
|---|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one app comes to.

    Attributes:
        lines: Lines of code of ``build``, without comments, docstring and blank lines.
        resources: Resources of the template.
        functions: Lambda functions among them.
        statements: Allow statements of the policies of roles, boundaries left out.
        wildcards: Actions with a wildcard in them.
        stars: Statements on every resource.
        errors: Errors of the review.
        warnings: Warnings of the review.
    """

    lines: int
    resources: int
    functions: int
    statements: int
    wildcards: int
    stars: int
    errors: int
    warnings: int


def _lines(module: str) -> int:
    text = (HERE / f"{module}.py").read_text("utf-8")
    [build] = [one for one in ast.parse(text).body if isinstance(one, ast.FunctionDef)]
    body = "\n".join(text.splitlines()[build.body[1].lineno - 1 : build.end_lineno])
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    found: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(f"if 1:\n{body}\n").readline):
        if token.type not in silent and token.string:
            found.update(range(token.start[0], token.end[0] + 1))
    return len(found) - 1


def _template(module: str) -> dict[str, Any]:
    recorded = RECORDED / f"{module}.template.json"
    if recorded.exists():
        return dict(json.loads(recorded.read_text("utf-8")))
    app = cdk.App(analytics_reporting=False, builtin_cloud_formation_validation=False)
    stack = cdk.Stack(app, "Rag", env=cdk.Environment(account="111122223333", region="us-east-1"))
    importlib.import_module(f"tests.peers.rag.{module}").build(stack)
    return dict(app.synth().get_stack_by_name("Rag").template)


def _documents(resources: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the policies that roles hold, inline and attached; a boundary gives nothing."""
    text = json.dumps([r["Properties"].get("PermissionsBoundary") for r in _of(resources, "AWS::IAM::Role")])
    for name, resource in resources.items():
        props = resource.get("Properties", {})
        kind = resource["Type"]
        if kind == "AWS::IAM::Role":
            yield from (one["PolicyDocument"] for one in props.get("Policies", ()))
        elif kind in _POLICIES and f'"{name}"' not in text:
            yield props["PolicyDocument"]


def _of(resources: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [one for one in resources.values() if one["Type"] == kind]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _review(template: dict[str, Any]) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "manifest.json").write_text(json.dumps(_MANIFEST), "utf-8")
        (Path(folder) / "Rag.template.json").write_text(json.dumps(template), "utf-8")
        return review_paths([folder], Options())


def figures(module: str) -> Figures:
    """Return the figures of one app."""
    template = _template(module)
    resources = {k: r for k, r in template["Resources"].items() if r["Type"] != "AWS::CDK::Metadata"}
    statements = [
        statement
        for document in _documents(resources)
        for statement in _listed(document["Statement"])
        if statement["Effect"] == "Allow"
    ]
    actions = [action for one in statements for action in _listed(one.get("Action", []))]
    report = _review(template)
    severities = [one.severity for one in report.findings if one.acknowledged is None]
    return Figures(
        lines=_lines(module),
        resources=len(resources),
        functions=len(_of(resources, "AWS::Lambda::Function")),
        statements=len(statements),
        wildcards=sum("*" in action for action in actions),
        stars=sum("*" in _listed(one["Resource"]) for one in statements),
        errors=severities.count("error"),
        warnings=severities.count("warning"),
    )


def table() -> str:
    """Return the table in Markdown."""
    rows = []
    for module, (store, library) in APPS.items():
        f = figures(module)
        cells = (f.lines, f.resources, f.functions, f.statements, f.wildcards, f.stars)
        numbers = " | ".join(map(str, cells))
        rows.append(f"| {store} | {library} | {numbers} | {f.errors}, {f.warnings} |\n")
    return _HEAD + "".join(rows)


def page_with(found: str, page: str) -> str:
    """Return the page with this table in the place of its own."""
    return re.sub(r"^\| store \| library .*?(?=^$)", lambda _: found, page, flags=re.MULTILINE | re.DOTALL)


def main() -> None:
    """Write the table into the page."""
    PAGE.write_text(page_with(table(), PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
