"""Extract AWS managed policies from moto's data file: a part of ``make facts``.

For developers. moto (PyPI) carries every AWS managed policy as published by AWS; its file is read as text, so
that neither moto nor boto3 is imported. Kept is what touches Amazon Bedrock, or changes IAM, or passes and
assumes roles; within a policy, only the action patterns that do so or that run code as a role. Of all others
the names are kept, as known to be harmless; so are those of policies for service-linked roles that don't
touch Bedrock, because nobody can attach or use them.
"""

from __future__ import annotations

import gzip
import importlib.metadata
import json
import re
import sys
from pathlib import Path
from typing import Any, Final

from constructs_lib.iam.action_sets import actions_matching
from constructs_lib.iam.patterns import matches

_FILE: Final = Path(__file__).with_name("policies.json.gz")
# What AWS has deprecated and moto no longer has: the parts of each policy that matter, with AWS's page on it
# or on what took its place. AWS drops a deprecated policy from its reference; it works where it is attached:
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/about-managed-policy-reference.html
_DEPRECATED: Final = Path(__file__).with_name("deprecated.json")

__all__ = [
    "RELEVANT",
    "differences",
    "extract",
    "extracted",
    "packed",
    "read_moto",
    "reduce_statement",
    "write",
]

# Actions outside Bedrock that the rules about chains, escalation and role passing ask about.
RELEVANT: Final = (
    *(
        f"iam:{name}"
        for name in (
            *("PassRole", "CreateRole", "UpdateAssumeRolePolicy", "CreateAccessKey", "UpdateAccessKey"),
            *("CreateLoginProfile", "UpdateLoginProfile", "ResetServiceSpecificCredential"),
            *("CreateServiceSpecificCredential", "UploadSigningCertificate", "UploadSSHPublicKey"),
            *("PutRolePolicy", "PutUserPolicy", "PutGroupPolicy", "AttachRolePolicy", "AttachUserPolicy"),
            *("AttachGroupPolicy", "DetachRolePolicy", "DetachUserPolicy", "DeleteRolePolicy"),
            *("DeleteUserPolicy", "CreatePolicy", "CreatePolicyVersion", "SetDefaultPolicyVersion"),
            *("PutRolePermissionsBoundary", "PutUserPermissionsBoundary", "DeleteRolePermissionsBoundary"),
            *("DeleteUserPermissionsBoundary", "AddUserToGroup", "AddRoleToInstanceProfile", "CreateUser"),
            *("CreateInstanceProfile", "CreateSAMLProvider", "UpdateSAMLProvider"),
            *("CreateOpenIDConnectProvider", "AddClientIDToOpenIDConnectProvider"),
        )
    ),
    *(f"sts:{name}" for name in ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")),
    *(f"lambda:{name}" for name in ("CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration")),
    *(f"lambda:{name}" for name in ("InvokeFunction", "AddPermission", "CreateEventSourceMapping")),
    *(f"ecs:{name}" for name in ("RunTask", "StartTask", "CreateService", "UpdateService")),
    *(f"ecs:{name}" for name in ("RegisterTaskDefinition", "ExecuteCommand")),
    *(f"states:{name}" for name in ("CreateStateMachine", "UpdateStateMachine", "StartExecution")),
    *(f"ec2:{name}" for name in ("RunInstances", "AssociateIamInstanceProfile", "RequestSpotInstances")),
    *(
        f"cloudformation:{name}"
        for name in ("CreateStack", "UpdateStack", "CreateChangeSet", "ExecuteChangeSet")
    ),
    *(f"codebuild:{name}" for name in ("CreateProject", "UpdateProject", "StartBuild")),
    *(f"glue:{name}" for name in ("CreateJob", "UpdateJob", "CreateDevEndpoint", "StartJobRun")),
    *(f"sagemaker:{name}" for name in ("CreateNotebookInstance", "CreateTrainingJob", "CreateProcessingJob")),
    *("scheduler:CreateSchedule", "scheduler:UpdateSchedule", "events:PutTargets", "pipes:CreatePipe"),
    *("ssm:StartAutomationExecution", "ssm:SendCommand", "ssm:StartSession", "apprunner:CreateService"),
    *("batch:RegisterJobDefinition", "batch:SubmitJob", "elasticmapreduce:RunJobFlow"),
    *("codepipeline:CreatePipeline", "codepipeline:UpdatePipeline", "datapipeline:CreatePipeline"),
)
# A policy is kept for these even when it doesn't touch Bedrock.
_ESCALATING: Final = tuple(name for name in RELEVANT if name.startswith(("iam:", "sts:AssumeRole")))


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _concerns(pattern: str, names: tuple[str, ...]) -> bool:
    if actions_matching(pattern):
        return True
    return any(matches(pattern, name, ignore_case=True) for name in names)


def reduce_statement(statement: dict[str, Any]) -> dict[str, Any] | None:
    """Return a statement with only the action patterns that matter, ``None`` when there is none.

    ``NotAction`` is kept whole: leaving out one of its patterns would widen the statement.
    """
    others = ("NotAction", "Resource", "NotResource", "Condition")
    kept: dict[str, Any] = {key: statement[key] for key in others if key in statement}
    if "Action" in statement:
        actions = sorted({text for text in _listed(statement["Action"]) if _concerns(text, RELEVANT)})
        if not actions:
            return None
        kept["Action"] = actions[0] if len(actions) == 1 else actions
    return {"Effect": statement["Effect"], **dict(sorted(kept.items()))}


def _matters(statement: dict[str, Any], path: str) -> bool:
    """Whether a statement is a reason to keep its policy."""
    if "NotAction" in statement:
        return True
    names = _ESCALATING if statement["Effect"] == "Allow" and path != "/aws-service-role/" else ()
    return any(_concerns(text, names) for text in _listed(statement.get("Action")))


def extract(policies: dict[str, Any], version: str) -> dict[str, Any]:
    """Return the data that is shipped, from moto's mapping of policy name to record."""
    kept: dict[str, Any] = {}
    harmless: list[str] = []
    for name, record in sorted(policies.items()):
        body = record["Document"]["Statement"]
        statements = body if isinstance(body, list) else [body]
        if not any(_matters(statement, record["Path"]) for statement in statements):
            harmless.append(name)
            continue
        reduced = [short for short in map(reduce_statement, statements) if short is not None]
        kept[name] = {"path": record["Path"], "version": record["DefaultVersionId"], "statements": reduced}
    latest = max(record.get("UpdateDate", "") for record in policies.values())
    return {"source": {"moto": version, "date": latest[:10]}, "policies": kept, "harmless": harmless}


def extracted(folder: Path) -> dict[str, Any]:
    """Return the data from moto's policies and the deprecated ones; what moto has again counts instead."""
    policies, version = read_moto(folder)
    return extract({**_deprecated(), **policies}, version)


def _deprecated() -> dict[str, Any]:
    """Return the deprecated policies in the form of moto's records."""
    return {
        name: {
            "Path": row["path"],
            "DefaultVersionId": "deprecated",
            "Document": {"Statement": row["statements"]},
        }
        for name, row in json.loads(_DEPRECATED.read_text("utf-8")).items()
    }


def read_moto(folder: Path) -> tuple[dict[str, Any], str]:
    """Read moto's data file and version from the folder where it is installed, without importing moto."""
    file = folder / "moto" / "iam" / "aws_managed_policies.py"
    versions = [found.version for found in importlib.metadata.distributions(name="moto", path=[str(folder)])]
    if not file.is_file() or not versions:
        sys.exit(f"managed policies: moto is not in `{folder}`; run `make facts`")
    text = file.read_text("utf-8")
    found = re.search(r'aws_managed_policies_data = """\n(.*)"""', text, re.DOTALL)
    if found is None:
        sys.exit("managed policies: moto's data file has changed its form; adapt this module")
    return json.loads(found.group(1)), versions[0]


def packed(data: dict[str, Any]) -> bytes:
    """Return the bytes of ``policies.json.gz``: source, harmless names, one policy a line."""
    lines = [json.dumps(data["source"]), " ".join(data["harmless"])]
    lines += [f"{name} {json.dumps(row, separators=(',', ':'))}" for name, row in data["policies"].items()]
    # A fixed time stamp: the same policies give the same file.
    return gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0)


def write(folder: Path) -> str:
    """Write ``policies.json.gz`` from the moto in ``folder``; return its counts in a line."""
    data = extracted(folder)
    _FILE.write_bytes(packed(data))
    kept, harmless = len(data["policies"]), len(data["harmless"])
    return f"{kept} AWS managed policies kept, {harmless} harmless, {_FILE.stat().st_size} bytes"


def differences(folder: Path) -> list[str]:
    """Return a line for each policy that is new, gone or changed in the moto in ``folder``."""
    old, new = _rows(_FILE.read_bytes()), _rows(packed(extracted(folder)))
    said = [f"new AWS managed policy: {name}" for name in sorted(new.keys() - old.keys())]
    said += [f"gone AWS managed policy: {name}" for name in sorted(old.keys() - new.keys())]
    both = sorted(old.keys() & new.keys())
    return said + [f"changed AWS managed policy: {name}" for name in both if old[name] != new[name]]


def _rows(data: bytes) -> dict[str, str]:
    """Return the text of each policy by its name, empty for a harmless one."""
    _, harmless, *lines = gzip.decompress(data).decode().splitlines()
    rows = dict(line.split(" ", 1) for line in lines)
    return {**dict.fromkeys(harmless.split(" "), ""), **rows}
