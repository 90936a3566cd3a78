"""Public functions say which names they take, so that editors complete them and type checkers know them."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch

import constructs_lib
from constructs_lib import AppRole, DataSource, KnowledgeBase, PlanesError
from constructs_lib.control_plane.knowledge_base.base import MetricOptions
from tests.cdk import Stack


def test_a_data_source_is_added_with_every_prop_of_its_class() -> None:
    own = {**inspect.signature(DataSource.__init__).parameters}
    added = {**inspect.signature(KnowledgeBase.add_data_source).parameters}
    assert own.pop("scope").annotation == "Construct"
    assert own.pop("knowledge_base").annotation == "refs.IKnowledgeBaseRef"
    source = own.pop("source").annotation
    assert added.pop("source").annotation == source
    assert {name: (p.annotation, p.default) for name, p in added.items()} == {
        name: (p.annotation, p.default) for name, p in own.items()
    }


def test_every_prop_of_an_added_data_source_reaches_it() -> None:
    """One that is left out would be taken and do nothing."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(KnowledgeBase.add_data_source))))
    [call] = [
        one for one in ast.walk(tree) if isinstance(one, ast.Call) and ast.unparse(one.func) == "DataSource"
    ]
    passed = {k.arg: ast.unparse(k.value) for k in call.keywords}
    names = inspect.signature(KnowledgeBase.add_data_source).parameters.keys() - {"self", "construct_id"}
    assert passed == {**{name: name for name in names}, "knowledge_base": "self"}


def test_no_public_function_takes_names_that_no_type_checker_knows() -> None:
    seen = 0
    for name in constructs_lib.__all__:
        cls = getattr(constructs_lib, name)
        for base in cls.__mro__ if inspect.isclass(cls) else ():
            if not base.__module__.startswith("constructs_lib."):
                continue
            for member in vars(base).values():
                function = inspect.unwrap(getattr(member, "__func__", member))
                if not inspect.isfunction(function):
                    continue
                for parameter in inspect.signature(function).parameters.values():
                    if parameter.kind is parameter.VAR_KEYWORD and not function.__name__.startswith("_"):
                        assert parameter.annotation == "Never" or "Unpack[" in parameter.annotation, function
                        seen += 1
    assert seen


def test_a_metric_takes_the_options_of_the_cdk_but_what_names_it() -> None:
    props = inspect.signature(cloudwatch.Metric.__init__).parameters.keys()
    assert {*MetricOptions.__annotations__} == props - {
        "self",
        "namespace",
        "metric_name",
        "dimensions_map",
    }
    values: dict[str, Any] = {
        "account": "444455556666",
        "color": "#112233",
        "id": "m1",
        "label": "Throttled",
        "period": cdk.Duration.minutes(1),
        "region": "eu-west-1",
        "statistic": "Average",
        "unit": cloudwatch.Unit.COUNT,
        "visible": False,
    }
    base = KnowledgeBase.from_knowledge_base_id(Stack(), "KB", "ABCDEF1234")
    metric = base.metric_throttles(**values)
    for name in values.keys() - {"id", "period", "visible"}:
        assert getattr(metric, name) == values[name], name


@pytest.mark.parametrize("name", ["perod", "dimensions_map", "namespace", "metric_name", "operation"])
def test_what_is_no_option_of_a_metric_is_named(name: str) -> None:
    base = KnowledgeBase.from_knowledge_base_id(Stack(), "KB", "ABCDEF1234")
    given: dict[str, Any] = {name: "x"}
    with pytest.raises(PlanesError, match=f"`KnowledgeBase.metric` has no prop `{name}`: it has account, "):
        base.metric_throttles(**given)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("familes", "did you mean `families`?"), ("team", "it has `families`, `allowed_regions`")],
)
def test_a_wrong_name_for_an_imported_app_role_is_no_option_of_the_cdk(name: str, remedy: str) -> None:
    given: dict[str, Any] = {name: ["model"]}
    with pytest.raises(PlanesError) as raised:
        AppRole.from_role_name(Stack(), "App", "theirs", **given)
    assert f"`AppRole.from_role_name` has no prop `{name}`: {remedy}" in str(raised.value)


@pytest.mark.parametrize("factory", ["from_role_arn", "from_role_name", "from_lookup"])
def test_the_refusal_names_every_prop_that_the_factory_takes(factory: str) -> None:
    function: Any = getattr(AppRole, factory)
    props = [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.name != "role_name"
    ]
    role = (
        {"role_arn": "arn:aws:iam::111122223333:role/x"} if factory == "from_role_arn" else {"role_name": "x"}
    )
    with pytest.raises(PlanesError) as raised:
        function(Stack(), "App", **role, team=1)
    assert str(raised.value).endswith(f"it has {', '.join(f'`{name}`' for name in props)}")
