"""Run an app so that a failing check shows its findings without a Python traceback."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from constructs_lib.cdk_support import PlanesError

if TYPE_CHECKING:
    import aws_cdk as cdk
    from aws_cdk import cx_api

__all__ = ["is_failed_validation", "synth_or_exit"]


def is_failed_validation(error: RuntimeError) -> bool:
    """Whether an exception from JavaScript means that a validation plugin found errors.

    jsii drops the class of the error; the text begins with its name. ``ValidationFailedWithErrors`` is
    another error: a construct refuses its own state, and only the exception reports it.
    """
    return str(error).startswith("ValidationFailed:")


def synth_or_exit(app: cdk.App) -> cx_api.CloudAssembly:
    """Synthesize an app; if validation fails, show its report and exit with status 1.

    Under the CDK CLI a failed validation raises nothing, since the CLI shows the report itself. In plain
    ``python app.py`` the CDK writes the findings to standard error and raises.

    Raises:
        PlanesError: It is no app.
        RuntimeError: The synthesis failed for another reason.
        SystemExit: The validation failed.

    """
    if not hasattr(app, "synth"):
        raise PlanesError(f"`app` has the value `{app}`: pass the `cdk.App`")
    try:
        return app.synth()
    except RuntimeError as error:
        if not is_failed_validation(error):
            raise
        sys.stderr.write(str(error).removeprefix("ValidationFailed: ") + "\n")
    raise SystemExit(1)
