"""A short hash of what the service sees of a resource: a version is new when it changes, and only then."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_s3vectors as s3vectors
from constructs import IValidation

from constructs_lib import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    # At run time the L1 beside it is the base, so that jsii sees one class of the CDK and not two.
    from aws_cdk import CfnResource as _Resource
    from constructs import IConstruct
else:
    _Resource = object

__all__ = [
    "FingerprintedName",
    "RecordingAgent",
    "RecordingDataSource",
    "RecordingFlow",
    "RecordingGuardrail",
    "RecordingKnowledgeBase",
    "RecordingPrompt",
    "RecordingVectorBucket",
    "RecordingVectorIndex",
    "create_only_fingerprint",
    "fingerprint",
    "resource_behind",
    "text_by_content",
    "version_by_content",
]

# Resolving drops what is None, so a deletion is recorded as something that no override can be.
_DELETED = {"deleted": True}


class _Recording(_Resource):
    """Makes an L1 remember its overrides: no public API gives them back, and they are content too."""

    def __init__(self, *args: Any, **props: Any) -> None:
        self.overrides: dict[str, Any] = {}
        super().__init__(*args, **props)

    def add_override(self, path: str, value: Any) -> None:
        # All four ways to override end here, deletions with no value.
        self.overrides[path] = _DELETED if value is None else value
        super().add_override(path, value)


class RecordingAgent(_Recording, bedrock.CfnAgent):
    """The L1 of an agent, for :func:`fingerprint`."""


class RecordingDataSource(_Recording, bedrock.CfnDataSource):
    """The L1 of a data source, for :func:`create_only_fingerprint`."""


class RecordingFlow(_Recording, bedrock.CfnFlow):
    """The L1 of a flow, for :func:`fingerprint`."""


class RecordingGuardrail(_Recording, bedrock.CfnGuardrail):
    """The L1 of a guardrail, for :func:`fingerprint`."""


class RecordingPrompt(_Recording, bedrock.CfnPrompt):
    """The L1 of a prompt, for :func:`fingerprint`."""


class RecordingKnowledgeBase(_Recording, bedrock.CfnKnowledgeBase):
    """The L1 of a knowledge base, for :func:`create_only_fingerprint`."""


class RecordingVectorBucket(_Recording, s3vectors.CfnVectorBucket):
    """The L1 of a vector bucket, for :func:`create_only_fingerprint`."""


class RecordingVectorIndex(_Recording, s3vectors.CfnIndex):
    """The L1 of a vector index, for :func:`create_only_fingerprint`."""


def fingerprint(resource: RecordingAgent | RecordingFlow | RecordingGuardrail | RecordingPrompt) -> str:
    """Return 8 hexadecimal digits over the resolved properties without tags, and the overrides.

    Only once the aspects have run is the content final; references to other resources count by name.
    """
    stack = cdk.Stack.of(resource)
    content = dict(stack.resolve(resource._cfn_properties))  # noqa: SLF001 - the rendered props have no public name
    for tags in ("Tags", "tags"):
        content.pop(tags, None)
    overrides = stack.resolve(resource.overrides) if resource.overrides else {}
    return _hash([content, overrides]).upper()


def resource_behind(construct: object) -> cdk.CfnResource | None:
    """Return the L1 of a construct of this app; ``None`` for an imported one, an ARN, or anything else."""
    if isinstance(construct, cdk.CfnResource):
        return construct
    node = getattr(construct, "node", None)
    child = node.default_child if node is not None else None
    return child if isinstance(child, cdk.CfnResource) else None


def create_only_fingerprint(content: object, scope: IConstruct, referred: Iterable[cdk.CfnResource]) -> str:
    """Return 8 hexadecimal digits over create-only content and that of the resources that it refers to.

    A reference resolves to a logical id, which stays when CloudFormation replaces what is behind it: so the
    create-only properties of the resources behind the references count too. What a parameter or an import
    stands for can't be seen.

    Args:
        content: What can't change of the resource itself; tokens in it are resolved.
        scope: A construct of the stack in which ``content`` is resolved.
        referred: The L1s behind the references, those behind their own references too.
    """
    return _hash([cdk.Stack.of(scope).resolve(content), *map(_create_only, referred)])


def _create_only(resource: cdk.CfnResource) -> list[Any]:
    """Return the resolved create-only properties of a resource, and all of them where no schema is known."""
    known = catalogue.handlers(resource.cfn_resource_type)
    names = {path.partition(".")[0].lower() for path in known.create_only} if known is not None else None
    stack = cdk.Stack.of(resource)
    rendered = resource._cfn_properties  # noqa: SLF001 - the rendered props have no public name
    kept = {name: value for name, value in rendered.items() if names is None or name.lower() in names}
    overrides = {
        path: value
        for path, value in getattr(resource, "overrides", {}).items()
        if names is None or path.removeprefix("Properties.").partition(".")[0].lower() in names
    }
    return [resource.cfn_resource_type, stack.resolve(kept), stack.resolve(overrides)]


def _hash(content: object) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


@jsii.implements(cdk.IStringProducer)
class FingerprintedName:
    """A name that ends in a fingerprint: a replacement never has the name of what it replaces.

    Use :meth:`name` as the prop. It is worked out when the template is written, once references are resolved.
    """

    def __init__(self, stem: str, fingerprint_of: Callable[[], str]) -> None:
        self._stem, self._fingerprint_of = stem, fingerprint_of

    def name(self) -> str:
        """Return a token of the name."""
        return cdk.Lazy.uncached_string(self)

    def produce(self, context: cdk.IResolveContext) -> str:  # noqa: ARG002 - the interface fixes the parameters
        """Return the name; called by the CDK."""
        return f"{self._stem}{self._fingerprint_of()}"


@jsii.implements(cdk.IStringProducer, IValidation)
class _ByContent:
    """A text that ends in a fingerprint of content.

    It is asked for many times during the synthesis; only once the aspects have run is the content final.
    """

    def __init__(self, stem: str, fingerprint_of: Callable[[], str]) -> None:
        self._stem, self._fingerprint_of = stem, fingerprint_of
        self._final: str | None = None

    def produce(self, context: cdk.IResolveContext) -> str:  # noqa: ARG002 - the interface fixes the parameters
        return self._final or self._stem + self._fingerprint_of()

    def validate(self) -> list[str]:
        # Called after the aspects and before any template is written.
        self._final = self._stem + self._fingerprint_of()
        return []


def text_by_content(scope: IConstruct, fingerprint_of: Callable[[], str], stem: str = "") -> str:
    """Return a token of a text that ends in a fingerprint of what is final once the aspects have run."""
    producer = _ByContent(stem, fingerprint_of)
    scope.node.add_validation(producer)
    return cdk.Lazy.uncached_string(producer)


def version_by_content(version: cdk.CfnResource, fingerprint_of: Callable[[], str]) -> None:
    """Make a version a new resource when the content changes, and only then.

    Callers may still name the old version, so it is kept; deleting what it is a version of deletes it. What a
    failed deployment made is deleted.

    Args:
        version: The L1 of the version.
        fingerprint_of: Gives the fingerprint of the content, such as that of :func:`fingerprint`.
    """
    version.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
    stem: str = cdk.Stack.of(version).resolve(version.logical_id)[:240]
    version.override_logical_id(text_by_content(version, fingerprint_of, stem))
