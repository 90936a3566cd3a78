"""A configuration is read completely, and errors name the key and the remedy."""

from __future__ import annotations

from datetime import date

import pytest

from constructs_lib.review import ConfigError, parse_config

_RULES = ["BP101", "BP201", "BP305"]


def test_everything_is_read() -> None:
    text = """
    [tool.bedrock-planes]
    off = ["BP305"]
    [tool.bedrock-planes.severity]
    BP201 = "warning"
    [tool.bedrock-planes.kinds]
    app = ["Chat*", "tag:plane=data"]
    [[tool.bedrock-planes.acknowledge]]
    rule = "bedrock-planes::BP101"
    principal = "Migration*"
    reason = "one-off"
    expires = 2027-03-31
    """
    config = parse_config(text, "pyproject.toml", _RULES)
    assert config.off == {"BP305"}
    assert config.severity == {"BP201": "warning"}
    assert config.kinds == (("app", "Chat*"), ("app", "tag:plane=data"))
    (entry,) = config.acknowledge
    assert (entry.rule, entry.principal, entry.reason) == ("BP101", "Migration*", "one-off")
    assert (entry.expires, entry.at) == (date(2027, 3, 31), "pyproject.toml")


def test_a_file_of_its_own_needs_no_prefix() -> None:
    assert parse_config('off = ["BP305"]', "planes.toml", _RULES).off == {"BP305"}


def test_a_pyproject_without_our_table_is_an_empty_configuration() -> None:
    assert parse_config('[project]\nname = "x"', "pyproject.toml", _RULES).off == frozenset()
    assert parse_config("[tool.bedrock-agents]\noff = 1", "pyproject.toml", _RULES).off == frozenset()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("off = [", "is not TOML"),
        ("off = [", "fix it there"),
        ('[tool.bedrock_planes]\noff = ["BP305"]', "did you mean `tool.bedrock-planes`?"),
        ("tool = 1", "`tool` is a number; make it a table"),
        ("[tool]\nbedrock-planes = 1", "`tool.bedrock-planes` is a number; make it a table"),
        ('off = [["BP305"]]', "`off` holds a list; make it a list of strings"),
        ('of = ["BP305"]', "unknown key `of`"),
        ('of = ["BP305"]', "did you mean `off`?"),
        ('off = ["BP350"]', "unknown rule `BP350`"),
        ('off = ["BP350"]', "did you mean `BP305`?"),
        ('off = ["whatever"]', "`bedrock-planes rules` lists them"),
        ('off = "BP305"', "make it a list of strings"),
        ('[severity]\nBP201 = "warn"', "did you mean `warning`?"),
        ('[kinds]\napps = ["x"]', "did you mean `app`?"),
        ('[[acknowledge]]\nrule = "BP101"', "has no reason"),
        ('[[acknowledge]]\nrule = "BP101"\nreason = "  "', "has no reason"),
        ('[[acknowledge]]\nreason = "x"', "names no rule"),
        ('[[acknowledge]]\nrule = "BP101"\nreason = "x"\nexpires = "soon"', "write a date"),
        ('[[acknowledge]]\nrule = "BP101"\nreason = "x"\nwho = "y"', "unknown key `who`"),
        ("severity = 3", "make it a table"),
    ],
)
def test_a_mistake_is_named_with_its_remedy(text: str, wanted: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "planes.toml", _RULES)
    assert wanted in str(caught.value)
    assert "planes.toml" in str(caught.value)
    assert "\n" not in str(caught.value)
