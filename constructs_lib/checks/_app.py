"""Run an app so that a failing check shows its findings and no Python traceback."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aws_cdk as cdk
    from aws_cdk import cx_api

__all__ = ["is_failed_validation", "synth_or_exit"]


def is_failed_validation(error: RuntimeError) -> bool:
    """Whether an exception that crossed from JavaScript says that a validation plugin found errors.

    jsii loses the class of the error; its name is the beginning of the text. ``ValidationFailedWithErrors``
    is another one: constructs that refuse their own state, shown nowhere else than in the exception.
    """
    return str(error).startswith("ValidationFailed:")


def synth_or_exit(app: cdk.App) -> cx_api.CloudAssembly:
    """Synthesize; when validation fails, show its report and exit with status 1.

    Under the CDK CLI a failed validation raises nothing, since the CLI shows the report itself. In plain
    ``python app.py`` the CDK writes the findings to standard error and raises.

    Raises:
        RuntimeError: the synthesis failed for another reason.
        SystemExit: the validation failed.

    """
    try:
        return app.synth()
    except RuntimeError as error:
        if not is_failed_validation(error):
            raise
        sys.stderr.write(str(error).removeprefix("ValidationFailed: ") + "\n")
    raise SystemExit(1)
