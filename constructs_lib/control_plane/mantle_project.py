"""A project of the ``bedrock-mantle`` endpoint: what calls of the OpenAI-compatible APIs belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrockmantle as mantle
from aws_cdk.interfaces import aws_bedrockmantle as refs

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import check_given_list, check_length, check_pattern, with_explained_calls
from constructs_lib.control_plane.naming import path_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_iam as iam
    from constructs import Construct

__all__ = ["BedrockMantleProject", "BedrockMantleProjectBase"]


@jsii.implements(refs.IProjectRef)
class BedrockMantleProjectBase(cdk.Resource):
    """What a project of this app and an imported one have in common."""

    project_arn: str
    project_id: str

    @property
    def project_ref(self) -> refs.ProjectReference:
        """The reference that other libraries' constructs take."""
        return refs.ProjectReference(project_arn=self.project_arn)

    def grant_inference(self, grantee: iam.IGrantable, *, models: Sequence[str] = ()) -> iam.Grant:
        """Allow inference in this project (data plane), with ``models`` only on these. Default: any model."""
        check_given_list("models", models)
        return _grants.grant(
            grantee,
            "mantle",
            {"project": _grants.on_arns(self.project_arn)},
            values={"models": tuple(models)},
        )

    def grant_files(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow to create, read, list and delete files of this project (data plane)."""
        return _grants.grant(grantee, "mantle_files", {"project": _grants.on_arns(self.project_arn)})


@with_explained_calls
class BedrockMantleProject(BedrockMantleProjectBase):
    """A project: it keeps the usage, the cost and the files of one application apart.

    Nothing is create-only, so a change never replaces it. Deleting it archives the project.

    Args:
        project_name: 1-128 characters. Default: made of the construct's path.
        tags: Keys and values. Default: those of the stack.

    Attributes:
        project_arn: Its ARN.
        project_id: Its id, which calls name.

    Raises:
        PlanesError: A prop is wrong.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrockmantle-project.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        project_name: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        check_length("project_name", project_name, 1, 128)
        super().__init__(scope, construct_id)
        self._l1 = mantle.CfnProject(self, "Resource", name=project_name or path_name(self, 128))
        for key, value in (tags or {}).items():
            cdk.Tags.of(self._l1).add(key, value)
        self.project_arn: str = self._l1.attr_arn
        self.project_id: str = self._l1.attr_id

    @staticmethod
    def from_project_arn(scope: Construct, construct_id: str, project_arn: str) -> BedrockMantleProjectBase:
        """Refer to a project that exists."""
        check_pattern(
            "project_arn",
            project_arn,
            r"arn:[\w-]+:bedrock-mantle:[\w-]+:\d{12}:project/(default|proj_[a-z0-9]+)",
            "pass an ARN such as arn:aws:bedrock-mantle:us-east-1:111122223333:project/proj_abc123",
        )
        imported = BedrockMantleProjectBase(scope, construct_id, environment_from_arn=project_arn)
        imported.project_arn = project_arn
        imported.project_id = cdk.Fn.select(1, cdk.Fn.split("/", project_arn))
        return imported
