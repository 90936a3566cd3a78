"""What all parts of the facade share."""

from __future__ import annotations

from types import FunctionType, MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    bucket_arn_of,
    is_token,
    with_checked_types,
    with_explained_calls,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_iam as iam
    from constructs import Construct

    from constructs_lib.catalogue.verbs import Target
    from constructs_lib.grants import ModelLike

__all__ = ["GrantsTo", "objects_arn"]

_NONE: Mapping[str, Sequence[str]] = MappingProxyType({})


class GrantsTo:
    """One grantee, and a scope that has the account and Region."""

    def __init_subclass__(cls) -> None:
        """Check what each grant is called with against its signature."""
        for name, method in [*vars(cls).items()]:
            if isinstance(method, FunctionType) and not name.startswith("_"):
                setattr(cls, name, with_checked_types(method))
        with_explained_calls(cls)

    def __init__(self, grantee: iam.IGrantable, scope: Construct | None = None) -> None:
        if scope is None and not hasattr(type(grantee), "node"):
            raise PlanesError(
                f"`scope` is missing: a grantee of the type `{type(grantee).__name__}` is not a construct, "
                "so pass a construct of the stack whose account and Region are meant"
            )
        self._grantee = grantee
        # A grantee with a node is a construct: IGrantable just doesn't say so.
        self._scope = scope if scope is not None else cast("Construct", grantee)

    def _give(
        self,
        verb: str,
        targets: Mapping[str, Sequence[Target]],
        *,
        streaming: bool = False,
        values: Mapping[str, Sequence[str]] = _NONE,
        control_reads: bool = False,
    ) -> iam.Grant:
        return _grants.grant(
            self._grantee, verb, targets, streaming=streaming, values=values, control_reads=control_reads
        )

    def _model(self, model: ModelLike, behind: Sequence[ModelLike], verb: str) -> Sequence[Target]:
        return _grants.on_model(self._scope, model, behind=behind, verb=verb)

    def _call(
        self, model: ModelLike, verb: str, project: str, behind: Sequence[ModelLike] = ()
    ) -> dict[str, Sequence[Target]]:
        """Return the targets of a model call: the model and the project."""
        return dict(_grants.on_call(self._scope, model, behind=behind, verb=verb, project=project))

    def _on(self, kind: str, *values: Any) -> Sequence[Target]:
        return _grants.on_resources(self._scope, kind, *values)

    def _own(self, service: str, *resources: str) -> Sequence[Target]:
        """Return resources of this account and Region."""
        here = _grants.environment_of(self._scope)
        return _grants.on_arns(*(here.arn(service, resource) for resource in resources))


def objects_arn(scope: Construct, bucket: Any, prefix: str, prop: str) -> str:
    """Return the pattern of the objects under a prefix of a bucket, given as construct, name or ARN."""
    if not isinstance(bucket, str):
        arn = bucket_arn_of(bucket)
    elif bucket.startswith("arn:") or is_token(bucket):
        arn = bucket
    elif "/" in bucket or "*" in bucket or not bucket:
        raise PlanesError(f"`{prop}` has the value `{bucket}`: pass the bucket, its name or its ARN")
    else:
        arn = f"arn:{_grants.environment_of(scope).partition}:s3:::{bucket}"
    return f"{arn}/{prefix}*"
