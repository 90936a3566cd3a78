"""What the app reads from the CDK context, checked before anything is built."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib import FormerLogging, PlanesError, catalogue

if TYPE_CHECKING:
    from constructs import Node

__all__ = ["DEFAULT_MODEL", "Settings", "SettingsError"]

DEFAULT_MODEL = "amazon.nova-lite-v1:0"
"""On demand in us-east-1 and, as a model of Amazon's own, without a Marketplace subscription."""

_AUDIT = "AuditOf"

DEFAULT_EMBEDDING_MODEL = "amazon.titan-embed-text-v2:0"


class SettingsError(ValueError):
    """A context value is wrong; the message is one line that names the key, the value and the remedy."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of all stacks.

    ``account`` is ``None`` when nothing names one: the templates then fit every account.
    """

    account: str | None
    region: str
    prefix: str
    model: str
    large_model: str | None
    prompt_cache: bool
    embedding_model: str
    agents_classic: bool
    assumable_by: str | None
    app_assumable_by: str | None
    former_logging: FormerLogging | None
    alarm_email: str | None
    termination_protection: bool

    @classmethod
    def from_context(cls, node: Node) -> Settings:
        """Read the context; raise :class:`SettingsError` for the first wrong value."""
        account = _text(node, "account", os.environ.get("CDK_DEFAULT_ACCOUNT"), r"\d{12}", "give 12 digits")
        region = _text(
            node,
            "region",
            os.environ.get("CDK_DEFAULT_REGION") or "us-east-1",
            r"[a-z]{2}(-[a-z]+)+-\d",
            "give a Region such as us-east-1",
        )
        prefix = _text(
            node,
            "prefix",
            "bedrock-planes",
            r"[a-z](-?[a-z0-9]){2,20}",
            "use 3-21 lower-case letters, digits and single hyphens, a letter first",
        )
        model_id = r"[a-z0-9-]+(\.[A-Za-z0-9-]+)+(:[A-Za-z0-9]+)*(:\d+)?|arn:.+"
        model = _text(node, "model", DEFAULT_MODEL, model_id, f"give a model's id such as {DEFAULT_MODEL}")
        large = _text(node, "large-model", None, model_id, "give a model's id such as amazon.nova-pro-v1:0")
        # The default model takes cache points; for another one its page says it.
        cache = _text(
            node, "prompt-cache", str(model == DEFAULT_MODEL).lower(), r"true|false", "use true or false"
        )
        embedding = _text(
            node,
            "embedding-model",
            DEFAULT_EMBEDDING_MODEL,
            model_id,
            f"give a model's id such as {DEFAULT_EMBEDDING_MODEL}",
        )
        if embedding and not catalogue.embedding_dimensions(embedding.rpartition("/")[2]):
            raise SettingsError(
                f"context value `embedding-model` is `{embedding}`, which the catalogue doesn't know as an "
                f"embedding model: give one such as {DEFAULT_EMBEDDING_MODEL}"
            )
        agents = _text(node, "agents-classic", "false", r"true|false", "use true or false")
        principal = r"arn:[\w-]+:iam::\d{12}:.+"
        assumable = _text(node, "assumable-by", None, principal, "give the ARN of a principal")
        app_assumable = _text(node, "app-assumable-by", None, principal, "give the ARN of a principal")
        # The account's root leaves it to the policies of each principal, so it isn't one that takes both.
        if app_assumable is not None and app_assumable == assumable and not assumable.endswith(":root"):
            raise SettingsError(
                f"context value `app-assumable-by` is `{app_assumable}`, which `assumable-by` names too, so "
                "it would hold both planes: give another principal, or leave one of the two out"
            )
        if prefix and _is_within_audit(prefix):
            raise SettingsError(
                f"context value `prefix` is `{prefix}`, with which the names of audit stacks begin too, so "
                "the deploy role would reach a trail: give another prefix"
            )
        return cls(
            account=account,
            region=region or "",
            prefix=prefix or "",
            model=model or "",
            large_model=large,
            prompt_cache=cache == "true",
            embedding_model=embedding or "",
            agents_classic=agents == "true",
            assumable_by=assumable,
            app_assumable_by=app_assumable,
            former_logging=_former_logging(node),
            alarm_email=_text(
                node,
                "alarm-email",
                None,
                r"[^@\s]+@[^@\s]+\.[^@\s]+",
                "give an e-mail address",
            ),
            termination_protection=_text(
                node, "termination-protection", "false", r"true|false", "use true or false"
            )
            == "true",
        )

    @property
    def stack_prefix(self) -> str:
        """How the names of the stacks begin, and with them the names that CloudFormation makes."""
        return "".join(word.capitalize() for word in self.prefix.split("-"))

    @property
    def models(self) -> tuple[str | None, ...]:
        """All models that are called, the large one ``None`` where there is none."""
        return (self.model, self.large_model, self.embedding_model)

    @property
    def audit_stack(self) -> str:
        """The name of the stack of the trail, out of reach of permissions that end at the prefix."""
        return f"{_AUDIT}{self.stack_prefix}"

    @property
    def environment(self) -> cdk.Environment:
        """Where the stacks are deployed."""
        return cdk.Environment(account=self.account, region=self.region)

    @staticmethod
    def principal(service: str, other: str | None) -> iam.IPrincipal:
        """Return the service that takes a role, with the other principal that may, if there is one."""
        taken = iam.ServicePrincipal(service)
        return iam.CompositePrincipal(taken, iam.ArnPrincipal(other)) if other else taken

    def parameter(self, name: str) -> str:
        """Return the name of the SSM parameter that shares one value between the stacks."""
        return f"/{self.prefix}/{name}"


def _is_within_audit(prefix: str) -> bool:
    """Whether names with the prefix begin as those of an audit stack, of this or another deployment."""
    own = prefix.replace("-", "")
    return own.startswith(_AUDIT.lower()) or _AUDIT.lower().startswith(own)


def _former_logging(node: Node) -> FormerLogging | None:
    """Return the account's present invocation logging, given as JSON with ``FormerLogging``'s values."""
    given = node.try_get_context("former-logging")
    if given is None:
        return None
    remedy = 'give an object such as {"log_group_name": "...", "role_arn": "..."}'
    try:
        values = json.loads(given) if isinstance(given, str) else given
        return FormerLogging(**values)
    except PlanesError as error:
        raise SettingsError(f"context value `former-logging`: {error}") from error
    except (TypeError, ValueError) as error:
        raise SettingsError(f"context value `former-logging` is `{given}`: {remedy}") from error


def _text(node: Node, key: str, default: str | None, pattern: str, remedy: str) -> str | None:
    given = node.try_get_context(key)
    if given is None:
        given = default
    # `--context key=true` is text, the same in cdk.json is a boolean.
    text = str(given).lower() if isinstance(given, bool) else given
    if text is None:
        return None
    if not isinstance(text, str) or re.fullmatch(pattern, text) is None:
        raise SettingsError(f"context value `{key}` is `{text}`: {remedy}, as in `--context {key}=...`")
    return text
