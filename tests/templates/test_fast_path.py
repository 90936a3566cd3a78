"""The short way of reading a statement gives what the general way gives, or leaves the statement to it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.iam.model import UNRESOLVED
from constructs_lib.templates.principals import documents as policy_documents
from constructs_lib.templates.principals.documents import read_document
from constructs_lib.templates.principals.fast_path import content_without_functions, plain_statement
from constructs_lib.templates.scope import Assembly, Scope

_BODY: dict[str, Any] = {
    "Parameters": {
        "One": {"Type": "String", "Default": "x"},
        "Many": {"Type": "String", "AllowedValues": ["a", "b"]},
        "List": {"Type": "CommaDelimitedList", "Default": "a,b"},
        "Empty": {"Type": "String", "Default": ""},
    },
    "Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}, "Base": {"Type": "AWS::Bedrock::KnowledgeBase"}},
}
_LEAVES: st.SearchStrategy[Any] = st.sampled_from(
    [
        *("bedrock:Retrieve", "*", "", "a\nb", f"x{UNRESOLVED}", None, True, 7, [], {}),
        *({"Ref": name} for name in ("One", "Many", "List", "Empty", "Nobody", "Bucket", "AWS::NoValue")),
        {"Ref": "AWS::Region"},
        {"Fn::GetAtt": ["Base", "KnowledgeBaseArn"]},
        {"Fn::GetAtt": "Bucket.Arn"},
        {"Fn::If": ["Either", "y", {"Ref": "AWS::NoValue"}]},
        {"Fn::Sub": "arn:${AWS::Partition}:s3:::${Many}/*"},
        {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, {"Ref": "AWS::NoValue"}, {"Ref": "List"}]]},
    ]
)
_NODES = st.one_of(_LEAVES, st.lists(_LEAVES, max_size=3))
_STATEMENTS = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny", "allow", {"Ref": "One"}]), "Action": _NODES},
    optional={"Resource": _NODES, "Sid": _LEAVES, "NotResource": _NODES, "resource": _NODES},
)


def _scope() -> Scope:
    scope = Scope(path="t.json", body=_BODY, assembly=Assembly())
    scope.resources = dict(_BODY["Resources"])
    return scope


@given(_STATEMENTS, st.booleans())
def test_the_short_way_is_the_general_way(statement: dict[str, Any], conditional: bool) -> None:
    short = plain_statement(statement, _scope(), "/Statement", conditional)
    if short is None:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(policy_documents, "plain_statement", lambda *_: None)
        document = {"Statement": statement}
        general, read = read_document(document, _scope(), name="p", pointer="", conditional=conditional)
    assert (general.statements, read.incomplete) == ((short,), [])


def test_what_people_write_takes_the_short_way() -> None:
    join = {"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/*"]]}
    for resource in ("*", ["a", join], join, {"Fn::Sub": "arn:${AWS::Partition}:s3:::x"}):
        statement = {"Action": ["s3:GetObject"], "Effect": "Allow", "Resource": resource}
        assert plain_statement(statement, _scope(), "", False) is not None
        assert plain_statement({**statement, "Sid": "Read"}, _scope(), "", False) is not None


def test_lists_that_join_to_one_text_stay_apart() -> None:
    for actions in (["a:b\nc", "d:e"], ["a:b", "c\nd:e"], ["a:b", "c", "d:e"]):
        statement = {"Action": actions, "Effect": "Allow", "Resource": "*"}
        found = plain_statement(statement, _scope(), "", False)
        assert found is not None
        assert found.actions == tuple(actions)


def test_a_trust_is_read_once_and_placed_where_it_stands() -> None:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
    policy_documents._trusts.clear()
    documents = []
    for pointer in ("/a", "/b"):
        copy = json.loads(json.dumps(trust))
        policy, read = read_document(copy, _scope(), name="trust", pointer=pointer, conditional=False)
        assert not read.incomplete
        documents.append(policy)
    assert len(policy_documents._trusts) == 1
    assert [s.origin.pointer for d in documents for s in d.statements] == ["/a/Statement/0", "/b/Statement/0"]
    assert documents[0].statements[0].principals == documents[1].statements[0].principals == (("AWS", "*"),)


def test_only_what_has_no_functions_recurs() -> None:
    assert content_without_functions({"Statement": []}) == content_without_functions({"Statement": []})
    assert content_without_functions({"a": 1}) != content_without_functions({"a": True})
    assert content_without_functions({"Principal": {"AWS": {"Ref": "Role"}}}) is None
    assert content_without_functions({"Principal": {"AWS": {"Fn::Sub": "x"}}}) is None
