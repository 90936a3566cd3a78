"""Data Automation: ``bedrock-data-automation-runtime``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib import grants as _grants
from constructs_lib.catalogue import verbs as table
from constructs_lib.cdk_support import PlanesError, is_token
from constructs_lib.grants.facades.base import GrantsTo, objects_arn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk.interfaces import aws_bedrock as refs
    from aws_cdk.interfaces import aws_s3 as s3_refs

    from constructs_lib.catalogue.verbs import Target

__all__ = ["AutomationGrants"]


class AutomationGrants(GrantsTo):
    """Grants of Data Automation.

    ``profile_arns`` are the profile's ARNs in every Region that may answer. Default: known from the stack's
    Region, which must not be a token then.
    """

    def data_automation(
        self,
        project: str | refs.IDataAutomationProjectRef,
        *,
        blueprints: Sequence[str | refs.IBlueprintRef] = (),
        files: str | s3_refs.IBucketRef | None = None,
        profile_arns: Sequence[str] = (),
    ) -> iam.Grant:
        """Allow ``InvokeDataAutomation`` with a project, on a document in the call or in ``files``."""
        targets = self._targets(project, blueprints, profile_arns)
        if files is not None:
            targets["input"] = _grants.on_arns(objects_arn(self._scope, files, "", "files"))
        return self._give("data_automation", targets)

    def data_automation_async(
        self,
        project: str | refs.IDataAutomationProjectRef,
        *,
        input: str | s3_refs.IBucketRef,  # noqa: A002 - the word of AWS's API
        output: str | s3_refs.IBucketRef,
        input_prefix: str = "",
        output_prefix: str = "",
        blueprints: Sequence[str | refs.IBlueprintRef] = (),
        profile_arns: Sequence[str] = (),
    ) -> iam.Grant:
        """Allow ``InvokeDataAutomationAsync`` with a project, its files in S3, and to follow invocations."""
        targets = {
            **self._targets(project, blueprints, profile_arns),
            "invocation": self._own("bedrock", "data-automation-invocation/*"),
            "input": _grants.on_arns(objects_arn(self._scope, input, input_prefix, "input")),
            "output": _grants.on_arns(objects_arn(self._scope, output, output_prefix, "output")),
        }
        return self._give("data_automation_async", targets)

    def _targets(
        self, project: Any, blueprints: Sequence[Any], profile_arns: Sequence[str]
    ) -> dict[str, Sequence[Target]]:
        arns = (
            _grants.arn_of(self._scope, "data_automation_project", project),
            *(_grants.arn_of(self._scope, "blueprint", one) for one in blueprints),
        )
        return {
            "project": _grants.on_arns(*arns),
            "profile": _grants.on_arns(*profile_arns) if profile_arns else self._profile(),
        }

    def _profile(self) -> Sequence[Target]:
        here = _grants.environment_of(self._scope)
        if is_token(here.region):
            raise PlanesError(
                "`profile_arns` is missing and the stack's Region is not known: name the profile's ARNs, or "
                "give the stack an `env`"
            )
        try:
            return table.data_automation_targets(
                partition=here.partition, region=here.region, account=here.account
            )
        except ValueError as error:
            raise PlanesError(f"`profile_arns`: {error}") from None
