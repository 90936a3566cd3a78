"""A model as a value: what grants and constructs take wherever a model is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from constructs_lib import catalogue
from constructs_lib.cdk_support import PlanesError, is_token, with_explained_calls
from constructs_lib.grants.model_ids import check_spelling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["HasModel", "Model"]


class HasModel(Protocol):
    """A construct of this library that can be called as a model: an application profile, a prompt router."""

    @property
    def model(self) -> Model:
        """The model that it is."""


@dataclass(frozen=True, slots=True)
class _Own:
    """A kind of model that belongs to an account: its service and its part of an ARN."""

    service: str
    resource: str
    factory: str


_OWN: Mapping[str, _Own] = {
    "imported-model": _Own("bedrock", "imported-model", "imported"),
    "custom-model-deployment": _Own("bedrock", "custom-model-deployment", "custom_deployment"),
    "provisioned-model": _Own("bedrock", "provisioned-model", "provisioned"),
    "endpoint": _Own("sagemaker", "endpoint", "marketplace"),
}
# A name of an endpoint of SageMaker AI, an id of a model: no slash, no wildcard.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")


@with_explained_calls
@dataclass(frozen=True, slots=True)
class Model:
    """A model that can be called, in one of the ways that Bedrock has.

    Made with :meth:`of` and the other factories, each of which refuses at once what no grant could mean.
    Everything that takes a model takes one of these or the same as text.
    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-invoke.html (`modelId`)

    Attributes:
        id: The id, the ARN, or a token of the ARN.
        kind: The type of the resource where the id doesn't say it (``imported-model``); ``None`` for the id
            or the ARN of a foundation model or of a profile.
        behind: The models behind an application inference profile or a prompt router.

    """

    id: str
    kind: str | None = None
    behind: tuple[str, ...] = ()

    @staticmethod
    def of(model_id: str) -> Model:
        """Return a foundation model or a profile that AWS defines.

        Args:
            model_id: The id of the model (``amazon.nova-lite-v1:0``) or of the system inference profile
                (``us.amazon.nova-lite-v1:0``), an ARN of anything that can be called, or a token of an ARN.

        Raises:
            PlanesError: The text is no id, is one letter away from a known id, or has a wildcard.
        """
        _check_text("model_id", model_id)
        if "*" in model_id or "?" in model_id or not model_id:
            raise PlanesError(
                f"`model_id` has the value `{model_id}`: name one model; a wildcard also means models that "
                "nobody chose"
            )
        if not model_id.startswith("arn:") and not is_token(model_id):
            check_spelling("model_id", model_id)
        return Model(model_id)

    def cross_region(self, geography: str) -> Model:
        """Return the profile that AWS defines for this model in a geography.

        Args:
            geography: ``us``, ``eu``, ``apac``, ``global``, or another that AWS has.

        Raises:
            PlanesError: This is no foundation model's id, or AWS has no such profile of it.
        """
        _check_text("geography", geography)
        if self.kind is not None or self.id.startswith("arn:") or is_token(self.id):
            raise PlanesError(
                f"`cross_region` is called on `{self.id}`: only a foundation model that is named by its id "
                "has profiles; start from `Model.of(...)` with the id of the model"
            )
        if catalogue.model_of_profile(self.id) is not None:
            raise PlanesError(
                f"`cross_region` is called on `{self.id}`, which is a profile already: start from the id of "
                f"the model, `{catalogue.model_of_profile(self.id)}`"
            )
        known = catalogue.model(self.id)
        profile = f"{geography}.{self.id}"
        offered = sorted(known.profiles) if known is not None else []
        if geography not in catalogue.geographies() or (known is not None and profile not in offered):
            choice = " or ".join(f'"{one.partition(".")[0]}"' for one in offered)
            hint = f"choose {choice}" if choice else "the catalogue knows no profile of it: call it by its id"
            if known is None:
                hint = f"choose one of {', '.join(catalogue.geographies())}"
            raise PlanesError(
                f"`geography` has the value `{geography}`, and AWS has no such profile of `{self.id}`: {hint}"
            )
        return Model(profile)

    @staticmethod
    def imported(model: str) -> Model:
        """Return a model that was imported into Bedrock, by its ARN or its id in this account and Region."""
        return _own("imported-model", model)

    @staticmethod
    def custom_deployment(deployment: str) -> Model:
        """Return the on-demand deployment of a custom model, by its ARN or its id.

        A custom model is called through its deployment or its provisioned throughput, never by itself.
        """
        return _own("custom-model-deployment", deployment)

    @staticmethod
    def provisioned(throughput: str) -> Model:
        """Return a Provisioned Throughput, by the ARN or the id of the provisioned model."""
        return _own("provisioned-model", throughput)

    @staticmethod
    def marketplace(endpoint: str) -> Model:
        """Return a model of Bedrock Marketplace, by the ARN or the name of its SageMaker AI endpoint."""
        return _own("endpoint", endpoint)

    @staticmethod
    def application_profile(arn: str, *, behind: Sequence[str | Model]) -> Model:
        """Return an application inference profile that exists.

        Args:
            arn: Its ARN, or a token of it.
            behind: The models that it routes to: the id of the model, or of the system profile that it
                copies. IAM checks a call on them too.

        Raises:
            PlanesError: The ARN is of something else, or no model is named.
        """
        return _routed("application-inference-profile", "arn", arn, behind)

    @staticmethod
    def prompt_router(arn: str, *, behind: Sequence[str | Model]) -> Model:
        """Return a prompt router that exists, one of AWS's too.

        Args:
            arn: Its ARN, or a token of it.
            behind: The models that it chooses from. IAM checks a call on them too.

        Raises:
            PlanesError: The ARN is of something else, or no model is named.
        """
        return _routed("prompt-router", "arn", arn, behind)

    def arn(self, partition: str, region: str, account: str) -> str:
        """Return what names this model in a stack: the ARN of a model of an account, else the id as it is."""
        own = _OWN.get(self.kind or "")
        if own is None or self.id.startswith("arn:") or is_token(self.id):
            return self.id
        return f"arn:{partition}:{own.service}:{region}:{account}:{own.resource}/{self.id}"


def _check_text(prop: str, value: object) -> None:
    if not isinstance(value, str) or f"{value}" != value:
        raise PlanesError(
            f"`{prop}` has a value of the type `{type(value).__name__}`: pass a text, such as "
            '"amazon.nova-lite-v1:0"'
        )


def _own(kind: str, value: str) -> Model:
    own = _OWN[kind]
    _check_text(own.factory, value)
    if is_token(value) and not value.startswith("arn:"):
        return Model(value, kind)
    if value.startswith("arn:"):
        parts = value.split(":", 5)
        fits = len(parts) == 6 and parts[2] == own.service
        if fits and (is_token(parts[5]) or re.fullmatch(rf"{own.resource}/[\w-]+", parts[5])):
            return Model(value, kind)
    elif _NAME.fullmatch(value):
        return Model(value, kind)
    raise PlanesError(
        f"`Model.{own.factory}` has the value `{value}`: pass an ARN such as "
        f"arn:aws:{own.service}:us-east-1:111122223333:{own.resource}/abcdef123456, or its last part"
    )


def _routed(kind: str, prop: str, arn: str, behind: Sequence[str | Model]) -> Model:
    _check_text(prop, arn)
    kinds = (kind, f"default-{kind}") if kind == "prompt-router" else (kind,)
    if not is_token(arn) and not re.fullmatch(
        rf"arn:[\w-]+:bedrock:[\w-]+:\d{{12}}:({'|'.join(kinds)})/.+", arn
    ):
        raise PlanesError(
            f"`{prop}` has the value `{arn}`: pass an ARN such as "
            f"arn:aws:bedrock:us-east-1:111122223333:{kind}/abcdef123456"
        )
    if not isinstance(behind, (list, tuple)) or not behind:
        raise PlanesError(
            f"`behind` has the value `{behind!r}`: pass a list with the models that `{arn}` routes to: "
            "a call needs them too"
        )
    inner = [one if isinstance(one, Model) else Model.of(one) for one in behind]
    return Model(arn, kind, tuple(name for one in inner for name in (one.behind or (one.id,))))
