"""An application inference profile: a model under a name and tags of one's own, which the bill shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrock as bedrock
from aws_cdk.interfaces import aws_bedrock as refs

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import PlanesError, check_tags, is_token, with_explained_calls
from constructs_lib.control_plane.model_resource import ModelResource, check_texts
from constructs_lib.control_plane.naming import replaceable_name
from constructs_lib.grants import Model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

    from constructs_lib.grants import ModelLike

__all__ = ["ApplicationInferenceProfile", "ApplicationInferenceProfileBase"]


@jsii.implements(refs.IApplicationInferenceProfileRef)
class ApplicationInferenceProfileBase(ModelResource):
    """What a profile of this app and an imported one have in common."""

    inference_profile_arn: str

    @property
    def application_inference_profile_ref(self) -> refs.ApplicationInferenceProfileReference:
        """The reference that other libraries' constructs take."""
        return refs.ApplicationInferenceProfileReference(
            inference_profile_identifier=self.inference_profile_arn
        )


@with_explained_calls
class ApplicationInferenceProfile(ApplicationInferenceProfileBase):
    """A profile of one's own: it copies a model or one of AWS's profiles, and its tags are in the bill.

    Everything but the tags is create-only: a change replaces the profile, whose ARN then is another one.

    Args:
        model: The model that it calls in this Region, or the profile of AWS's that it routes as
            (``Model.of("amazon.nova-lite-v1:0").cross_region("us")``).
        inference_profile_name: 1-64 letters and digits with single spaces, ``-`` and ``_`` between them.
            Default: made of the construct's path and a fingerprint, so that a replacement has another name.
        description: 1-200 letters, digits, ``:``, ``.``, and single spaces, ``-`` and ``_`` between them.
            Default: none.
        tags: Keys and values; AWS Cost Explorer shows the cost by those that are activated as cost
            allocation tags. Default: those of the stack.

    Attributes:
        inference_profile_arn: Its ARN, which calls name as the model.
        inference_profile_id: Its id.
        model: The profile as a model.

    Raises:
        PlanesError: A prop is wrong.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-applicationinferenceprofile.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        model: ModelLike,
        inference_profile_name: str | None = None,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        check_texts("inference_profile_name", inference_profile_name, description)
        check_tags(tags)
        super().__init__(scope, construct_id)
        source = _grants.model_arn(self, model)
        if ":foundation-model/" not in source and ":inference-profile/" not in source:
            shown = "one of this app" if is_token(source) else f"`{source}`"
            raise PlanesError(
                f"`model` is {shown}: an application inference profile copies a foundation model or a "
                "profile that AWS defines; pass one of these"
            )
        named = _grants.model_id(self, model)
        create_only = {"description": description, "source": source}
        self._l1 = bedrock.CfnApplicationInferenceProfile(
            self,
            "Resource",
            inference_profile_name=inference_profile_name or replaceable_name(self, create_only, 64),
            description=description,
            model_source=bedrock.CfnApplicationInferenceProfile.InferenceProfileModelSourceProperty(
                copy_from=source
            ),
        )
        for key, value in (tags or {}).items():
            cdk.Tags.of(self._l1).add(key, value)
        self.inference_profile_arn: str = self._l1.attr_inference_profile_arn
        self.inference_profile_id: str = self._l1.attr_inference_profile_id
        self.model: Model = Model(self.inference_profile_arn, "application-inference-profile", (named,))

    @staticmethod
    def from_inference_profile_arn(
        scope: Construct, construct_id: str, inference_profile_arn: str, *, models: Sequence[str | Model]
    ) -> ApplicationInferenceProfileBase:
        """Refer to a profile that exists; ``models`` are what it copies, which its callers need too."""
        model = Model.application_profile(inference_profile_arn, behind=models)
        imported = ApplicationInferenceProfileBase(
            scope, construct_id, environment_from_arn=inference_profile_arn
        )
        imported.inference_profile_arn = inference_profile_arn
        imported.model = model
        return imported
