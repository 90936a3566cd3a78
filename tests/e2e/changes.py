"""Templates as they become over the months: changed, with less in them, and with a fault."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["broken", "changed", "less", "rewritten", "without_parts"]

_STATEMENT = {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}


def changed(template: dict[str, Any]) -> dict[str, Any]:
    """Return the template with another content in every resource of Bedrock that can be updated."""
    found = copy.deepcopy(template)
    for resource in found["Resources"].values():
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::Bedrock::Guardrail":
                properties["BlockedInputMessaging"] = "Something else."
            case "AWS::Bedrock::KnowledgeBase" | "AWS::Bedrock::DataSource" | "AWS::Bedrock::AgentAlias":
                properties["Description"] = "Something else"
            case "AWS::Bedrock::Agent":
                properties["Instruction"] += " Something else."
                properties["KnowledgeBases"][0]["Description"] = "For something else"
    return found


def without_parts(template: dict[str, Any]) -> dict[str, Any]:
    """Return the template with an agent that has no knowledge base."""
    found = copy.deepcopy(template)
    for resource in found["Resources"].values():
        if resource["Type"] == "AWS::Bedrock::Agent":
            del resource["Properties"]["KnowledgeBases"]
    return found


def rewritten(template: dict[str, Any]) -> dict[str, Any]:
    """Return the template with another content in every resource of IAM, S3, Lambda, Logs and SSM too."""
    found = changed(template)
    for resource in found["Resources"].values():
        if change := _CHANGES.get(resource["Type"]):
            change(resource["Properties"])
    return found


def _change_role(properties: dict[str, Any]) -> None:
    properties["Description"] = "Something else"
    trust = properties["AssumeRolePolicyDocument"]["Statement"]
    trust.append({**trust[0], "Sid": "Again"})
    for policy in properties.get("Policies", []):
        policy["PolicyDocument"]["Statement"].append(_STATEMENT)


def _change_bucket(properties: dict[str, Any]) -> None:
    properties["VersioningConfiguration"] = {"Status": "Suspended"}
    properties["PublicAccessBlockConfiguration"]["BlockPublicAcls"] = False


def _change_bucket_policy(properties: dict[str, Any]) -> None:
    statements = properties["PolicyDocument"]["Statement"]
    statements.append({**statements[0], "Sid": "Again"})


def _change_function(properties: dict[str, Any]) -> None:
    properties["Description"] = "Something else"
    if "Environment" in properties:  # the application's, whose code nothing here runs
        properties["Code"] = {"ZipFile": "def handler(event, context):\n    return None\n"}


_CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "AWS::IAM::Role": _change_role,
    "AWS::IAM::Policy": lambda properties: properties["PolicyDocument"]["Statement"].append(_STATEMENT),
    "AWS::S3::Bucket": _change_bucket,
    "AWS::S3::BucketPolicy": _change_bucket_policy,
    "AWS::Logs::LogGroup": lambda properties: properties.update(RetentionInDays=7),
    "AWS::Lambda::Function": _change_function,
    "AWS::Lambda::EventInvokeConfig": lambda properties: properties.update(MaximumRetryAttempts=1),
    "AWS::CloudWatch::Alarm": lambda properties: properties.update(Threshold=99),
    "AWS::CloudWatch::Dashboard": lambda properties: properties.update(DashboardBody='{"widgets":[]}'),
    "AWS::Logs::QueryDefinition": lambda properties: properties.update(QueryString="fields @message"),
    "AWS::SSM::Parameter": lambda properties: properties.update(Description="Something else"),
}


def less(template: dict[str, Any]) -> dict[str, Any]:
    """Return the template without some resources and some properties."""
    found = copy.deepcopy(template)
    for logical_id, resource in list(found["Resources"].items()):
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::IAM::Role":
                properties.pop("PermissionsBoundary", None)
                properties.pop("Description", None)
            case "AWS::Logs::LogGroup":
                properties.pop("RetentionInDays", None)
            case "AWS::S3::Bucket":
                properties.pop("BucketEncryption", None)
            case "AWS::S3::BucketPolicy":
                del found["Resources"][logical_id]
    gone = found["Resources"].keys()
    for resource in found["Resources"].values():
        waits = resource.get("DependsOn", [])
        if isinstance(waits, list):
            resource["DependsOn"] = [one for one in waits if one in gone]
        elif waits not in gone:
            del resource["DependsOn"]
    return found


def broken(template: dict[str, Any]) -> dict[str, Any]:
    """Return the template with a resource that can't be made, after all others."""
    found = copy.deepcopy(template)
    found["Resources"]["Broken"] = {
        "Type": "AWS::Lambda::EventInvokeConfig",
        "DependsOn": sorted(found["Resources"]),
        "Properties": {"FunctionName": "there-is-none", "Qualifier": "$LATEST"},
    }
    return found
