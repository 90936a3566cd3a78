"""A prompt router: it chooses between two models of a family for each prompt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrock as bedrock
from aws_cdk.interfaces import aws_bedrock as refs

from constructs_lib import catalogue
from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    check_tags,
    is_token,
    with_explained_calls,
)
from constructs_lib.control_plane.model_resource import ModelResource, check_answers_text, check_texts
from constructs_lib.control_plane.naming import replaceable_name
from constructs_lib.grants import Model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

    from constructs_lib.grants import ModelLike

__all__ = ["PromptRouter", "PromptRouterBase"]


@jsii.implements(refs.IIntelligentPromptRouterRef)
class PromptRouterBase(ModelResource):
    """What a router of this app and an imported one have in common."""

    prompt_router_arn: str

    @property
    def intelligent_prompt_router_ref(self) -> refs.IntelligentPromptRouterReference:
        """The reference that other libraries' constructs take."""
        return refs.IntelligentPromptRouterReference(prompt_router_arn=self.prompt_router_arn)


@with_explained_calls
class PromptRouter(PromptRouterBase):
    """A router over two models of one family.

    Everything but the tags is create-only: a change replaces the router, whose ARN then is another one.

    Args:
        models: The two models, as models or as profiles that AWS defines.
        fallback: The one of the two that answers unless the other is as good as
            ``response_quality_difference`` asks.
        response_quality_difference: 0 to 100, in percent: how much better the other model's answer must be
            predicted to be.
        prompt_router_name: 1-64 letters and digits with single spaces, ``-`` and ``_`` between them.
            Default: made of the construct's path and a fingerprint, so that a replacement has another name.
        description: 1-200 letters, digits, ``:``, ``.``, and single spaces, ``-`` and ``_`` between them.
            Default: none.
        tags: Keys and values. Default: those of the stack.

    Attributes:
        prompt_router_arn: Its ARN, which calls name as the model.
        model: The router as a model.

    Raises:
        PlanesError: A prop is wrong, or the models are of two families.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-routing.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        models: Sequence[ModelLike],
        fallback: ModelLike,
        response_quality_difference: float,
        prompt_router_name: str | None = None,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        check_texts("prompt_router_name", prompt_router_name, description)
        check_tags(tags)
        _check_difference(response_quality_difference)
        if isinstance(models, (str, Model)) or len(models) != 2:
            raise PlanesError(f"`models` has the value `{models!r}`: pass a list with the two models")
        super().__init__(scope, construct_id)
        named = [_grants.model_id(self, one, "models") for one in models]
        arns = [_grants.on_model(self, one, "models")[0].arns[0] for one in models]
        last = _grants.on_model(self, fallback, "fallback")[0].arns[0]
        _check_family(named)
        if last not in arns:
            raise PlanesError(
                f"`fallback` is `{_grants.model_id(self, fallback)}`, which is not in `models`: name one of "
                f"{', '.join(f'`{name}`' for name in named)}"
            )
        target = bedrock.CfnIntelligentPromptRouter.PromptRouterTargetModelProperty
        create_only = {"d": description, "m": arns, "f": last, "q": str(response_quality_difference)}
        self._l1 = bedrock.CfnIntelligentPromptRouter(
            self,
            "Resource",
            prompt_router_name=prompt_router_name or replaceable_name(self, create_only, 64),
            description=description,
            models=[target(model_arn=arn) for arn in arns],
            fallback_model=target(model_arn=last),
            routing_criteria=bedrock.CfnIntelligentPromptRouter.RoutingCriteriaProperty(
                response_quality_difference=response_quality_difference
            ),
        )
        for key, value in (tags or {}).items():
            cdk.Tags.of(self._l1).add(key, value)
        self.prompt_router_arn: str = self._l1.attr_prompt_router_arn
        self.model: Model = Model(self.prompt_router_arn, "prompt-router", tuple(named))

    @staticmethod
    def from_prompt_router_arn(
        scope: Construct, construct_id: str, prompt_router_arn: str, *, models: Sequence[str | Model]
    ) -> PromptRouterBase:
        """Refer to a router that exists, also one of AWS's; its callers need ``models`` too."""
        model = Model.prompt_router(prompt_router_arn, behind=models)
        imported = PromptRouterBase(scope, construct_id, environment_from_arn=prompt_router_arn)
        imported.prompt_router_arn = prompt_router_arn
        imported.model = model
        return imported


def _check_difference(value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 100:
        raise PlanesError(
            f"`response_quality_difference` has the value `{value!r}`: pass a percentage from 0 to 100"
        )


def _check_family(named: Sequence[str]) -> None:
    """Refuse models of two families, as far as their ids say it: a token says nothing."""
    for name in named:
        check_answers_text("models", name)
    families = {name: family for name in named if (family := _family(name))}
    if len(set(families.values())) > 1:
        told = " and ".join(f"`{name}` is of {family}" for name, family in families.items())
        raise PlanesError(f"`models`: {told}; a router chooses between two models of one family")
    if len(set(named)) < len(named):
        raise PlanesError(f"`models` has `{named[0]}` twice: name two models of one family")


def _family(name: str) -> str:
    """Return the family that an id or an ARN names: ``anthropic.claude``, ``amazon.nova``, ``meta.llama``."""
    if is_token(name) and not name.startswith("arn:"):
        return ""
    last = name.rpartition("/")[2]
    found = re.match(r"[\w-]+\.[a-z]+", catalogue.model_of_profile(last) or last)
    return found[0] if found and not is_token(last) else ""
