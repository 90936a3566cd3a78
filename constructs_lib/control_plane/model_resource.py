"""What application inference profiles and prompt routers share: they are called as a model is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_lib import catalogue
from constructs_lib import grants as _grants
from constructs_lib.cdk_support import PlanesError, check_length, check_pattern

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam

    from constructs_lib.grants import Model

__all__ = ["ModelResource", "check_answers_text", "check_texts"]

# What the two APIs take for a name and a description.
# Sources: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateInferenceProfile.html
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreatePromptRouter.html
_NAME = r"([0-9a-zA-Z][ _-]?)+"
_TEXT = r"([0-9a-zA-Z:.][ _-]?)+"


class ModelResource(cdk.Resource):
    """A resource that is called as a model, of this app or imported."""

    model: Model
    """The resource as a model, with the models behind it: what takes a model takes the resource too."""

    def grant_converse(self, grantee: iam.IGrantable, *, streaming: bool = False) -> iam.Grant:
        """Allow ``Converse`` on it and, through it only, on its models (data plane)."""
        return self._grant(grantee, "converse", streaming=streaming)

    def grant_invoke(self, grantee: iam.IGrantable, *, streaming: bool = False) -> iam.Grant:
        """Allow ``InvokeModel`` on it and, through it only, on its models (data plane)."""
        return self._grant(grantee, "invoke", streaming=streaming)

    def _grant(self, grantee: iam.IGrantable, verb: str, *, streaming: bool) -> iam.Grant:
        targets = _grants.on_call(self, self.model, verb=verb)
        return _grants.grant(grantee, verb, targets, streaming=streaming)


def check_texts(prop: str, name: str | None, description: str | None) -> None:
    """Check a name and a description.

    Args:
        prop: The prop of the name.
        name: The name, if one is given.
        description: The description, if one is given.

    Raises:
        PlanesError: One is too long, or has a character that AWS does not take.
    """
    check_length(prop, name, 1, 64)
    check_pattern(prop, name, _NAME, "use letters and digits with single spaces, - or _ between them")
    check_length("description", description, 1, 200)
    check_pattern(
        "description",
        description,
        _TEXT,
        "use letters, digits, : and . with single spaces, - or _ between them, which is all AWS takes",
    )


def check_answers_text(prop: str, name: str) -> None:
    """Refuse a model that is known to answer with something else than text, such as embeddings.

    Args:
        prop: The prop of the model.
        name: Its id or ARN, or that of a profile; a token and an unknown model pass.

    Raises:
        PlanesError: It answers with images, embeddings or the like.
    """
    last = name.rpartition("/")[2]
    known = catalogue.model(catalogue.model_of_profile(last) or last)
    if known is not None and "TEXT" not in known.output_modalities:
        raise PlanesError(
            f"`{prop}` has `{name}`, which answers with {', '.join(known.output_modalities).lower()}: a "
            "model that answers with text is needed"
        )
