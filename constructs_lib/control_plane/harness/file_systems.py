"""Storage that a harness mounts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_bedrockagentcore as agentcore

from constructs_lib.cdk_support import (
    check_length,
    check_pattern,
    is_token,
    with_explained_calls,
)
from constructs_lib.control_plane.harness.parts import EMPTY, L1, allow, check_has

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_efs as efs


__all__ = ["HarnessFileSystem"]

_MOUNT = r"/mnt/[a-zA-Z0-9._-]+/?"
_MOUNT_REMEDY = "use a path such as /mnt/data, one folder below /mnt"


@with_explained_calls
@dataclass(frozen=True, slots=True)
class HarnessFileSystem:
    """Storage that outlives a session; made with one of the factories.

    Attributes:
        kind: ``session``, ``efs`` or ``s3_files``.
        mount_path: Where it is, such as ``/mnt/data``.
        props: What the factory was given beside it.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-filesystem-configurations.html
    """

    kind: str
    mount_path: str
    props: Mapping[str, Any] = field(default_factory=lambda: EMPTY)

    def __post_init__(self) -> None:
        """Check the path."""
        check_pattern("mount_path", self.mount_path, _MOUNT, _MOUNT_REMEDY)
        check_length("mount_path", self.mount_path, 6, 200)

    @staticmethod
    def session(mount_path: str) -> HarnessFileSystem:
        """Return storage of AgentCore for each session by itself."""
        return HarnessFileSystem("session", mount_path)

    @staticmethod
    def efs(access_point: efs.IAccessPoint, mount_path: str, *, read_only: bool = False) -> HarnessFileSystem:
        """Return an access point of Amazon EFS; the harness must be in a VPC.

        Args:
            access_point: The access point. An imported one needs its file system,
                ``efs.AccessPoint.from_access_point_attributes(..., file_system=...)``.
            mount_path: Where it is mounted, one folder below ``/mnt``.
            read_only: Whether the role may not write. Default: it may.

        Raises:
            PlanesError: A path elsewhere, or no access point.
        """
        remedy = "an access point such as `efs.AccessPoint`"
        check_has("access_point", access_point, "access_point_arn", remedy)
        return HarnessFileSystem("efs", mount_path, {"access_point": access_point, "read_only": read_only})

    @staticmethod
    def s3_files(access_point_arn: str, mount_path: str, *, read_only: bool = False) -> HarnessFileSystem:
        """Return an access point of Amazon S3 Files; the harness must be in a VPC.

        Args:
            access_point_arn: ARN of the access point, which has the file system's in it.
            mount_path: Where it is mounted, one folder below ``/mnt``.
            read_only: Whether the role may not write. Default: it may.

        Raises:
            PlanesError: A path elsewhere, or another ARN.
        """
        check_pattern(
            "access_point_arn",
            access_point_arn,
            r"arn:[\w-]+:s3files:[\w-]+:\d{12}:file-system/fs-[0-9a-f]{17,40}/access-point/fsap-[0-9a-f]{17,40}",
            "pass an ARN such as arn:aws:s3files:us-east-1:111122223333:file-system/fs-0123456789abcdef0/"
            "access-point/fsap-0123456789abcdef0",
        )
        return HarnessFileSystem(
            "s3_files", mount_path, {"access_point": access_point_arn, "read_only": read_only}
        )

    def statements(self) -> list[dict[str, Any]]:
        """Return what the role needs to mount it; AgentCore looks at both when the harness is made."""
        if self.kind == "session":
            return []
        access_point = self.props["access_point"]
        if self.kind == "efs":
            service, arn = "elasticfilesystem", access_point.access_point_arn
            file_system = access_point.file_system.file_system_arn
            looks = ["elasticfilesystem:DescribeAccessPoints", "elasticfilesystem:DescribeMountTargets"]
        else:
            service, arn = "s3files", access_point
            parts = cdk.Fn.split("/", arn)
            file_system = (
                f"{cdk.Fn.select(0, parts)}/{cdk.Fn.select(1, parts)}"
                if is_token(arn)
                else arn.partition("/access-point/")[0]
            )
            looks = ["s3files:GetAccessPoint", "s3files:GetFileSystem", "s3files:ListMountTargets"]
        uses = ["ClientMount"] if self.props["read_only"] else ["ClientMount", "ClientWrite"]
        return [
            allow(
                [f"{service}:{name}" for name in uses],
                file_system,
                ArnEquals={f"{service}:AccessPointArn": arn},
            ),
            allow(looks, file_system, arn),
        ]

    def to_config(self) -> agentcore.CfnHarness.FilesystemConfigurationProperty:
        """Return the L1's structure."""
        make = L1.FilesystemConfigurationProperty
        if self.kind == "session":
            return make(session_storage=L1.SessionStorageConfigurationProperty(mount_path=self.mount_path))
        access_point = self.props["access_point"]
        if self.kind == "efs":
            return make(
                efs_access_point=L1.EfsAccessPointConfigurationProperty(
                    access_point_arn=access_point.access_point_arn, mount_path=self.mount_path
                )
            )
        return make(
            s3_files_access_point=L1.S3FilesAccessPointConfigurationProperty(
                access_point_arn=access_point, mount_path=self.mount_path
            )
        )
