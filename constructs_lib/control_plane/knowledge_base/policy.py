"""The resource policy of a managed knowledge base."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces import aws_bedrock as refs

from constructs_lib.cdk_support import PlanesError, as_list, has_attribute, with_explained_calls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

__all__ = ["KnowledgeBasePolicy"]

# The page allows these two actions in such a policy, and no wildcards.
_RETRIEVE, _CONTENT = "bedrock:Retrieve", "bedrock:GetDocumentContent"


@with_explained_calls
@jsii.implements(refs.IKnowledgeBasePolicyRef)
class KnowledgeBasePolicy(cdk.Resource):
    """Lets principals, of other accounts too, retrieve from a managed knowledge base.

    It holds the two actions that AWS allows there, on the full ARN. A principal of another account needs the
    same permission in its own policy as well. An update changes the policy in place; another knowledge base
    replaces it.

    Args:
        knowledge_base: A managed knowledge base of this account.
        allow: Principals that may retrieve. Default: none.
        deny: Principals that may not, whatever their own policies say. Default: none.
        document_content: Whether the statements are about ``GetDocumentContent`` too. Default: yes.

    At least one of ``allow`` and ``deny`` is needed.

    Attributes:
        revision_id: The revision of the policy.

    Raises:
        PlanesError: The knowledge base is of another type, or there is nobody to allow or deny.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-cross-account.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        knowledge_base: refs.IKnowledgeBaseRef,
        allow: Sequence[iam.IPrincipal] = (),
        deny: Sequence[iam.IPrincipal] = (),
        document_content: bool = True,
    ) -> None:
        if not has_attribute(knowledge_base, "knowledge_base_ref"):
            raise PlanesError(
                f"`knowledge_base` has a value of the type `{type(knowledge_base).__name__}`: pass a "
                "`KnowledgeBase`, an L1, or `KnowledgeBase.from_knowledge_base_arn(...)`"
            )
        kind = _type_of(knowledge_base)
        if kind not in {None, "MANAGED"}:
            raise PlanesError(
                f"`knowledge_base` is of the type {kind}, and AWS attaches policies to managed ones only: "
                "use `KnowledgeBaseType.managed()`, or grant to the roles of this account"
            )
        if not allow and not deny:
            raise PlanesError("`allow` and `deny` are both empty: name at least one principal")
        super().__init__(scope, construct_id)
        reference = knowledge_base.knowledge_base_ref
        self._id = reference.knowledge_base_id
        actions = [_RETRIEVE, *([_CONTENT] if document_content else [])]
        document = iam.PolicyDocument()
        for effect, principals in ((iam.Effect.ALLOW, allow), (iam.Effect.DENY, deny)):
            if principals:
                document.add_statements(
                    iam.PolicyStatement(
                        effect=effect,
                        principals=[*principals],
                        actions=actions,
                        resources=[reference.knowledge_base_arn],
                    )
                )
        _check_principals(document)
        self._l1 = bedrock.CfnKnowledgeBasePolicy(
            self, "Resource", knowledge_base_id=self._id, policy_document=document
        )
        self.revision_id: str = self._l1.attr_revision_id

    @property
    def knowledge_base_policy_ref(self) -> refs.KnowledgeBasePolicyReference:
        """The reference that other libraries' constructs take."""
        return refs.KnowledgeBasePolicyReference(knowledge_base_id=self._id)


def _type_of(knowledge_base: object) -> str | None:
    """Return the type of a knowledge base of ours, or of an L1; ``None`` where it isn't known."""
    found = getattr(knowledge_base, "type_name", None)
    if found is None and isinstance(knowledge_base, bedrock.CfnKnowledgeBase):
        configuration = knowledge_base.knowledge_base_configuration
        found = (
            configuration.get("type")
            if isinstance(configuration, dict)
            else getattr(configuration, "type", None)
        )
    return str(found) if found is not None else None


def _check_principals(document: iam.PolicyDocument) -> None:
    """Refuse a policy that allows everybody."""
    for statement in as_list((document.to_json() or {}).get("Statement")):
        principal = statement.get("Principal")
        named = as_list(principal.get("AWS")) if isinstance(principal, dict) else [principal]
        if statement["Effect"] == "Allow" and "*" in named and not statement.get("Condition"):
            raise PlanesError(
                "`allow` holds everybody: name accounts or roles, such as "
                '`iam.AccountPrincipal("111122223333")`'
            )
