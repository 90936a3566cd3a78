"""Assemblies whose functions have code, as the CDK writes them: manifest, template, manifest of assets."""

from __future__ import annotations

import hashlib
import json
import zipfile
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["HERE", "Function", "write_assembly"]

HERE = "arn:aws:bedrock:us-east-1:111122223333:"
Statement = tuple[str | list[str], str | list[str], dict[str, Any]]


class Function(NamedTuple):
    """A function: its files by name, and the statements of its role."""

    files: Mapping[str, str]
    statements: Sequence[Statement]
    is_zip: bool = False
    is_inline: bool = False


def write_assembly(folder: Path, functions: Mapping[str, Function]) -> str:
    """Write an assembly of one stack; return its path."""
    resources: dict[str, Any] = {}
    assets: dict[str, Any] = {}
    folder.mkdir(parents=True, exist_ok=True)
    for name, function in functions.items():
        if function.is_inline:
            code: dict[str, Any] = {"ZipFile": next(iter(function.files.values()))}
        else:
            digest = hashlib.sha256(f"{name}{function.files}".encode()).hexdigest()
            path = _write_asset(folder / f"asset.{digest}", function)
            code = {
                "S3Bucket": {"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}"},
                "S3Key": f"{digest}.zip",
            }
            assets[digest] = {
                "source": {"path": path, "packaging": "file" if function.is_zip else "zip"},
                "destinations": {"here": {"bucketName": "assets", "objectKey": f"{digest}.zip"}},
            }
        resources[name] = {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "nodejs22.x" if any(f.endswith("js") for f in function.files) else "python3.13",
                "Handler": "index.handler",
                "Role": {"Fn::GetAtt": [f"{name}Role", "Arn"]},
                "Code": code,
            },
        }
        resources[f"{name}Role"] = _role(function.statements)
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111122223333/us-east-1",
        "properties": {"templateFile": "App.template.json"},
        "displayName": "App",
    }
    _json(folder / "manifest.json", {"version": "48.0.0", "artifacts": {"App": artifact}})
    _json(folder / "App.template.json", {"Resources": resources})
    _json(folder / "App.assets.json", {"version": "48.0.0", "files": assets})
    return str(folder)


def _write_asset(path: Path, function: Function) -> str:
    if function.is_zip:
        path = path.with_name(f"{path.name}.zip")
        with zipfile.ZipFile(path, "w") as archive:
            for file, text in function.files.items():
                archive.writestr(file, text)
        return path.name
    for file, text in function.files.items():
        (path / file).parent.mkdir(parents=True, exist_ok=True)
        (path / file).write_text(text)
    return path.name


def _role(statements: Sequence[Statement]) -> dict[str, Any]:
    written = [
        {"Effect": "Allow", "Action": action, "Resource": resource, **({"Condition": test} if test else {})}
        for action, resource, test in statements
    ]
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policies = [{"PolicyName": "App", "PolicyDocument": {"Version": "2012-10-17", "Statement": written}}]
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            **({"Policies": policies} if written else {}),
        },
    }


def _json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1))
