"""A short hash of what the service sees of a resource: a version is new when it changes, and only then."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_opensearchserverless as aoss
from aws_cdk import aws_s3vectors as s3vectors
from constructs import IValidation

from constructs_lib import catalogue
from constructs_lib.cdk_support import environment_of, is_token, stack_of

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
    "RecordingCollection",
    "RecordingDataSource",
    "RecordingFlow",
    "RecordingGuardrail",
    "RecordingKnowledgeBase",
    "RecordingOpenSearchIndex",
    "RecordingPrompt",
    "RecordingVectorBucket",
    "RecordingVectorIndex",
    "at_the_end",
    "create_only_changes",
    "create_only_fingerprint",
    "fingerprint",
    "plain_fingerprint",
    "resource_behind",
    "resources_behind",
    "rough_fingerprint",
    "text_by_content",
    "version_by_content",
]

# Resolving drops what is None, so a deletion is recorded as something that no override can be.
_DELETED = {"deleted": True}

_UNKNOWN = object()
_UNREADABLE = "${Token[unknown]}"
# Tokens are numbered in the order in which an app makes them.
_NUMBER = re.compile(r"(?<=[.\w])\.\d+(?=\])|(?<=TOKEN\[)\d+(?=\])")
# The registry's schema calls these create-only under conditions that it doesn't say.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html
_MAY_REPLACE = {
    "AWS::RDS::DBCluster": ("AvailabilityZones", "Engine", "GlobalClusterIdentifier", "MasterUsername"),
}
_TYPE, _AT_THE_END = "_bedrock_planes_type", "_bedrock_planes_at_the_end"


class _Recording(_Resource):
    """Makes an L1 remember its overrides: no public API gives them back, and they are content too.

    ``is_as_made`` says whether nobody has overridden or set anything from Python, ``assigned`` what was set.
    """

    def __init__(self, *args: Any, **props: Any) -> None:
        self.overrides: dict[str, Any] = {}
        self.assigned: dict[str, Any] = {}
        super().__init__(*args, **props)
        self.is_as_made = True

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if not name.startswith("_") and name not in {"is_as_made", "overrides", "assigned"}:
            self.is_as_made = False
            self.assigned[name] = value

    def add_override(self, path: str, value: Any) -> None:
        # All four ways to override end here, deletions with no value.
        self.overrides[path] = _DELETED if value is None else value
        self.is_as_made = False
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


class RecordingCollection(_Recording, aoss.CfnCollection):
    """The L1 of a collection of OpenSearch Serverless, for :func:`create_only_changes`."""


class RecordingOpenSearchIndex(_Recording, aoss.CfnIndex):
    """The L1 of an index of OpenSearch Serverless, for :func:`create_only_changes`."""


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
    # Ours say it themselves, which costs no call of the CDK.
    own = getattr(construct, "_l1", _UNKNOWN)
    if own is None or isinstance(own, cdk.CfnResource):
        return own
    node = getattr(construct, "node", None)
    child = node.default_child if node is not None else None
    return child if isinstance(child, cdk.CfnResource) else None


def resources_behind(construct: object) -> list[cdk.CfnResource]:
    """Return the L1 of a construct of this app, and those that its create-only properties refer to.

    A change that replaces one of them replaces it too, and its own template stays the same.
    """
    found: dict[str, cdk.CfnResource] = {}
    waiting = [resource_behind(construct)]
    while waiting:
        one = waiting.pop()
        if one is not None and one.node.path not in found:
            found[one.node.path] = one
            waiting += _referred_to(one)
    return list(found.values())


def _referred_to(resource: cdk.CfnResource) -> list[cdk.CfnResource | None]:
    names = _create_only_names(_type_of(resource))
    rendered = resource._cfn_properties  # noqa: SLF001 - the rendered props have no public name
    texts = [
        value
        for name, value in rendered.items()
        if isinstance(value, str) and is_token(value) and (names is None or name.lower() in names)
    ]
    tokens = [token for text in texts for token in cdk.Tokenization.reverse_string(text).tokens]
    return [resource_behind(one.target) for one in tokens if isinstance(one, cdk.Reference)]


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
    stack = stack_of(scope)
    parts = [(stack, content), *((stack_of(one), _create_only(one)) for one in referred)]
    # Each part in its own stack, and those of one stack in one call.
    if all(there is stack for there, _ in parts):
        return _hash(stack.resolve([part for _, part in parts]))
    return _hash([there.resolve(part) for there, part in parts])


def _create_only(resource: cdk.CfnResource) -> list[Any]:
    """Return the create-only properties of a resource, and all of them where no schema is known."""
    kind = _type_of(resource)
    names = _create_only_names(kind)
    rendered = resource._cfn_properties  # noqa: SLF001 - the rendered props have no public name
    kept = {name: value for name, value in rendered.items() if names is None or name.lower() in names}
    return [kind, kept, _create_only_overrides(resource, names)]


def _create_only_overrides(resource: cdk.CfnResource, names: frozenset[str] | None) -> dict[str, Any]:
    return {
        path: value
        for path, value in getattr(resource, "overrides", {}).items()
        if names is None or path.removeprefix("Properties.").partition(".")[0].lower() in names
    }


def create_only_changes(resource: _Recording, *, without: str) -> list[Any]:
    """Return what was overridden or set since the resource was made and replaces it, empty if nothing was.

    Args:
        resource: The L1.
        without: A property that doesn't count, such as the name that is worked out.
    """
    names = (_create_only_names(_type_of(resource)) or frozenset()) - {without.lower()}
    assigned = {name: v for name, v in resource.assigned.items() if name.replace("_", "").lower() in names}
    return [one for one in (_create_only_overrides(resource, names), assigned) if one]


@cache
def _create_only_names(kind: str) -> frozenset[str] | None:
    known = catalogue.handlers(kind)
    if known is None:
        return None
    return frozenset(
        path.partition(".")[0].lower() for path in (*known.create_only, *_MAY_REPLACE.get(kind, ()))
    )


def _type_of(resource: cdk.CfnResource) -> str:
    found = resource.__dict__.get(_TYPE)
    if found is None:
        found = resource.__dict__[_TYPE] = resource.cfn_resource_type
    return str(found)


def _hash(content: object) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


@jsii.implements(cdk.IStringProducer)
class FingerprintedName:
    """A name that ends in a fingerprint: a replacement never has the name of what it replaces.

    Use :meth:`name` as the prop. It is worked out when the template is written, once references are resolved;
    with :func:`at_the_end` and :meth:`settle` once for all the times that the CDK asks.
    """

    def __init__(self, stem: str, fingerprint_of: Callable[[], str]) -> None:
        self._stem, self._fingerprint_of = stem, fingerprint_of
        self._final: str | None = None

    def name(self) -> str:
        """Return a token of the name."""
        return cdk.Lazy.uncached_string(self)

    def produce(self, context: cdk.IResolveContext) -> str:
        """Return the name; called by the CDK, which looks for references only while it prepares."""
        if self._final is None and context.preparing:
            return self._stem
        return self._final or f"{self._stem}{self._fingerprint_of()}"

    def settle(self, fingerprint: str) -> None:
        """Make this fingerprint the last one."""
        self._final = f"{self._stem}{fingerprint}"


def at_the_end(scope: IConstruct, settle: Callable[[], None]) -> None:
    """Call ``settle`` once in a synthesis, after the aspects and before any template is written.

    References are resolved by then. A prop that needs what is final is set there. A token instead is resolved
    three times, and each time costs a call from the CDK to Python.
    """
    stack = stack_of(scope)
    found = stack.__dict__.get(_AT_THE_END)
    if found is None:
        found = stack.__dict__[_AT_THE_END] = _AtTheEnd()
        stack.node.add_validation(found)
    found.settles.append(settle)


@jsii.implements(IValidation)
class _AtTheEnd:
    """What a stack has to settle; one for all, since a call from the CDK to Python costs."""

    def __init__(self) -> None:
        self.settles: list[Callable[[], None]] = []

    def validate(self) -> list[str]:
        for settle in self.settles:
            settle()
        return []


def plain_fingerprint(content: object, scope: IConstruct) -> str | None:
    """Return 8 hexadecimal digits over content without tokens, which costs no call of the CDK.

    Partition, Region and account of the stack count by name. ``None`` where there is any other token.
    """
    here = environment_of(scope)
    text = json.dumps(content, sort_keys=True, default=lambda _: _UNREADABLE)
    for token, name in ((here.partition, "Partition"), (here.region, "Region"), (here.account, "AccountId")):
        if is_token(token):
            text = text.replace(token, f"${{AWS::{name}}}")
    # A number and a list are tokens as well: the CDK writes them so.
    return None if re.search(r"[$#]\{Token\[|-1\.88\d+e\+28\d", text) else _hash(text)


def rough_fingerprint(content: object) -> str:
    """Return 8 hexadecimal digits over content with its tokens unresolved, which costs no call of the CDK.

    It stands where :func:`at_the_end` isn't reached, in a synthesis that skips the validation. It sees less:
    of what a token stands for only its name.
    """
    return _hash(_NUMBER.sub("", json.dumps(content, sort_keys=True, default=str)))


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
