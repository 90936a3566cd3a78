"""What a deployment replaces, deletes or can't make: for certain, perhaps, and not at all."""

from __future__ import annotations

import json
from contextlib import suppress
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.catalogue import handled_types, handlers
from constructs_lib.review.diff import ResourceEffect, compare_resources
from constructs_lib.review.diff.effect_formats import effect_dict, effect_lines
from constructs_lib.review.diff.resources import _losses, _name_property
from constructs_lib.templates import TemplateSource, read_templates

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Json = dict[str, Any]

INDEX: Json = {
    "Type": "AWS::S3Vectors::Index",
    "Properties": {
        "VectorBucketArn": {"Fn::GetAtt": ["Bucket", "VectorBucketArn"]},
        "Dimension": 1024,
        "DataType": "float32",
        "DistanceMetric": "cosine",
    },
}
BASE: Json = {
    "Type": "AWS::Bedrock::KnowledgeBase",
    "Properties": {
        "Name": "answers-1234abcd",
        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "KnowledgeBaseConfiguration": {
            "Type": "VECTOR",
            "VectorKnowledgeBaseConfiguration": {
                "EmbeddingModelArn": {
                    "Fn::Join": [
                        "",
                        [
                            "arn:",
                            {"Ref": "AWS::Partition"},
                            ":bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0",
                        ],
                    ]
                }
            },
        },
        "StorageConfiguration": {
            "Type": "S3_VECTORS",
            "S3VectorsConfiguration": {"IndexArn": {"Fn::GetAtt": ["Index", "IndexArn"]}},
        },
    },
}
SOURCE: Json = {
    "Type": "AWS::Bedrock::DataSource",
    "Properties": {
        "Name": "docs",
        "KnowledgeBaseId": {"Ref": "Base"},
        "DataSourceConfiguration": {
            "Type": "S3",
            "S3Configuration": {"BucketArn": "arn:aws:s3:::documents"},
        },
    },
}
TEMPLATE: Json = {
    "Resources": {
        "Bucket": {"Type": "AWS::S3Vectors::VectorBucket", "Properties": {}},
        "Index": INDEX,
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
        "Base": BASE,
        "Docs": SOURCE,
    }
}
ALL = ["replaced Base", "replaced Docs", "replaced Index"]


def change(template: Json, changes: Mapping[str, Any]) -> Json:
    """Return a copy with values set by dotted path; ``None`` deletes."""
    found = deepcopy(template)
    for path, value in changes.items():
        node: Any = found
        *steps, last = path.split("/")
        for step in steps:
            node = node.setdefault(step, {}) if isinstance(node, dict) else node[int(step)]
        if value is None:
            del node[last]
        else:
            node[last] = value
    return found


def source(body: Json, path: str = "app.template.json", **about: Any) -> TemplateSource:
    return TemplateSource(path, json.loads(json.dumps(body)), **about)


def effects(old: Json, new: Json) -> list[ResourceEffect]:
    return compare_resources([source(old)], [source(new)])


def short(effect: ResourceEffect) -> str:
    """Return ``replaced Base``, with ``?`` where it isn't certain and what makes the deployment fail."""
    sure = "" if effect.certain else "?"
    fails = {True: " FAILS", None: " MAY FAIL", False: ""}[effect.fails]
    kept = {True: " kept", None: " kept?", False: ""}[effect.kept]
    return f"{effect.change}{sure} {effect.name}{kept}{fails}"


MODEL = (
    "Resources/Base/Properties/KnowledgeBaseConfiguration/VectorKnowledgeBaseConfiguration/EmbeddingModelArn"
)
STORAGE = "Resources/Base/Properties/StorageConfiguration"
TITAN = "foundation-model/amazon.titan-embed-text-v2:0"
OTHER_INDEX = "arn:aws:s3vectors:us-east-1:111122223333:bucket/b/index/i"
PARAMETER = {"Type": "String", "Default": "1024"}
CASES: dict[str, tuple[Json, Json, list[str]]] = {
    "nothing": ({}, {}, []),
    "in place": (
        {},
        {
            "Resources/Base/Properties/Description": "Answers",
            "Resources/Base/Properties/Name": "other",
            "Resources/Index/Properties/Tags": [{"Key": "team", "Value": "search"}],
        },
        [],
    ),
    "a model": ({}, {MODEL: f"arn:aws:bedrock:us-east-1::{TITAN}"[:-1] + "1"}, ALL[:2]),
    "a dimension replaces what refers to the index": ({}, {"Resources/Index/Properties/Dimension": 512}, ALL),
    "a number and its text are one": ({}, {"Resources/Index/Properties/Dimension": "1024"}, []),
    "a bucket replaces all": (
        {},
        {"Resources/Bucket/Properties/VectorBucketName": "vectors"},
        [*ALL, "replaced Bucket"],
    ),
    "the same text in another spelling": (
        {},
        {MODEL: {"Fn::Sub": f"arn:${{AWS::Partition}}:bedrock:us-east-1::{TITAN}"}},
        [],
    ),
    "the same text with the partition as a variable": (
        {},
        {MODEL: {"Fn::Sub": [f"arn:${{P}}:bedrock:us-east-1::{TITAN}", {"P": {"Ref": "AWS::Partition"}}]}},
        [],
    ),
    "an attribute spelled with a dot": (
        {},
        {f"{STORAGE}/S3VectorsConfiguration/IndexArn": {"Fn::GetAtt": "Index.IndexArn"}},
        [],
    ),
    "a literal where the partition was": (
        {},
        {MODEL: f"arn:aws:bedrock:us-east-1::{TITAN}"},
        ["replaced? Base", "replaced? Docs"],
    ),
    "a literal that can't be the same": (
        {},
        {MODEL: "arn:aws:bedrock:us-east-1::foundation-model/cohere.embed-english-v3"},
        ALL[:2],
    ),
    "another index": (
        {"Resources/Index2": INDEX},
        {
            "Resources/Index2": INDEX,
            f"{STORAGE}/S3VectorsConfiguration/IndexArn": {"Fn::GetAtt": ["Index2", "IndexArn"]},
        },
        ALL[:2],
    ),
    "a property that appears": (
        {},
        {"Resources/Index/Properties/MetadataConfiguration": {"NonFilterableMetadataKeys": ["a"]}},
        ALL,
    ),
    "a property that goes": ({"Resources/Index/Properties/IndexName": "docs"}, {}, ALL),
    "no value is not set": ({}, {"Resources/Index/Properties/IndexName": {"Ref": "AWS::NoValue"}}, []),
    "a parameter's default": (
        {"Parameters": {"D": PARAMETER}, "Resources/Index/Properties/Dimension": {"Ref": "D"}},
        {
            "Parameters": {"D": {"Type": "String", "Default": "512"}},
            "Resources/Index/Properties/Dimension": {"Ref": "D"},
        },
        ["replaced? Base", "replaced? Docs", "replaced? Index"],
    ),
    "a parameter that stays": (
        {"Parameters": {"D": PARAMETER}, "Resources/Index/Properties/Dimension": {"Ref": "D"}},
        {
            "Parameters": {"D": {**PARAMETER, "Description": "Length"}},
            "Resources/Index/Properties/Dimension": {"Ref": "D"},
        },
        [],
    ),
    "a parameter in place of a value": (
        {},
        {"Parameters": {"D": PARAMETER}, "Resources/Index/Properties/Dimension": {"Ref": "D"}},
        ["replaced? Base", "replaced? Docs", "replaced? Index"],
    ),
    "a parameter that doesn't allow the value": (
        {},
        {
            "Parameters": {"D": {"Type": "String", "AllowedValues": ["256", "512"]}},
            "Resources/Index/Properties/Dimension": {"Ref": "D"},
        },
        ALL,
    ),
    "a map whose value changes": (
        {
            "Mappings": {"M": {"a": {"d": "1024"}}},
            "Resources/Index/Properties/Dimension": {"Fn::FindInMap": ["M", "a", "d"]},
        },
        {
            "Mappings": {"M": {"a": {"d": "512"}}},
            "Resources/Index/Properties/Dimension": {"Fn::FindInMap": ["M", "a", "d"]},
        },
        ALL,
    ),
    "a map of which something else changes": (
        {
            "Mappings": {"M": {"a": {"d": "1024"}}},
            "Resources/Index/Properties/Dimension": {"Fn::FindInMap": ["M", "a", "d"]},
        },
        {
            "Mappings": {"M": {"a": {"d": "1024"}, "b": {"d": "1"}}},
            "Resources/Index/Properties/Dimension": {"Fn::FindInMap": ["M", "a", "d"]},
        },
        [],
    ),
    "both branches": (
        {"Conditions": {"Big": {}}, "Resources/Index/Properties/Dimension": {"Fn::If": ["Big", 1024, 512]}},
        {"Conditions": {"Big": {}}, "Resources/Index/Properties/Dimension": {"Fn::If": ["Big", 512, 256]}},
        ALL,
    ),
    "one branch": (
        {"Conditions": {"Big": {}}, "Resources/Index/Properties/Dimension": {"Fn::If": ["Big", 1024, 512]}},
        {"Conditions": {"Big": {}}, "Resources/Index/Properties/Dimension": {"Fn::If": ["Big", 1024, 256]}},
        ["replaced? Base", "replaced? Docs", "replaced? Index"],
    ),
    "the condition of the branches": (
        {
            "Conditions": {"Big": {"Fn::Equals": ["a", "a"]}},
            "Resources/Index/Properties/Dimension": {"Fn::If": ["Big", 1024, 512]},
        },
        {
            "Conditions": {"Big": {"Fn::Equals": ["a", "b"]}},
            "Resources/Index/Properties/Dimension": {"Fn::If": ["Big", 1024, 512]},
        },
        ["replaced? Base", "replaced? Docs", "replaced? Index"],
    ),
    "a choice above the property": (
        {"Conditions": {"Big": {}}},
        {
            "Conditions": {"Big": {}},
            STORAGE: {"Fn::If": ["Big", BASE["Properties"]["StorageConfiguration"], {"Ref": "AWS::NoValue"}]},
        },
        ["replaced? Base", "replaced? Docs"],
    ),
    "the order of a list": (
        {"Resources/Index/Properties/MetadataConfiguration": {"NonFilterableMetadataKeys": ["a", "b"]}},
        {"Resources/Index/Properties/MetadataConfiguration": {"NonFilterableMetadataKeys": ["b", "a"]}},
        ["replaced? Base", "replaced? Docs", "replaced? Index"],
    ),
    "an item more": (
        {"Resources/Index/Properties/MetadataConfiguration": {"NonFilterableMetadataKeys": ["a"]}},
        {"Resources/Index/Properties/MetadataConfiguration": {"NonFilterableMetadataKeys": ["a", "b"]}},
        ALL,
    ),
    "a source's chunking": (
        {},
        {
            "Resources/Docs/Properties/VectorIngestionConfiguration": {
                "ChunkingConfiguration": {"ChunkingStrategy": "NONE"}
            }
        },
        ["replaced Docs FAILS"],
    ),
    "a source's chunking with another name": (
        {},
        {
            "Resources/Docs/Properties/Name": "docs2",
            "Resources/Docs/Properties/VectorIngestionConfiguration": {
                "ChunkingConfiguration": {"ChunkingStrategy": "NONE"}
            },
        },
        ["replaced Docs"],
    ),
    "a given name": (
        {"Resources/Base/Properties/Name": "answers"},
        {
            "Resources/Base/Properties/Name": "answers",
            f"{STORAGE}/S3VectorsConfiguration/IndexArn": OTHER_INDEX,
        },
        ["replaced Base FAILS", "replaced Docs"],
    ),
    "a given name behind a parameter": (
        {"Parameters": {"N": {"Type": "String"}}, "Resources/Base/Properties/Name": {"Ref": "N"}},
        {
            "Parameters": {"N": {"Type": "String"}},
            "Resources/Base/Properties/Name": {"Ref": "N"},
            "Resources/Index/Properties/Dimension": 512,
        },
        ["replaced Base FAILS", "replaced Docs", "replaced Index"],
    ),
    "a given name of an index in a bucket that stays": (
        {"Resources/Index/Properties/IndexName": "docs"},
        {"Resources/Index/Properties/IndexName": "docs", "Resources/Index/Properties/Dimension": 512},
        ["replaced Base", "replaced Docs", "replaced Index FAILS"],
    ),
    "a given name of an index in a bucket that is replaced": (
        {"Resources/Index/Properties/IndexName": "docs"},
        {
            "Resources/Index/Properties/IndexName": "docs",
            "Resources/Bucket/Properties/VectorBucketName": "b",
        },
        ["replaced Base", "replaced Docs", "replaced Index", "replaced Bucket"],
    ),
    "a new one takes the name of one that goes": (
        {},
        {"Resources/Base2": BASE, "Resources/Docs": None, "Resources/Base": None},
        ["removed Base", "added Base2 FAILS", "removed Docs"],
    ),
    "a name that AWS may let be used twice": (
        {
            "Resources/P": {
                "Type": "AWS::Bedrock::ApplicationInferenceProfile",
                "Properties": {"InferenceProfileName": "p", "Description": "a"},
            }
        },
        {
            "Resources/P": {
                "Type": "AWS::Bedrock::ApplicationInferenceProfile",
                "Properties": {"InferenceProfileName": "p", "Description": "b"},
            }
        },
        ["replaced P MAY FAIL"],
    ),
    "removed": ({}, {"Resources/Docs": None}, ["removed Docs"]),
    "removed and kept": (
        {"Resources/Docs/DeletionPolicy": "Retain"},
        {"Resources/Docs": None},
        ["removed Docs kept"],
    ),
    "removed and kept except on create": (
        {"Resources/Docs/DeletionPolicy": "RetainExceptOnCreate"},
        {"Resources/Docs": None},
        ["removed Docs kept"],
    ),
    "replaced and kept": (
        {"Resources/Index/UpdateReplacePolicy": "Retain"},
        {"Resources/Index/UpdateReplacePolicy": "Retain", "Resources/Index/Properties/Dimension": 512},
        ["replaced Base", "replaced Docs", "replaced Index kept"],
    ),
    "a policy that comes with the replacement": (
        {},
        {"Resources/Index/UpdateReplacePolicy": "Retain", "Resources/Index/Properties/Dimension": 512},
        ["replaced Base", "replaced Docs", "replaced Index kept?"],
    ),
    "a condition on the resource": (
        {"Conditions": {"On": {}}},
        {"Conditions": {"On": {}}, "Resources/Docs/Condition": "On"},
        ["removed? Docs"],
    ),
    "another type": ({}, {"Resources/Docs/Type": "AWS::Bedrock::Flow"}, ["refused Docs FAILS"]),
    "a custom resource behind a property": (
        {
            "Resources/Table": {"Type": "Custom::Table", "Properties": {"Dimension": 1024}},
            f"{STORAGE}/S3VectorsConfiguration/IndexArn": {"Fn::GetAtt": ["Table", "Name"]},
        },
        {
            "Resources/Table": {"Type": "Custom::Table", "Properties": {"Dimension": 512}},
            f"{STORAGE}/S3VectorsConfiguration/IndexArn": {"Fn::GetAtt": ["Table", "Name"]},
        },
        ["replaced? Base", "replaced? Docs"],
    ),
    "a store of another service": (
        {
            "Resources/Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": {"DatabaseName": "a"}},
            "Resources/Alone": {"Type": "AWS::RDS::DBCluster", "Properties": {"DatabaseName": "a"}},
            STORAGE: {
                "Type": "RDS",
                "RdsConfiguration": {"ResourceArn": {"Fn::GetAtt": ["Cluster", "DBClusterArn"]}},
            },
        },
        {
            "Resources/Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": {"DatabaseName": "b"}},
            "Resources/Alone": {"Type": "AWS::RDS::DBCluster", "Properties": {"DatabaseName": "b"}},
            STORAGE: {
                "Type": "RDS",
                "RdsConfiguration": {"ResourceArn": {"Fn::GetAtt": ["Cluster", "DBClusterArn"]}},
            },
        },
        ["replaced Base", "replaced Cluster", "replaced Docs"],
    ),
    "a type that no schema knows": (
        {"Resources/New": {"Type": "AWS::Bedrock::NotYet", "Properties": {"A": 1}}},
        {"Resources/New": {"Type": "AWS::Bedrock::NotYet", "Properties": {"A": 2}}},
        ["replaced? New"],
    ),
    "a version": (
        {
            "Resources/V": {
                "Type": "AWS::Bedrock::GuardrailVersion",
                "Properties": {"GuardrailIdentifier": "gr0000000001", "Description": "a"},
            }
        },
        {
            "Resources/V": {
                "Type": "AWS::Bedrock::GuardrailVersion",
                "Properties": {"GuardrailIdentifier": "gr0000000001", "Description": "b"},
            }
        },
        ["replaced V"],
    ),
    "values of any shape": (
        {"Resources/Base/Properties": ["x"], "Resources/Docs/Properties": "x", "Resources/Index": "x"},
        {"Resources/Base/Properties": {"Ref": "X"}, "Resources/Docs/Properties": 1, "Resources/Index": 1},
        ["replaced? Base"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_change_of_a_template(name: str) -> None:
    before, after, expected = CASES[name]
    # A generated name changes along, so the cases with a given name say so.
    generated = {"Resources/Base/Properties/Name": "answers-5678abcd"}
    old, new = change(TEMPLATE, before), change(TEMPLATE, {**generated, **after})
    found = [short(one) for one in effects(old, new)]
    assert sorted(found) == sorted(expected)
    assert effects(new, new) == []
    assert effects(old, old) == []


def test_what_is_said_of_a_replacement() -> None:
    [base, docs, index] = effects(
        TEMPLATE,
        change(
            TEMPLATE, {"Resources/Index/Properties/Dimension": 512, "Resources/Base/Properties/Name": "b"}
        ),
    )
    assert (base.old, base.new) == ("app.template.json#Base", "app.template.json#Base")
    [reference] = base.properties
    assert (reference.path, reference.old, reference.why) == (
        "StorageConfiguration.S3VectorsConfiguration.IndexArn",
        "${Index.IndexArn}",
        "`Index` is replaced",
    )
    assert (
        base.lost
        == "the id that callers hold, and every answer until the new one's data sources are ingested"
    )
    assert docs.lost == "its id, its ingestion jobs, and the vectors of its documents"
    assert [(one.path, one.old, one.new) for one in index.properties] == [("Dimension", "1024", "512")]
    assert index.lost == "every vector in it, and the metadata of each"


@pytest.mark.parametrize(
    ("kind", "lost"),
    [
        ("MANAGED", "the id that callers hold, and the documents that AWS indexed in it"),
        ("KENDRA", "the id that callers hold; the documents stay in the Kendra index"),
        ("SQL", "the id that callers hold; the tables stay where they are"),
        (
            {"Ref": "Kind"},
            "the id that callers hold, and every answer until the new one's data sources are ingested",
        ),
    ],
)
def test_what_is_lost_depends_on_the_type(kind: Any, lost: str) -> None:
    old = change(TEMPLATE, {"Resources/Base/Properties/KnowledgeBaseConfiguration/Type": kind})
    [base, *_] = effects(old, change(old, {STORAGE: None}))
    assert (base.name, base.lost) == ("Base", lost)


def test_a_source_that_retains_its_vectors_says_so() -> None:
    old = change(TEMPLATE, {"Resources/Docs/Properties/DataDeletionPolicy": "RETAIN"})
    [docs] = effects(old, change(old, {"Resources/Docs": None}))
    assert docs.lost is not None
    assert "queries still find them" in docs.lost


# Outputs that carry an id, and who reads them.
EXPORT = {"Value": {"Ref": "Base"}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-Id"}}}
CHANGED = {"Resources/Index/Properties/Dimension": 512, "Resources/Base/Properties/Name": "b"}


def apps(consumer: Any, output: Json = EXPORT) -> tuple[list[TemplateSource], list[TemplateSource]]:
    """Return both sides of two stacks: the knowledge base with an output, and what reads it."""
    reader = {"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": consumer}}}}
    old = change(TEMPLATE, {"Outputs": {"Id": output, "Stays": {"Value": {"Ref": "Role"}}}})
    about = {"account": "111122223333", "region": "us-east-1"}
    return tuple(  # type: ignore[return-value]  # two sides
        [
            source(body, "Search.template.json", stack="Search", **about),
            source(reader, "Chat.template.json", stack="Chat", **about),
        ]
        for body in (old, change(old, CHANGED))
    )


@pytest.mark.parametrize(
    ("consumer", "imported_by", "read_by", "fails"),
    [
        ({"Fn::ImportValue": "Search-Id"}, ("Chat",), (), True),
        ({"Fn::Sub": ["${I}", {"I": {"Fn::ImportValue": {"Fn::Sub": "Search-Id"}}}]}, ("Chat",), (), True),
        ({"Fn::GetStackOutput": {"StackName": "Search", "OutputName": "Id"}}, (), ("Chat",), False),
        ("KB00000001", (), (), False),
        ({"Fn::ImportValue": "Other-Id"}, (), (), False),
    ],
)
def test_an_output_that_carries_an_id(
    consumer: Any, imported_by: tuple[str, ...], read_by: tuple[str, ...], fails: bool
) -> None:
    old, new = apps(consumer)
    base = next(one for one in compare_resources(old, new) if one.name == "Base")
    [output] = base.outputs
    assert (output.stack, output.output, output.export) == ("Search", "Id", "Search-Id")
    assert (output.imported_by, output.read_by, base.fails) == (imported_by, read_by, fails)


@pytest.mark.parametrize(
    ("consumer", "after", "expected"),
    [
        ({"Fn::ImportValue": "Search-Id"}, {"Value": {"Ref": "Base"}}, ["unexported Base FAILS"]),
        ({"Fn::ImportValue": "Search-Id"}, None, ["unexported Base FAILS"]),
        ({"Fn::ImportValue": "Search-Id"}, {**EXPORT, "Export": {"Name": "New"}}, ["unexported Base FAILS"]),
        ({"Fn::ImportValue": "Search-Id"}, EXPORT, []),
        ({"Fn::GetStackOutput": {"StackName": "Search", "OutputName": "Id"}}, {"Value": {"Ref": "Base"}}, []),
        ("KB00000001", None, []),
    ],
)
def test_an_export_that_goes_while_a_stack_imports_it(
    consumer: Any, after: Json | None, expected: list[str]
) -> None:
    old, _ = apps(consumer)
    body = change(old[0].body, {"Outputs/Id": after})
    new = [source(body, old[0].path, stack="Search", account=old[0].account, region=old[0].region), old[1]]
    found = compare_resources(old, new)
    assert [short(one) for one in found] == expected
    if found:
        [output] = found[0].outputs
        assert (output.export, output.imported_by, output.gone) == ("Search-Id", ("Chat",), True)
        assert "  output `Id`, exported as `Search-Id`, of Search goes" in [*effect_lines(found[0])]


def test_an_output_without_export_is_named_too() -> None:
    base = next(
        one for one in compare_resources(*apps("x", {"Value": {"Ref": "Base"}})) if one.name == "Base"
    )
    assert [(one.output, one.export) for one in base.outputs] == [("Id", None)]


def test_a_resource_of_another_stack_that_is_replaced_replaces_what_imports_it() -> None:
    """A data source in another stack than its knowledge base."""
    old, new = apps("x")
    for side in (old, new):
        side[1].body["Resources"]["More"] = change(
            {"More": SOURCE}, {"More/Properties/KnowledgeBaseId": {"Fn::ImportValue": "Search-Id"}}
        )["More"]
    found = {one.name: one for one in compare_resources(old, new)}
    assert found["More"].properties[0].why == "`Base` is replaced"
    assert found["Base"].fails is True


# Nested stacks.
def nested(child: Json, **parameters: Any) -> list[TemplateSource]:
    parent = {
        "Resources": {
            "Index": change({"Index": INDEX}, parameters)["Index"],
            "Bucket": TEMPLATE["Resources"]["Bucket"],
            "Inner": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {
                    "TemplateURL": "inner.json",
                    "Parameters": {"IndexArn": {"Fn::GetAtt": ["Index", "IndexArn"]}},
                },
            },
        },
        "Outputs": {"Id": {"Value": {"Fn::GetAtt": ["Inner", "Outputs.Id"]}}},
    }
    return [
        source(parent, "outer.json", stack="Search", nested={"Inner": "inner.json"}),
        source(child, "inner.json"),
    ]


INNER: Json = {
    "Parameters": {"IndexArn": {"Type": "String"}},
    "Resources": {
        "Base": change(
            {"Base": BASE},
            {"Base/Properties/StorageConfiguration/S3VectorsConfiguration/IndexArn": {"Ref": "IndexArn"}},
        )["Base"]
    },
    "Outputs": {"Id": {"Value": {"Ref": "Base"}}},
}


def test_a_parent_s_resource_replaces_that_of_a_nested_stack_and_the_output_of_the_parent() -> None:
    new = nested(
        change(INNER, {"Resources/Base/Properties/Name": "b"}), **{"Index/Properties/Dimension": 512}
    )
    found = compare_resources(nested(INNER), new)
    assert [short(one) for one in found] == ["replaced Base", "replaced Index"]
    assert found[0].properties[0].why == "`Index` is replaced"
    assert [(one.stack, one.output) for one in found[0].outputs] == [("Search", "Id")]
    assert compare_resources(nested(INNER), nested(INNER)) == []


# What is the same template on both sides.
@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        ({"path": "a.json"}, {"path": "b.json"}, True),
        ({"path": "old/a.json"}, {"path": "new/a.json"}, True),
        ({"path": "a.json", "stack": "A"}, {"path": "b.json", "stack": "A"}, True),
        ({"path": "a.json", "stack": "A"}, {"path": "b.json", "stack": "B"}, False),
        ({"path": "a.json", "stack": "A", "region": "us-east-1"}, {"path": "a.json", "stack": "A"}, True),
        (
            {"path": "a.json", "stack": "A", "region": "us-east-1"},
            {"path": "a.json", "stack": "A", "region": "eu-west-1"},
            False,
        ),
        (
            {"path": "a.json", "stack": "A", "account": "111122223333"},
            {"path": "a.json", "stack": "A", "account": "444455556666"},
            False,
        ),
    ],
)
def test_which_templates_are_one_stack(old: Json, new: Json, is_same: bool) -> None:
    changed = change(
        TEMPLATE, {"Resources/Index/Properties/Dimension": 512, "Resources/Base/Properties/Name": "b"}
    )
    found = compare_resources([source(TEMPLATE, **old)], [source(changed, **new)])
    assert [one.change for one in found] == (["replaced"] * 3 if is_same else [])


def test_an_environment_that_is_set_replaces_nothing() -> None:
    """The stack is the same one, so its Region is what it was."""
    old = change(TEMPLATE, {MODEL: {"Fn::Sub": f"arn:aws:bedrock:${{AWS::Region}}::{TITAN}"}})
    new = change(TEMPLATE, {MODEL: f"arn:aws:bedrock:us-east-1::{TITAN}"})
    sides = source(old, stack="A"), source(new, stack="A", region="us-east-1")
    assert compare_resources(sides[:1], sides[1:]) == []


def test_a_name_that_another_stack_has() -> None:
    """Moved from one stack to another: which of them is deployed first, nobody can tell."""
    empty: Json = {"Resources": {"Role": TEMPLATE["Resources"]["Role"]}}
    sides = [
        [source(a, "a.json", stack="A"), source(b, "b.json", stack="B")]
        for a, b in ((TEMPLATE, empty), (empty, TEMPLATE))
    ]
    found = {short(one) for one in compare_resources(*sides)}
    assert {"added Base MAY FAIL", "removed Base", "removed Docs", "removed Index"} <= found
    stays = [[*sides[0]], [sides[0][0], sides[1][1]]]
    assert "added Base FAILS" in {short(one) for one in compare_resources(*stays)}
    new_stack = [[sides[0][0]], [sides[0][0], source(TEMPLATE, "c.json", stack="C")]]
    assert "added Base FAILS" in {short(one) for one in compare_resources(*new_stack)}
    regions = [
        [source(TEMPLATE, f"{name}.json", stack=name, region=region) for name, region in stacks]
        for stacks in ([("A", "us-east-1")], [("A", "us-east-1"), ("C", "eu-west-1")])
    ]
    assert compare_resources(*regions) == []


def test_a_stack_that_is_not_in_the_new_side_stays_deployed() -> None:
    sides = [source(TEMPLATE, "a.json", stack="A"), source(TEMPLATE, "b.json", stack="B")]
    assert compare_resources(sides, sides[:1]) == []


def test_a_construct_under_another_logical_id_is_told_as_one() -> None:
    new = change(TEMPLATE, {"Resources/Docs": None, "Resources/Docs2": SOURCE})
    sides = [
        source(TEMPLATE, construct_paths={"Docs": "App/Docs/Resource"}),
        source(new, construct_paths={"Docs2": "App/Docs/Resource"}),
    ]
    [added, removed] = sorted(compare_resources(sides[:1], sides[1:]), key=lambda one: one.change)
    assert (short(added), short(removed)) == ("added Docs2 FAILS", "removed Docs")
    assert (removed.new, removed.properties[0].new) == ("app.template.json#Docs2", "Docs2")


def test_the_table_of_losses_names_types_and_properties_that_exist() -> None:
    types = set(handled_types())
    for kind, row in _losses().items():
        assert kind in types, kind
        assert row["page"].startswith("https://docs.aws.amazon.com/"), kind
        assert row["lost"]
        assert row["help"]
    named = {kind for kind in types if kind.startswith("AWS::Bedrock") and _name_property(kind)}
    assert "AWS::BedrockAgentCore::Runtime" in named


@pytest.mark.parametrize(
    "kind", [one for one in handled_types() if one.startswith(("AWS::Bedrock", "AWS::S3Vectors"))]
)
def test_each_create_only_property_of_each_type_replaces(kind: str) -> None:
    schema = handlers(kind)
    assert schema is not None
    for path in schema.create_only:
        properties: tuple[Json, Json] = {}, {}
        for value, found in zip(("a", "b"), properties, strict=True):
            *steps, last = path.split(".")
            node: Any = found
            for step in steps:
                node = node.setdefault(step, {})
            node[last] = value
        old, new = ({"Resources": {"X": {"Type": kind, "Properties": one}}} for one in properties)
        [effect] = effects(old, new)
        assert (effect.change, effect.certain) == ("replaced", True), path
        assert effect.lost
        assert effect.help


_NAMES = st.sampled_from(
    ["Base", "Index", "Docs", "Bucket", "Role", "Nowhere", "AWS::Region", "AWS::NoValue"]
)
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=4),
    st.sampled_from(["${Base}", "${Index.IndexArn}", "${A}", "${!x}", "${", "*", "a*"]),
    st.builds(lambda name: {"Ref": name}, _NAMES),
    st.builds(lambda name, attribute: {"Fn::GetAtt": [name, attribute]}, _NAMES, st.text(max_size=3)),
)
_FUNCTIONS = st.sampled_from(
    [
        "Fn::Sub",
        "Fn::Join",
        "Fn::If",
        "Fn::ImportValue",
        "Fn::GetStackOutput",
        "Fn::FindInMap",
        "Fn::Select",
        "Ref",
    ]
)
_NODES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.text(max_size=3), _FUNCTIONS), inner, max_size=3),
        st.builds(lambda name, argument: {name: argument}, _FUNCTIONS, st.lists(inner, max_size=3)),
    ),
    max_leaves=8,
)
_PLACES = [
    "Outputs",
    "Outputs/Id",
    "Outputs/Id/Value",
    "Conditions",
    "Parameters",
    "Mappings",
    "Resources/Base",
    "Resources/Base/Type",
    "Resources/Base/Condition",
    "Resources/Base/DeletionPolicy",
    "Resources/Base/UpdateReplacePolicy",
    "Resources/Base/Properties",
    "Resources/Base/Properties/Name",
    MODEL,
    STORAGE,
    "Resources/Index/Properties/Dimension",
    "Resources/Index/Properties/VectorBucketArn",
    "Resources/Docs/Properties/KnowledgeBaseId",
    "Resources/Docs/Type",
]


@given(st.lists(st.tuples(st.sampled_from(_PLACES), _NODES), max_size=3), st.booleans())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_values_are_compared_and_a_template_is_itself(changes: list[tuple[str, Any]], both: bool) -> None:
    new = change(TEMPLATE, {"Outputs": {"Id": EXPORT}})
    for path, value in changes:
        with suppress(TypeError, ValueError, KeyError, IndexError, AttributeError):  # a place that is gone
            new = change(new, {path: value if value is not None else "none"})
    assert effects(new, new) == []
    old = change(new, {"Outputs": {}}) if both else TEMPLATE
    found = [*effects(old, new), *effects(new, old)]
    for one in found:
        assert all(line for line in effect_lines(one))
        json.dumps(effect_dict(one))


def test_templates_of_files(tmp_path: Path) -> None:
    for name, changes in (("old", {}), ("new", CHANGED)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "t.json").write_text(json.dumps(change(TEMPLATE, changes)))
    sides = [read_templates([str(tmp_path / name)])[0] for name in ("old", "new")]
    assert [short(one) for one in compare_resources(*sides)] == ALL
