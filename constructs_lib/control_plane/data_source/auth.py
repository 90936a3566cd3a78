"""How a connector signs in to the place that it crawls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib.cdk_support import PlanesError, check_length, with_explained_calls
from constructs_lib.control_plane.data_source.checks import check_attributes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_secretsmanager as secretsmanager
    from aws_cdk.interfaces import aws_s3 as s3_refs

__all__ = ["ConnectorAuth"]


@with_explained_calls
@dataclass(frozen=True, slots=True)
class ConnectorAuth:
    """The kind of sign-in and the secret with the credentials, which is in the knowledge base's Region.

    Which kinds a connector takes is checked by the source. What the secret holds is on AWS's page of each
    connector. The service role gets ``secretsmanager:GetSecretValue`` on the secret and ``kms:Decrypt`` on
    its key.
    """

    kind: str
    secret: Any = None
    certificate_bucket: Any = None
    certificate_key: str | None = None

    @classmethod
    def none(cls) -> ConnectorAuth:
        """Crawl public pages without signing in."""
        return cls("none")

    @classmethod
    def basic(cls, secret: secretsmanager.ISecret) -> ConnectorAuth:
        """Sign in with a user name and a password or API token."""
        return cls("basic", _secret(secret))

    @classmethod
    def oauth2(cls, secret: secretsmanager.ISecret) -> ConnectorAuth:
        """Sign in with OAuth 2.0."""
        return cls("oauth2", _secret(secret))

    @classmethod
    def app_only(
        cls,
        secret: secretsmanager.ISecret,
        *,
        certificate_bucket: s3_refs.IBucketRef | None = None,
        certificate_key: str | None = None,
    ) -> ConnectorAuth:
        """Sign in to Microsoft as an application, without a user.

        Args:
            secret: The credentials.
            certificate_bucket: The bucket with the certificate. Default: none; a managed knowledge base needs
                it for SharePoint, and for OneDrive with document-level access control.
            certificate_key: The key of the certificate in the bucket, such as ``certs/app.p12``. Default:
                none.

        Raises:
            PlanesError: One of bucket and key is missing.
        """
        if (certificate_bucket is None) != (certificate_key is None):
            missing = "certificate_bucket" if certificate_bucket is None else "certificate_key"
            raise PlanesError(
                f"`{missing}` is missing: the certificate needs `certificate_bucket` and `certificate_key`"
            )
        if certificate_bucket is not None:
            check_attributes(
                "certificate_bucket",
                certificate_bucket,
                ("bucket_ref",),
                "pass a bucket such as `s3.Bucket`",
            )
        check_length("certificate_key", certificate_key, 1, 1024)
        return cls("app_only", _secret(secret), certificate_bucket, certificate_key)

    @classmethod
    def service_account(cls, secret: secretsmanager.ISecret) -> ConnectorAuth:
        """Sign in to Google as a service account."""
        return cls("service_account", _secret(secret))

    @classmethod
    def form(cls, secret: secretsmanager.ISecret) -> ConnectorAuth:
        """Sign in to a web site through its form."""
        return cls("form", _secret(secret))

    @classmethod
    def saml(cls, secret: secretsmanager.ISecret) -> ConnectorAuth:
        """Sign in to a web site through a SAML identity provider."""
        return cls("saml", _secret(secret))

    def type_in(self, connector: str, types: Mapping[str, str]) -> str:
        """Return AWS's name for the kind, given the names that a connector takes.

        Raises:
            PlanesError: The connector doesn't take it.
        """
        if self.kind not in types:
            others = ", ".join(f"ConnectorAuth.{kind}(...)" for kind in types)
            raise PlanesError(
                f"`auth` is `ConnectorAuth.{self.kind}(...)`, which {connector} doesn't take: use {others}"
            )
        return types[self.kind]


def _secret(secret: Any) -> Any:
    check_attributes(
        "secret",
        secret,
        ("secret_arn",),
        "pass a secret such as `secretsmanager.Secret.from_secret_name_v2(...)`",
    )
    return secret
