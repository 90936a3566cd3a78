"""Versions of a guardrail: a new one for each content, the old ones kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrock as bedrock
from aws_cdk.interfaces import aws_bedrock as refs

from constructs_lib.cdk_support import (
    PlanesError,
    check_items,
    check_length,
    check_number,
    check_path,
    check_pattern,
    handler_function,
    with_explained_calls,
)
from constructs_lib.control_plane.fingerprint import text_by_content, version_by_content
from constructs_lib.grants import GuardrailNeeds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

__all__ = ["GuardrailVersion", "GuardrailVersionBase", "HasContent"]

# https://docs.aws.amazon.com/general/latest/gr/bedrock.html (versions for each guardrail, not adjustable)
_QUOTA = 20


class HasContent(Protocol):
    """A guardrail whose content is known here, such as a ``Guardrail`` of this app."""

    guardrail_arn: str
    guardrail_id: str
    needs: GuardrailNeeds

    def fingerprint(self) -> str:
        """Return a short hash of the content."""
        ...


@jsii.implements(refs.IGuardrailVersionRef)
class GuardrailVersionBase(cdk.Resource):
    """What a version of a guardrail of this app and an imported one have in common."""

    guardrail_id: str
    version: str
    needs: GuardrailNeeds = GuardrailNeeds()
    """What callers need beside the guardrail: its profile, its key, its Automated Reasoning policies."""

    @property
    def guardrail_version_ref(self) -> refs.GuardrailVersionReference:
        """The reference that other libraries' constructs take."""
        return refs.GuardrailVersionReference(guardrail_id=self.guardrail_id, version=self.version)


@with_explained_calls
class GuardrailVersion(GuardrailVersionBase):
    """A fixed version of a guardrail; a change of the guardrail's content makes a new one and keeps the old.

    AWS allows 20 versions of a guardrail, so the deployment of the 21st fails. With ``keep`` a function of
    this library makes room before each new version. It deletes the oldest beyond that number, and never one
    of this stack, a pinned one, one that the account or its organization enforces, or one that an agent of
    the account names. It reports what it deleted in the events of the stack.

    A deployment that is rolled back leaves no version. The logical id changes with the content, so pass
    ``version`` to another stack through an SSM parameter and not as a cross-stack export, which could never
    change again.

    Args:
        guardrail: A guardrail of this app: its content decides when a new version is made.
        description: At most 200 characters; another one makes a new version. Default: none.
        keep: How many versions stay, 2 to 20, beside the protected ones. Default: all, until AWS refuses.
        pinned: Numbers of versions that stay in any case, such as ``["3"]``. Default: none.
        role_path: The IAM path of the role of the function behind ``keep``. Default:
            ``/bedrock-planes/service/``.

    Attributes:
        guardrail_id: The id of the guardrail.
        guardrail_arn: The ARN of the guardrail, known at deployment.
        version: The number of the version.
        deleted_versions: With ``keep``, the versions that were deleted before this one was made, such as
            ``1, 2``, known at deployment; ``None`` without.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-guardrailversion.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        guardrail: HasContent,
        description: str | None = None,
        keep: int | None = None,
        pinned: Sequence[str] = (),
        role_path: str | None = None,
    ) -> None:
        check_length("description", description, 1, 200)
        check_path("role_path", role_path)
        _check_keep(keep, pinned)
        if not hasattr(guardrail, "fingerprint"):
            raise PlanesError(
                f"`guardrail` is a {type(guardrail).__name__}, whose content is not known here: pass a "
                "`Guardrail` of this app, or refer to a version with `from_guardrail_version_attributes`"
            )
        super().__init__(scope, construct_id)
        self._l1 = bedrock.CfnGuardrailVersion(
            self, "Resource", guardrail_identifier=guardrail.guardrail_id, description=description
        )
        # AWS allows 20, so what a failed deployment made must not stay.
        version_by_content(self._l1, guardrail.fingerprint)
        self.guardrail_id: str = guardrail.guardrail_id
        self.guardrail_arn: str = self._l1.attr_guardrail_arn
        self.version: str = self._l1.attr_version
        self.needs = guardrail.needs
        self.deleted_versions: str | None = None
        if keep is not None:
            room = self._room(guardrail, keep, pinned, description, role_path)
            self.deleted_versions = room.get_att_string("Deleted")
            # Room is needed before the new version is made.
            self._l1.node.add_dependency(room)

    def _room(
        self,
        guardrail: HasContent,
        keep: int,
        pinned: Sequence[str],
        description: str | None,
        path: str | None,
    ) -> cdk.CustomResource:
        """Make the resource that makes room, and its function with a role that can do this one thing."""
        stack = cdk.Stack.of(self)
        agents = f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}:agent/*"
        deleting = _allow(["bedrock:DeleteGuardrail", "bedrock:ListGuardrails"], guardrail.guardrail_arn)
        handler = handler_function(
            self,
            "guardrail_versions",
            statements=[
                deleting,
                # IAM takes these two on * only.
                _allow(["bedrock:ListAgents", "bedrock:ListEnforcedGuardrailsConfiguration"], "*"),
                _allow(["bedrock:ListAgentVersions"], agents),
                _allow(
                    ["cloudformation:DescribeStacks", "cloudformation:ListStackResources"], stack.stack_id
                ),
                *([_allow(["kms:RetireGrant"], self.needs.key_arn)] if self.needs.key_arn else ()),
            ],
            description="Makes room for the next version of a guardrail",
            role_description="Deletes the oldest versions of a guardrail",
            path=path,
        )
        return cdk.CustomResource(
            self,
            "Room",
            resource_type="Custom::BedrockGuardrailVersions",
            service_token=handler.function.function_arn,
            service_timeout=cdk.Duration.minutes(5),
            properties={
                "GuardrailId": guardrail.guardrail_id,
                "Keep": str(keep),
                "Pinned": list(pinned),
                # What makes a new version asks for room too.
                "Content": text_by_content(self, guardrail.fingerprint),
                "Description": description or "",
            },
        )

    @staticmethod
    def from_guardrail_version_attributes(
        scope: Construct, construct_id: str, *, guardrail_id: str, version: str
    ) -> GuardrailVersionBase:
        """Refer to a version that exists; ``version`` is its number, or ``DRAFT`` for the changing draft."""
        check_pattern("guardrail_id", guardrail_id, r"[a-z0-9]+", "pass the id of a guardrail, not its ARN")
        check_pattern("version", version, r"[1-9][0-9]{0,7}|DRAFT", "pass a number, or DRAFT")
        imported = GuardrailVersionBase(scope, construct_id)
        imported.guardrail_id = guardrail_id
        imported.version = version
        return imported


def _allow(actions: list[str], resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def _check_keep(keep: int | None, pinned: Sequence[str]) -> None:
    check_items("pinned", pinned, str, 'numbers of versions as texts, such as `"3"`')
    for version in pinned:
        check_pattern("pinned", version, r"[1-9][0-9]{0,7}", "pass the number of a version")
    if keep is None:
        if pinned:
            raise PlanesError("`pinned` is given without `keep`, and then no version is deleted: give both")
        return
    if type(keep) is not int:
        raise PlanesError(f"`keep` has the value `{keep!r}`: pass a whole number from 2 to {_QUOTA}")
    check_number("keep", keep, 2, _QUOTA)
    if keep + len(set(pinned)) > _QUOTA:
        raise PlanesError(
            f"`keep` and `pinned` are {keep + len(set(pinned))} versions together, and AWS allows {_QUOTA}: "
            "lower `keep`, or unpin some"
        )
