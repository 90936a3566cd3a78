"""What the owner of an imported resource has to add, because its policy can't be changed from here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam
    from constructs import IConstruct

__all__ = ["ask_owner"]


def ask_owner(
    scope: IConstruct, warning: str, place: str, statement: iam.PolicyStatement, consequence: str
) -> None:
    """Attach a warning with the statement that the owner of an imported bucket or key has to add.

    Args:
        scope: The construct that needs it.
        warning: The id of the warning, for those who acknowledge it.
        place: Which policy, such as "the policy of the key `Stack/Key`".
        statement: What to add.
        consequence: What happens until then, a sentence without its full stop.
    """
    text = json.dumps(cdk.Stack.of(scope).resolve(statement.to_statement_json()), sort_keys=True)
    cdk.Annotations.of(scope).add_warning_v2(
        warning,
        f"{place} is not of this app and can't be changed here. {consequence} until its owner adds this "
        f"statement: {text}",
    )
