"""Checks of the props of a harness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_lib.cdk_support import (
    PlanesError,
    check_count,
    check_items,
    check_length,
    check_pattern,
    check_value,
)
from constructs_lib.control_plane.harness.authorizer import HarnessAuthorizer
from constructs_lib.control_plane.harness.file_systems import HarnessFileSystem
from constructs_lib.control_plane.harness.hooks import HarnessHook
from constructs_lib.control_plane.harness.memory import HarnessMemory
from constructs_lib.control_plane.harness.skills import HarnessSkill
from constructs_lib.control_plane.harness.tools import HarnessTool
from constructs_lib.control_plane.harness.truncation import HarnessTruncation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "check_allowed",
    "check_counts",
    "check_environment",
    "check_file_systems",
    "check_life",
    "check_setting",
    "check_timeout",
    "check_tools_and_memory",
    "check_values",
]

# Each page is that of the property in CloudFormation's reference, such as
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-bedrockagentcore-harness-vpcconfig.html
_ALLOWED = r"\*|@?[^/]+(/[^/]+)?"
_IMAGE = (
    r"(([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?|public\.ecr\.aws)/"
    r"((?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*)(?::([^:@]{1,300}))?(?:@(.+))?"
)


def check_values(
    skills: Sequence[HarnessSkill],
    hooks: Sequence[HarnessHook],
    truncation: HarnessTruncation | None,
    authorizer: HarnessAuthorizer | None,
) -> None:
    """Refuse skills, hooks, a truncation or an authorizer of another type, and hooks of one name."""
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


def check_counts(**counts: int | None) -> None:
    """Refuse what is no whole number from 1."""
    for prop, value in counts.items():
        if value is not None:
            check_count(prop, value, 1)


def check_timeout(timeout: cdk.Duration | None) -> None:
    """Refuse what is no duration of a second or more."""
    if timeout is None:
        return
    check_value("timeout", timeout, "cdk.Duration")
    if not timeout.is_unresolved() and timeout.to_seconds() < 1:
        raise PlanesError("`timeout` is 0 seconds, and no call would be answered: use a second or more")


def check_allowed(patterns: Sequence[str]) -> None:
    """Refuse patterns that AgentCore doesn't take for tools."""
    check_items("allowed_tools", patterns, str, "patterns such as `@gateway/search`")
    for pattern in patterns:
        check_length("allowed_tools", pattern, 1, 64)
        check_pattern("allowed_tools", pattern, _ALLOWED, "use `*`, a tool's name or `@server/tool`")


def check_environment(image: str | None, variables: Mapping[str, str] | None) -> None:
    """Refuse an image that is not in Amazon ECR, and variables that are no texts."""
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


def check_file_systems(file_systems: Sequence[HarnessFileSystem], *, in_vpc: bool) -> None:
    """Refuse more file systems of a kind than AgentCore takes, and those of a VPC outside one."""
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


def check_life(prop: str, value: cdk.Duration | None) -> None:
    """Refuse what is no duration from 1 minute to 14 days."""
    if value is None:
        return
    if not isinstance(value, cdk.Duration):
        raise PlanesError(f"`{prop}` has the value `{value!r}`: pass a `cdk.Duration`")
    if not 60 <= value.to_seconds() <= 1_209_600:
        raise PlanesError(f"`{prop}` is {value.to_seconds():g} seconds: use 1 minute to 14 days")


def check_setting(prop: str, value: object, high: int) -> None:
    """Refuse what is no number from 0 to ``high``."""
    if value is not None and (
        isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= high
    ):
        raise PlanesError(f"`{prop}` has the value `{value!r}`: pass a number from 0 to {high}")


def check_tools_and_memory(tools: Sequence[HarnessTool], memory: HarnessMemory | None) -> None:
    """Refuse tools and a memory of another type, and two tools of one name."""
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
