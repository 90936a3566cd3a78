"""Model calls: ``bedrock-runtime``, ``bedrock-mantle`` and ``bedrock-websearch``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import PlanesError, is_token, key_arn_of
from constructs_lib.grants.facades.base import GrantsTo, objects_arn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk.interfaces import aws_bedrock as refs
    from aws_cdk.interfaces import aws_bedrockmantle as mantle_refs
    from aws_cdk.interfaces import aws_kms as kms_refs
    from aws_cdk.interfaces import aws_s3 as s3_refs

    from constructs_lib.catalogue.verbs import Target
    from constructs_lib.grants import ModelLike

__all__ = ["SERVICE_TIERS", "ModelGrants", "other_tiers"]

SERVICE_TIERS = ("default", "flex", "priority", "reserved")
"""Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ServiceTier.html"""


def other_tiers(allowed: Sequence[str]) -> tuple[str, ...]:
    """Return the service tiers that are not allowed; raise :class:`PlanesError` for an unknown one."""
    for tier in allowed:
        if tier not in SERVICE_TIERS:
            raise PlanesError(f"`{tier}` is not a service tier: use {', '.join(SERVICE_TIERS)}")
    others = tuple(tier for tier in SERVICE_TIERS if tier not in allowed)
    if not allowed or not others:
        raise PlanesError("name some of the service tiers and not all: otherwise nothing is limited")
    return others


class ModelGrants(GrantsTo):
    """Grants to call models.

    ``model`` is a model's id, a system inference profile's id (``us.amazon.nova-lite-v1:0``), an ARN of
    anything that can be called, a token for such an ARN, or a construct. ``behind`` names the models behind
    an application inference profile or a prompt router, where the construct itself doesn't name them.

    AWS checks a call on the model and on the project that it belongs to. ``project`` is the id or the ARN of
    the project that the calls name; without it they belong to the account's default project. Only foundation
    models and the profiles that AWS defines can be called in another one.

    ``control_reads`` also allows the read that AWS documents for callers of what is named
    (``GetInferenceProfile`` of a profile), on the same ARN; an :class:`AppRole` takes it with its own
    ``control_reads`` only.
    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
    """

    def converse(
        self,
        model: ModelLike,
        *,
        streaming: bool = False,
        project: str = "default",
        behind: Sequence[ModelLike] = (),
        control_reads: bool = False,
    ) -> iam.Grant:
        """Allow ``Converse``, and with ``streaming`` also ``ConverseStream``."""
        return self._give(
            "converse",
            self._call(model, "converse", project, behind),
            streaming=streaming,
            control_reads=control_reads,
        )

    def invoke(
        self,
        model: ModelLike,
        *,
        streaming: bool = False,
        project: str = "default",
        behind: Sequence[ModelLike] = (),
        control_reads: bool = False,
    ) -> iam.Grant:
        """Allow ``InvokeModel``, and with ``streaming`` also ``InvokeModelWithResponseStream``."""
        return self._give(
            "invoke",
            self._call(model, "invoke", project, behind),
            streaming=streaming,
            control_reads=control_reads,
        )

    def invoke_bidirectional(
        self, model: ModelLike, *, project: str = "default", control_reads: bool = False
    ) -> iam.Grant:
        """Allow ``InvokeModelWithBidirectionalStream``, which the plain action authorises."""
        return self._give(
            "invoke_bidirectional",
            self._call(model, "invoke_bidirectional", project),
            control_reads=control_reads,
        )

    def count_tokens(self, model: ModelLike) -> iam.Grant:
        """Allow ``CountTokens`` on a foundation model; AWS takes nothing else for it."""
        return self._give("count_tokens", {"model": self._model(model, (), "count_tokens")})

    def invoke_async(
        self,
        model: ModelLike,
        *,
        output: str | s3_refs.IBucketRef,
        prefix: str = "",
        project: str = "default",
        behind: Sequence[ModelLike] = (),
        control_reads: bool = False,
    ) -> iam.Grant:
        """Allow ``StartAsyncInvoke`` with its output under a prefix of a bucket, and to follow invocations.

        The id of an invocation is made when it starts, so following is allowed on those of this account and
        Region.
        """
        targets = {
            **self._call(model, "invoke_async", project, behind),
            "output": _grants.on_arns(objects_arn(self._scope, output, prefix, "output")),
            "async_invoke": self._own("bedrock", "async-invoke/*"),
        }
        return self._give("invoke_async", targets, control_reads=control_reads)

    def responses(
        self,
        model: ModelLike,
        *,
        streaming: bool = False,
        project: str = "default",
        behind: Sequence[ModelLike] = (),
        control_reads: bool = False,
    ) -> iam.Grant:
        """Allow the Responses and Chat Completions APIs of the ``bedrock-runtime`` endpoint.

        They need the model and the project; stored responses are read, cancelled and deleted on the project.
        """
        return self._give(
            "responses",
            self._call(model, "responses", project, behind),
            streaming=streaming,
            control_reads=control_reads,
        )

    def render_prompt(
        self,
        prompt: str | refs.IPromptRef | refs.IPromptVersionRef,
        *,
        version: str | None = None,
        key: str | kms_refs.IKeyRef | None = None,
    ) -> iam.Grant:
        """Allow to use a managed prompt in a model call.

        Args:
            prompt: The prompt or a version of it.
            version: A number, or ``DRAFT``. Default: the version that ``prompt`` is, and for a prompt all
                its versions with the draft.
            key: The key that the prompt is encrypted with. Default: that of the construct, and AWS's own for
                an ARN or id.
        """
        targets: dict[str, Sequence[Target]] = {
            "prompt": _grants.on_arns(*self._prompt_arns(prompt, version))
        }
        key_arn = key_arn_of(key) or getattr(prompt, "key_arn", None)
        if key_arn is not None:
            targets["key"] = _grants.on_arns(key_arn)
        return self._give("render_prompt", targets)

    def _prompt_arns(self, prompt: Any, version: str | None) -> tuple[str, ...]:
        if not isinstance(prompt, str) and hasattr(type(prompt), "version_arn"):
            return (str(prompt.version_arn),)
        arn = _grants.arn_of(self._scope, "prompt", prompt)
        is_version = ":" in arn.rpartition("prompt/")[2] or hasattr(type(prompt), "prompt_version_ref")
        if is_version and not (isinstance(prompt, str) and is_token(arn) and not arn.startswith("arn:")):
            if version is not None:
                raise PlanesError(
                    f"`version` has the value `{version}`, and `prompt` is a version already: drop it"
                )
            return (arn,)
        if version is None:
            return (arn, f"{arn}:*")
        if not is_token(version) and version != "DRAFT" and not version.isdecimal():
            raise PlanesError(f"`version` has the value `{version}`: use a number or DRAFT")
        return (arn,) if version == "DRAFT" else (f"{arn}:{version}",)

    def system_tool(self, tool: str) -> iam.Grant:
        """Allow a tool that is built into model calls, such as ``amazon.nova_grounding``."""
        if not tool or any(sign in tool for sign in "*?/:"):
            raise PlanesError(f"`tool` has the value `{tool}`: pass a name such as amazon.nova_grounding")
        here = _grants.environment_of(self._scope)
        # System tools have no Region.
        arn = f"arn:{here.partition}:bedrock::{here.account}:system-tool/{tool}"
        return self._give("system_tool", {"system_tool": _grants.on_arns(arn)})

    def limit_service_tiers(self, *allowed: str) -> None:
        """Deny model calls on any tier but these: ``default``, ``flex``, ``priority``, ``reserved``."""
        self._give("limit_service_tiers", {}, values={"other_tiers": other_tiers(allowed)})

    def mantle(
        self, project: str | mantle_refs.IProjectRef = "default", *, models: Sequence[str] = ()
    ) -> iam.Grant:
        """Allow inference in a project of the ``bedrock-mantle`` endpoint, with ``models`` only on these."""
        return self._give(
            "mantle", {"project": self._on("mantle_project", project)}, values={"models": tuple(models)}
        )

    def mantle_files(self, project: str | mantle_refs.IProjectRef = "default") -> iam.Grant:
        """Allow to create, read, list and delete files in a project of the ``bedrock-mantle`` endpoint."""
        return self._give("mantle_files", {"project": self._on("mantle_project", project)})

    def web_search(self, *, external: bool = False) -> iam.Grant:
        """Allow web search and fetch inside AWS in this Region; with ``external`` fetch from outside too."""
        here = _grants.environment_of(self._scope)
        tools = f"arn:{here.partition}:bedrock-websearch:{here.region}:aws:tool/*"
        made = self._give("web_search", {"tool": _grants.on_arns(tools)})
        return made.combine(self._give("external_web_access", {})) if external else made
