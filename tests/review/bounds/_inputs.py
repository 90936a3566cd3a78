# ruff: noqa: E501, C901, PLR0911 - rows of shapes, one per line or branch
"""Hostile inputs of at most 100 KB, made from seeds: one maker for each bound.

A maker returns the files of one input, by name. Sizes are drawn so that most inputs are near the limit.
"""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LIMIT", "MAKERS", "made"]

LIMIT = 100_000
"""Bytes of all files of one input."""
_ACCOUNT = "111122223333"
_ACTIONS = (
    "bedrock:InvokeModel",
    "bedrock:CreateAgent",
    "bedrock:*",
    "bedrock:Get*",
    "*",
    "bedrock-agentcore:*",
    "iam:PassRole",
    "sts:AssumeRole",
    "iam:*",
    "bedrock:Retrieve",
)
_ARNS = (
    "arn:aws:bedrock:us-east-1::foundation-model/",
    "arn:aws:bedrock:*:111122223333:knowledge-base/",
    "arn:aws:bedrock:",
    "arn:aws:iam::111122223333:role/",
    "arn:*:",
    "",
    "arn:aws:bedrock-agentcore:*:*:runtime/",
)
_UNITS = (
    "a*",
    "*a",
    "?*",
    "*?",
    "a?",
    "ab*",
    "*:",
    "*/",
    "?:",
    "*?:",
    "a*b",
    "${aws:username}",
    "**",
    "é*",
    "A*",
)


def _patterns(random_: random.Random, count: int, length: int) -> list[str]:
    """Return hostile patterns: a unit repeated, or units in turn, behind the start of an ARN or nothing."""
    unit, other = random_.choice(_UNITS), random_.choice(_UNITS)
    found = []
    for index in range(count):
        start = random_.choice(_ARNS)
        kind = random_.randrange(4)
        body = unit * (length // len(unit)) if kind < 2 else (unit + other) * (length // len(unit + other))
        if kind == 3:
            body = "?" * length
        found.append(start + body + (f"{chr(97 + index % 26)}{index}" if random_.random() < 0.8 else ""))
    return found


def _budget(random_: random.Random, lists: int = 2) -> tuple[int, int]:
    """Return how many patterns of what length fill a list: few long ones, or many short ones."""
    count = random_.choice((1, 2, 5, 20, 40, 80, 300))
    most = LIMIT // (lists + 1) // count - 40
    return count, max(2, random_.choice((most, most, min(most, 60), min(most, 120), min(most, 300))))


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _statement(effect: str, **elements: Any) -> dict[str, Any]:
    return {
        "Effect": effect,
        **({} if {"Resource", "NotResource"} & set(elements) else {"Resource": "*"}),
        **elements,
    }


def _role(name: str | None = None, **properties: Any) -> dict[str, Any]:
    trust = _policy(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    )
    named = {"RoleName": name} if name else {}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": trust, **named, **properties},
    }


def _inline(*statements: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"PolicyName": "p", "PolicyDocument": _policy(*statements)}]


def _template(resources: dict[str, Any], **sections: Any) -> dict[str, str]:
    return {
        "t.json": json.dumps({"AWSTemplateFormatVersion": "2010-09-09", **sections, "Resources": resources})
    }


def _resources(random_: random.Random) -> dict[str, str]:
    """Many or long resource patterns of Allows against those of Denies."""
    count, length = _budget(random_)
    allow, deny = random_.choice(
        (("Resource", "Resource"), ("NotResource", "Resource"), ("Resource", "NotResource"))
    )
    allowed = _statement(
        "Allow", Action=random_.sample(_ACTIONS, 2), **{allow: _patterns(random_, count, length)}
    )
    denied = [
        _statement("Deny", Action=random_.choice(_ACTIONS), **{deny: _patterns(random_, count, length)})
    ]
    if random_.random() < 0.3:
        parts = _patterns(random_, count, length)
        denied = [_statement("Deny", Action=random_.choice(_ACTIONS), **{deny: [part]}) for part in parts]
    document = _policy(allowed, *denied)
    if random_.random() < 0.5:
        return {"p.json": json.dumps(document)}
    return _template({"R": _role(Policies=[{"PolicyName": "p", "PolicyDocument": document}])})


def _actions(random_: random.Random) -> dict[str, str]:
    """Many or long patterns of actions, in ``Action`` or ``NotAction``."""
    total = random_.choice((10, 200, 2_000, 10_000))
    statements = random_.choice((1, 5, 50))
    each = max(1, total // statements)
    room = max(3, (LIMIT - statements * 60) // (each * statements) - 6)
    word = ("Invoke", "Create", "get", "A", "model", "a*", "*", "?", "e*e", "Agent")

    def name() -> str:
        text = "".join(random_.choice(word) for _ in range(min(room, random_.choice((8, 40, room))) // 4 + 1))
        return (random_.choice(("bedrock:", "*:", "b*", "s3:", "", "bedrock-agentcore:")) + text)[:room]

    effects = ("Allow", "Allow", "Deny")
    same = [name() for _ in range(each)]
    listed = [same if random_.random() < 0.2 else [name() for _ in range(each)] for _ in range(statements)]
    key = random_.choice(("Action", "NotAction"))
    return {
        "p.json": json.dumps(
            _policy(*(_statement(random_.choice(effects), **{key: names}) for names in listed))
        )
    }


def _texts(random_: random.Random) -> dict[str, str]:
    """Texts that functions make: joined, doubled, split, chosen, looped and looked up, deeply or widely."""
    piece = random_.choice(
        ("a", "bedrock:", "*", "{{resolve:ssm:x}}", "${AWS::Region}", ",")
    ) * random_.choice((1, 50, 500))
    node: Any = random_.choice((piece, {"Ref": "P"}, {"Ref": "AWS::Region"}, {"Fn::If": ["C", piece, "b"]}))
    depth, width = random_.choice((3, 20, 50, 58)), random_.choice((1, 2, 3, 20))
    form = random_.randrange(8)
    for _ in range(depth):
        size = len(json.dumps(node))
        if size * 2 > LIMIT // 2:
            break
        match form:
            case 0:
                node = {"Fn::Sub": ["${a}" * random_.choice((2, width, 40)), {"a": node}]}
            case 1:
                node = {"Fn::Join": [piece, [node, piece, piece]]}
            case 2:
                node = {"Fn::Join": [",", {"Fn::Split": [piece[:1], node]}]}
            case 3:
                node = {"Fn::If": ["C", node, {"Fn::Join": ["", [node, piece]]}]}
            case 4:
                node = {"Fn::ToJsonString": {"a": node, "b": [node]}}
            case 5:
                node = {"Fn::Base64": {"Fn::Join": ["", [node, "x"]]}}
            case 6:
                node = {"Fn::Select": [0, {"Fn::Split": ["/", {"Fn::Sub": ["${a}${a}${a}", {"a": node}]}]}]}
            case _:
                node = {"Fn::Join": ["", [node] * width]}
    size = len(json.dumps(node)) + 200
    copies = max(1, min(60, LIMIT // 2 // size))
    key = random_.choice(("Resource", "Action", "NotAction", "NotResource"))
    many = [node if index % 2 else {"Fn::Join": ["", [node, str(index)]]} for index in range(copies)]
    wide = {"Allow": many, "Deny": many[: copies // 2]}
    statements = [
        _statement(effect, **({"Action": "bedrock:*"} | {key: nodes})) for effect, nodes in wide.items()
    ]
    resources: dict[str, Any] = {"R": _role(Policies=_inline(*statements)), "M": _role(RoleName=node)}
    if random_.random() < 0.3:
        values = [str(index) for index in range(random_.choice((5, 100, 900)))]
        resources["Fn::ForEach::L"] = [
            "X",
            values,
            {"R${X}": _role(Policies=_inline(_statement("Allow", Action=node)))},
        ]
    parameters = {
        "P": {
            "Type": "String",
            "AllowedValues": [str(index) * 50 for index in range(random_.choice((2, 30, 200)))],
        }
    }
    files = _template(resources, Parameters=parameters)
    return (
        files
        if len(files["t.json"]) <= LIMIT
        else _template({"R": _role(Policies=_inline(statements[0]))}, Parameters=parameters)
    )


def _references(random_: random.Random) -> dict[str, str]:
    """References that lead through one another: outputs, imports, maps, attributes and names."""
    count = random_.choice((20, 200, 800))
    fan = random_.choice((1, 2, 3))
    resources: dict[str, Any] = {}
    for index in range(count):
        later = [{"Ref": f"R{(index + step) % count}"} for step in range(1, fan + 1)]
        form = random_.randrange(3)
        name: Any = (
            {"Fn::Join": ["-", later]}
            if form
            else {"Fn::Sub": "".join(f"${{R{(index + step) % count}}}" for step in range(1, fan + 1))}
        )
        if form == 2:
            name = {"Fn::If": ["C", *later[:1], {"Fn::Select": [0, later]}]}
        if len(json.dumps(resources)) > LIMIT * 0.8:
            break
        resources[f"R{index}"] = {
            "Type": random_.choice(("AWS::IAM::ManagedPolicy", "AWS::S3::Bucket")),
            "Properties": {
                "ManagedPolicyName": name,
                "BucketName": name,
                "PolicyDocument": _policy(_statement("Allow", Action="bedrock:*", Resource=later)),
            },
        }
    resources["Role"] = _role(ManagedPolicyArns=[{"Ref": name} for name in list(resources)[:300]])
    return _template(resources)


def _yaml(random_: random.Random) -> dict[str, str]:
    """YAML whose aliases, merges or levels multiply."""
    form = random_.randrange(6)
    count = random_.choice((5, 20, 60, 190))
    if form == 0:
        lines = [
            "a0: &a0 [x, x, x]",
            *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * random_.choice((2, 9)))}]" for i in range(1, count)),
        ]
        return {
            "t.yaml": "\n".join(
                [*lines, f"Resources: {{R: {{Type: AWS::IAM::Role, Properties: *a{count - 1}}}}}", ""]
            )
        }
    if form == 1:
        lines = [
            "a0: &a0 {k: v}",
            *(
                f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 3)}], k{i}: *a{i - 1}}}"
                for i in range(1, count)
            ),
        ]
        return {
            "t.yaml": "\n".join(
                [*lines, "Resources: {R: {Type: AWS::IAM::Role, Properties: {Policies: *a3}}}", ""]
            )
        }
    if form == 2:
        return {
            "t.yaml": "Resources:\n  R: "
            + random_.choice(("[", "{a: ", "- ", "!Sub [", "? ")) * random_.choice((150, 3_000, 30_000))
        }
    if form == 3:
        statement = "{Effect: Allow, Action: 'bedrock:*', Resource: '*'}"
        roles = "".join(
            f"  R{i}: {{Type: AWS::IAM::Role, Properties: {{Policies: *p}}}}\n"
            for i in range(random_.choice((50, 1_500)))
        )
        many = ", ".join([statement] * random_.choice((1, 20, 400)))
        return {
            "t.yaml": f"P: &p [{{PolicyName: p, PolicyDocument: {{Statement: [{many}]}}}}]\nResources:\n{roles}"
        }
    if form == 4:
        scalar = random_.choice(
            (
                "x" * 50_000,
                "9" * 50_000,
                "'" + "''" * 25_000 + "'",
                '"' + "\\x41" * 10_000 + '"',
                "&a " * 20_000,
            )
        )
        return {
            "t.yaml": f"Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: {scalar}\n"
        }
    leaf = (
        "&s {Effect: Allow, Action: ['bedrock:Create*'], Resource: "
        + ("['a*a*a*']" if count % 2 else "'*'")
        + "}"
    )
    levels = [
        f"s0: &t0 [{leaf}]",
        *(f"s{i}: &t{i} [{', '.join([f'*t{i - 1}'] * random_.choice((2, 4, 8)))}]" for i in range(1, 8)),
    ]
    return {
        "t.yaml": "\n".join(
            [
                *levels,
                "Resources:",
                *(
                    f"  R{i}: {{Type: AWS::IAM::Role, Properties: {{Policies: [{{PolicyName: p, PolicyDocument: {{Statement: *t{random_.randrange(3, 8)}}}}}]}}}}"
                    for i in range(random_.choice((1, 30)))
                ),
                "",
            ]
        )
    }


def _json(random_: random.Random) -> dict[str, str]:
    """JSON that is deep, wide, repeats keys or holds huge numbers."""
    form = random_.randrange(7)
    head = '{"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": '
    depth = random_.choice((50, 190, 900, 20_000))
    if form == 0:
        return {"t.json": head + "[" * depth + "]" * depth + "}}}"}
    if form == 1:
        return {"t.json": head + '{"a":' * (depth // 2) + "1" + "}" * (depth // 2) + "}}}"}
    if form == 2:
        return {
            "t.json": head
            + random_.choice(("9" * 90_000, "1e999999", "-" + "9" * 4_000, "1" + "0" * 4_200))
            + "}}}"
        }
    if form == 3:
        return {"t.json": head + "{" + ", ".join(['"RoleName": "x"'] * 5_000) + "}}}}"}
    if form == 4:
        return {
            "t.json": json.dumps(
                {
                    "Resources": {
                        f"R{i}": {"Type": random_.choice(("AWS::IAM::Role", "AWS::X", 1, None))}
                        for i in range(2_500)
                    }
                }
            )
        }
    if form == 5:
        name = random_.choice(("/", "~", "\u202e", "<", "`", "@", "\\", '"')) * 40_000
        return {
            "t.json": json.dumps(
                {"Resources": {name: _role(Policies=_inline(_statement("Allow", Action="bedrock:*")))}},
                ensure_ascii=False,
            )[:LIMIT]
        }
    return {"p.json": json.dumps({"Statement": [{"Effect": "Allow"}] * 4_000})}


def _chains(random_: random.Random) -> dict[str, str]:
    """Principals that may become one another."""
    form = random_.randrange(4)
    count = random_.choice((20, 60, 150, 250))
    names = [f"r{i}" for i in range(count)]
    resources: dict[str, Any] = {}
    for index, name in enumerate(names):
        targets = {
            0: ["*"],
            1: [f"arn:aws:iam::{_ACCOUNT}:role/r*"],
            2: [f"arn:aws:iam::{_ACCOUNT}:role/r{(index + 1) % count}"],
            3: [f"arn:aws:iam::*:role/*{index % 10}*"],
        }[form]
        actions = random_.choice(
            (["sts:AssumeRole"], ["sts:*", "iam:*"], ["iam:PassRole", "lambda:*"], ["*"])
        )
        extra = random_.choice(("bedrock:InvokeModel", "bedrock:CreateAgent", "s3:GetObject"))
        role = _role(
            name,
            Policies=_inline(
                _statement("Allow", Action=actions, Resource=targets), _statement("Allow", Action=extra)
            ),
        )
        trusted = random_.choice(
            ("*", f"arn:aws:iam::{_ACCOUNT}:root", f"arn:aws:iam::{_ACCOUNT}:role/r{(index + 1) % count}")
        )
        role["Properties"]["AssumeRolePolicyDocument"] = _policy(
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": trusted}}
        )
        if len(json.dumps(resources)) < LIMIT * 0.85:
            resources[name] = role
    return _template(resources)


def _conditions(random_: random.Random) -> dict[str, str]:
    """Many operators, keys and values, also against each other in Allows and Denies."""
    count = random_.choice((10, 300, 2_000, 4_000))
    keys = (
        "aws:PrincipalArn",
        "aws:RequestedRegion",
        "bedrock:GuardrailIdentifier",
        "aws:SourceIp",
        "aws:userid",
        "aws:PrincipalTag/x",
        "iam:PassedToService",
        "bedrock:InferenceProfileArn",
        "x:y",
    )
    operators = (
        "StringLike",
        "ArnLike",
        "StringNotLike",
        "ForAllValues:StringLike",
        "IpAddress",
        "Null",
        "NumericLessThan",
        "DateGreaterThan",
        "ArnNotEquals",
        "StringEqualsIfExists",
    )
    values = _patterns(
        random_, count, max(2, min(LIMIT // 3 // count - 20, random_.choice((10, 400, 4_000))))
    )

    def block() -> dict[str, Any]:
        form = random_.randrange(3)
        if form == 0:
            return {
                operator: {random_.choice(keys): values[:50]}
                for operator in operators[: random_.randrange(1, 9)]
            }
        if form == 1:
            return {"StringLike": {f"aws:PrincipalTag/k{i}": value for i, value in enumerate(values[:400])}}
        return {random_.choice(operators): {random_.choice(keys): values}}

    statements: list[dict[str, Any]] = []
    while len(json.dumps(statements)) < LIMIT * random_.choice((0.2, 0.5)):
        statements.append(
            _statement(random_.choice(("Allow", "Deny")), Action=random_.choice(_ACTIONS), Condition=block())
        )
    while len(json.dumps(statements)) > LIMIT * 0.95 and len(statements) > 1:
        statements.pop()
    return (
        {"p.json": json.dumps(_policy(*statements))}
        if random_.random() < 0.5
        else _template({"R": _role("n", Policies=_inline(*statements))})
    )


def _levels(random_: random.Random) -> dict[str, str]:
    """A policy under many levels of service control policies, given by ``--scp-level``."""
    levels = random_.choice((2, 5, 20, 60))
    room = LIMIT // (levels + 1) - 200
    count = random_.choice((1, 3, 10, 40))
    files = {}
    for index in range(levels + 1):
        patterns = _patterns(
            random_, count, max(2, min(room // count // 2 - 60, random_.choice((20, 60, 3_000))))
        )
        statements = [
            _statement(
                "Allow", Action=random_.choice(_ACTIONS), Resource=patterns if random_.random() < 0.6 else "*"
            )
        ]
        if random_.random() < 0.5:
            statements.append(
                _statement("Deny", Action=random_.choice(_ACTIONS), Resource=patterns[: count // 2 + 1])
            )
        files["p.json" if not index else f"scp{index}.json"] = json.dumps(_policy(*statements))
    return files


def _attached(random_: random.Random) -> dict[str, str]:
    """Policies that reach many principals: attached to each, through groups, as boundaries."""
    policies, people = random_.choice(((5, 400), (40, 100), (100, 40), (20, 200)))
    patterns = _patterns(random_, 5, random_.choice((8, 60, 200)))
    documents: dict[str, Any] = {}
    for index in range(policies):
        document = _policy(
            _statement(
                random_.choice(("Allow", "Deny")),
                Action=random_.choice(_ACTIONS),
                Resource=random_.choice(patterns) + str(index),
            )
        )
        documents[f"P{index}"] = {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": document},
        }
    names = list(documents)
    for index in range(people):
        if len(json.dumps(documents)) > LIMIT * 0.85:
            break
        reference = [
            {"Ref": name} for name in random_.sample(names, min(len(names), random_.choice((3, 20, 100))))
        ]
        boundary: dict[str, Any] = (
            {"PermissionsBoundary": {"Ref": random_.choice(names)}} if random_.random() < 0.3 else {}
        )
        documents[f"X{index}"] = _role(ManagedPolicyArns=reference, **boundary)
    if random_.random() < 0.5:
        return _template(documents)
    groups = [
        {
            "GroupName": f"g{i}",
            "Arn": f"arn:aws:iam::{_ACCOUNT}:group/g{i}",
            "GroupPolicyList": [
                {
                    "PolicyName": "p",
                    "PolicyDocument": _policy(
                        _statement("Allow", Action="bedrock:*", Resource=patterns[i % 5] + str(i))
                    ),
                }
            ],
        }
        for i in range(policies)
    ]
    users: list[dict[str, Any]] = []
    while len(json.dumps([groups, users])) < LIMIT * 0.85:
        users.append(
            {
                "UserName": f"u{len(users)}",
                "Arn": f"arn:aws:iam::{_ACCOUNT}:user/u{len(users)}",
                "GroupList": [group["GroupName"] for group in groups],
            }
        )
    return {
        "e.json": json.dumps(
            {"UserDetailList": users, "GroupDetailList": groups, "RoleDetailList": [], "Policies": []}
        )
    }


def _trusts(random_: random.Random) -> dict[str, str]:
    """Trusts and resource policies that name many, or hold long patterns."""
    count, length = _budget(random_, 1)
    patterns = _patterns(random_, count, length)
    named = random_.choice(
        (
            {"AWS": [f"arn:aws:iam::{i:012}:root" for i in range(min(count * 10, 1_500))]},
            {"Service": patterns},
            {"Federated": patterns},
            {"AWS": patterns},
        )
    )
    condition = {
        "StringLike": {
            "token.actions.githubusercontent.com:sub": patterns[: count // 3 + 1],
            "aws:SourceArn": patterns[:3],
        }
    }
    trust = _policy(
        {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole", "sts:*"],
            "Principal": named,
            "Condition": condition if random_.random() < 0.4 else {},
        },
        {"Effect": "Deny", "Action": "sts:*", "NotPrincipal": named} if random_.random() < 0.3 else {},
    )
    role = _role("app", Policies=_inline(_statement("Allow", Action="bedrock:*")))
    role["Properties"]["AssumeRolePolicyDocument"] = trust
    resource = {
        "Type": "AWS::Bedrock::ResourcePolicy",
        "Properties": {"PolicyDocument": trust, "ResourceArn": "*"},
    }
    files = _template(
        {
            "R": role,
            "S": _role(
                "b", Policies=_inline(_statement("Allow", Action="sts:AssumeRole", Resource=patterns[:2]))
            ),
            "T": resource,
        }
    )
    return files if len(files["t.json"]) <= LIMIT else _template({"R": role})


def _files(random_: random.Random) -> dict[str, str]:
    """Many small files, also nested in one another."""
    count = random_.choice((10, 200, 700))
    files = {}
    for index in range(count):
        nested = {
            f"N{step}": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": f"f{(index + step) % count}.json"},
            }
            for step in range(1, random_.choice((1, 2, 3)))
        }
        body: dict[str, Any] = (
            {"Resources": {**nested, "R": {"Type": "AWS::IAM::Role"}}}
            if index % 3
            else _policy(_statement("Allow", Action=random_.choice(_ACTIONS)))
        )
        files[f"f{index}.json"] = json.dumps(body)
    while sum(map(len, files.values())) > LIMIT:
        files.popitem()
    return files


def _terraform(random_: random.Random) -> dict[str, str]:
    """Plans of Terraform: many roles, documents in documents, deep modules."""
    statements = [
        _statement(
            random_.choice(("Allow", "Deny")),
            Action=random_.choice(_ACTIONS),
            Resource=_patterns(random_, 2, random_.choice((8, 200))),
        )
        for _ in range(random_.choice((1, 10)))
    ]
    document = json.dumps(_policy(*statements))
    resources: list[dict[str, Any]] = []
    while len(json.dumps(resources)) < LIMIT * 0.4 - len(document):
        index = len(resources)
        kind, values = random_.choice(
            (
                ("aws_iam_role", {"name": f"r{index}", "assume_role_policy": document}),
                ("aws_iam_role_policy", {"role": f"r{random_.randrange(index + 1)}", "policy": document}),
                (
                    "aws_iam_group_policy_attachment",
                    {"group": "g", "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"},
                ),
            )
        )
        resources.append(
            {
                "address": f"{kind}.x{index}",
                "mode": "managed",
                "type": kind,
                "name": f"x{index}",
                "values": values,
            }
        )
    module: dict[str, Any] = {"resources": resources}
    for level in range(random_.choice((1, 30, 90))):
        module = {"child_modules": [{"address": f"module.m{level}", **module}], "resources": []}
    return {
        "plan.json": json.dumps(
            {
                "format_version": "1.2",
                "terraform_version": "1.9.0",
                "planned_values": {"root_module": module},
                "resource_changes": [],
            }
        )
    }


MAKERS: dict[str, Callable[[random.Random], dict[str, str]]] = {
    "resources": _resources,
    "actions": _actions,
    "texts": _texts,
    "references": _references,
    "yaml": _yaml,
    "json": _json,
    "chains": _chains,
    "conditions": _conditions,
    "levels": _levels,
    "attached": _attached,
    "trusts": _trusts,
    "files": _files,
    "terraform": _terraform,
}
"""What makes a hostile input, by what it is too much of."""


def made(bound: str, seed: int) -> tuple[dict[str, str], list[str]]:
    """Return the files of one hostile input, and the words of a command that reads it in the folder."""
    random_ = random.Random(f"{bound} {seed}")
    files = MAKERS[bound](random_)
    while sum(len(text.encode()) for text in files.values()) > LIMIT:  # a maker that ended beyond the limit
        files = {"t.json": max(files.values(), key=len).encode()[: LIMIT - 10].decode("utf-8", "ignore")}
    levels = [name for name in files if name.startswith("scp")]
    paths = [name for name in files if not name.startswith("scp")]
    limits = [word for name in levels for word in ("--scp-level", name)]
    path = paths[0] if len(paths) == 1 else "."
    if random_.random() < 0.15:
        empty = "empty.json"
        files[empty] = '{"Version": "2012-10-17", "Statement": []}'
        sides = [empty, path] if random_.random() < 0.5 else [path, path]
        return files, ["diff", *sides, *limits, "--format", random_.choice(("text", "json", "markdown"))]
    formats = ("text", "json", "markdown", "html", "sarif")
    return files, ["review", path, *limits, "--format", random_.choice(formats), "--strict"]
