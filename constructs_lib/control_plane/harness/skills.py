"""The skills of a harness."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    bucket_arn_of,
    bucket_key_of,
    bucket_name_of,
    check_items,
    check_length,
    check_pattern,
    check_types,
    key_arn_of,
    with_explained_calls,
)
from constructs_lib.control_plane.harness.parts import EMPTY, L1, allow, credential_statements, given

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_bedrockagentcore as agentcore
    from aws_cdk.interfaces import aws_bedrockagentcore as refs
    from aws_cdk.interfaces import aws_s3 as s3_refs
    from constructs import Construct


__all__ = ["HarnessSkill"]


@with_explained_calls
@dataclass(frozen=True, slots=True)
class HarnessSkill:
    """Markdown and scripts that tell the agent how to do something; made with one of the factories.

    Attributes:
        kind: ``aws``, ``git``, ``path`` or ``s3``.
        props: What the factory was given.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-skills.html
    """

    kind: str
    props: Mapping[str, Any] = field(default_factory=lambda: EMPTY)

    @staticmethod
    def aws(paths: Sequence[str] = ()) -> HarnessSkill:
        """Return AWS's own skills; those that the patterns name, such as ``core-skills/*``. Default: all."""
        check_items("paths", paths, str, "texts")
        for path in paths:
            check_pattern("paths", path, r"[^?\[\]]{1,4096}", "use * alone as a wildcard")
        return HarnessSkill("aws", {"paths": tuple(paths)})

    @staticmethod
    def git(
        url: str,
        *,
        path: str | None = None,
        credential: str | refs.IApiKeyCredentialProviderRef | None = None,
        credential_secret: str | None = None,
        username: str | None = None,
    ) -> HarnessSkill:
        """Return a skill of a Git repository.

        Args:
            url: Of the repository; begins with ``https://``.
            path: The folder of the skill in it. Default: the root.
            credential: The credential provider of AgentCore Identity with the access token, for a private
                repository. Default: a public one.
            credential_secret: ARN of the secret with the token, if it is one of your own. Default: the secret
                that AgentCore makes for the provider.
            username: Beside the token. Default: ``oauth2``.

        Raises:
            PlanesError: A URL of another scheme, or a username or secret without its credential.
        """
        check_pattern("url", url, r"https://\S+", "pass a URL that begins with https://")
        check_length("path", path, 1, 4096)
        if credential is None and (username is not None or credential_secret is not None):
            raise PlanesError(
                "`username` and `credential_secret` belong to `credential`: give the credential provider too"
            )
        return HarnessSkill("git", dict(given(locals())))

    @staticmethod
    def path(path: str) -> HarnessSkill:
        """Return a skill that is in the harness's environment, by its path there."""
        check_length("path", path, 1, 4096)
        return HarnessSkill("path", {"path": path})

    @staticmethod
    def s3(bucket: s3_refs.IBucketRef, prefix: str) -> HarnessSkill:
        """Return a skill in a bucket, which the harness's role may read below the prefix and nowhere else.

        Args:
            bucket: The bucket.
            prefix: The folder of the skill, such as ``skills/orders/``.

        Raises:
            PlanesError: No bucket, or an empty prefix.
        """
        check_types(HarnessSkill.s3, locals())
        folder = prefix.strip("/")
        if not folder:
            raise PlanesError("`prefix` is empty: name the folder of the skill, such as `skills/orders/`")
        if "*" in folder or "?" in folder:
            raise PlanesError(f"`prefix` has the value `{prefix}`: name one folder, without wildcards")
        return HarnessSkill("s3", {"bucket": bucket, "folder": folder})

    def statements(self, scope: Construct, harness_name: str) -> list[dict[str, Any]]:
        """Return what the role needs to fetch the skill."""
        if self.kind == "git" and self.props["credential"] is not None:
            secret = self.props["credential_secret"]
            return credential_statements(
                scope, harness_name, "api_key_provider", self.props["credential"], secret
            )
        if self.kind != "s3":
            return []
        bucket, folder = self.props["bucket"], self.props["folder"]
        arn, key = bucket_arn_of(bucket), bucket_key_of(bucket)
        found = [
            allow(["s3:GetObject"], f"{arn}/{folder}/*"),
            allow(["s3:ListBucket"], arn, StringLike={"s3:prefix": [folder, f"{folder}/*"]}),
        ]
        if key is not None:
            found.append(allow(["kms:Decrypt"], key_arn_of(key)))
        return found

    def to_config(self, scope: Construct) -> agentcore.CfnHarness.HarnessSkillProperty:
        """Return the L1's structure."""
        props = self.props
        if self.kind == "aws":
            return L1.HarnessSkillProperty(
                aws_skills=L1.HarnessSkillAwsSkillsSourceProperty(paths=list(props["paths"]) or None)
            )
        if self.kind == "path":
            return L1.HarnessSkillProperty(path=props["path"])
        if self.kind == "s3":
            uri = f"s3://{bucket_name_of(props['bucket'])}/{props['folder']}/"
            return L1.HarnessSkillProperty(s3=L1.HarnessSkillS3SourceProperty(uri=uri))
        auth = None
        if props["credential"] is not None:
            auth = L1.HarnessSkillGitAuthProperty(
                credential_arn=_grants.arn_of(scope, "api_key_provider", props["credential"]),
                username=props["username"],
            )
        return L1.HarnessSkillProperty(
            git=L1.HarnessSkillGitSourceProperty(url=props["url"], path=props["path"], auth=auth)
        )
