"""What the stacks have in common: name, environment, tags, and values shared through SSM parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_iam as iam
    from constructs import Construct

    from stacks.settings import Settings

__all__ = ["PlanesStack", "acknowledge", "acknowledge_wildcards"]


class PlanesStack(cdk.Stack):
    """A stack of this app, named after the prefix, unless ``stack_name`` says another one.

    ``compact`` leaves the white space out of the template, which counts towards its size.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Settings,
        description: str,
        stack_name: str | None = None,
        synthesizer: cdk.IStackSynthesizer | None = None,
        compact: bool = False,
    ) -> None:
        self.settings = settings
        super().__init__(
            scope,
            stack_name or f"{settings.stack_prefix}{name}",
            env=settings.environment,
            description=description,
            synthesizer=synthesizer,
            suppress_template_indentation=compact,
            tags={"application": settings.prefix},
            termination_protection=settings.termination_protection,
        )

    @property
    def availability_zones(self) -> list[str]:
        """Two zones, chosen when the stack is deployed: a synthesis never asks AWS."""
        return [cdk.Fn.select(index, cdk.Fn.get_azs()) for index in range(2)]

    def publish(self, name: str, value: str) -> None:
        """Share a value with other stacks.

        Through a parameter and not an export: CloudFormation never changes an export that is in use, and a
        new version of the guardrail or a replaced knowledge base changes these values.
        """
        construct_id = "".join(word.capitalize() for word in name.split("-"))
        ssm.CfnParameter(
            self,
            f"{construct_id}Parameter",
            type="String",
            name=self.settings.parameter(name),
            value=value,
        )

    def shared(self, name: str) -> str:
        """Return a value that another stack shares, read when this stack is deployed."""
        return ssm.StringParameter.value_for_string_parameter(self, self.settings.parameter(name))

    def output(self, name: str, value: str, description: str) -> None:
        """Show a value at the end of the deployment."""
        cdk.CfnOutput(self, name, value=value, description=description)


def acknowledge(construct: Construct, rule: str, reason: str) -> None:
    """Accept what one rule of cdk-nag finds on this construct, with the reason."""
    cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))


def acknowledge_wildcards(
    construct: Construct, document: iam.PolicyDocument, reasons: Mapping[str, str]
) -> None:
    """Accept the wildcards in the resources of a policy, each with the reason given for its statement's id.

    Raises:
        KeyError: A statement with a wildcard and without a reason.
    """
    for statement in cdk.Stack.of(construct).resolve(document)["Statement"]:
        resources = (
            statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        )
        for text in map(_as_nag_writes_it, resources):
            if "*" in text and statement["Effect"] == "Allow":
                acknowledge(
                    construct, f"AwsSolutions::AwsSolutions-IAM5[Resource::{text}]", reasons[statement["Sid"]]
                )


def _as_nag_writes_it(value: Any) -> str:
    """Return a resolved ARN with each reference in angle brackets."""
    if isinstance(value, str):
        return value
    if "Ref" in value:
        return f"<{value['Ref']}>"
    if "Fn::GetAtt" in value:
        return f"<{'.'.join(value['Fn::GetAtt'])}>"
    return "".join(_as_nag_writes_it(part) for part in value["Fn::Join"][1])
