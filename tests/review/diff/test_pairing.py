"""What counts as the same principal, and which change counts as a widening."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.review import FamilyUse, PrincipalReport, Touches
from constructs_lib.review.diff import ResourceChange, compare
from constructs_lib.templates import Incomplete

if TYPE_CHECKING:
    from collections.abc import Sequence

KB = "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/"


def principal(
    id_: str = "cdk.out/App.template.json#Role",
    *,
    path: str | None = None,
    actions: Sequence[str] = ("bedrock:Retrieve",),
    resources: Sequence[str] = (KB + "A",),
    unknown: Sequence[str] = (),
) -> PrincipalReport:
    families = (
        {"bedrock-agent-runtime": FamilyUse("data", tuple(actions), tuple(resources))} if actions else {}
    )
    return PrincipalReport(
        id=id_,
        name=id_.rpartition("#")[2],
        construct_path=path,
        kind="unknown",
        verdict="data" if actions else "none",
        touches=Touches(data=bool(actions)),
        families=families,
        incomplete=tuple(Incomplete("/Resources", why) for why in unknown),
    )


def test_equal_sides_differ_in_nothing() -> None:
    diff = compare([principal()], [principal()])
    assert diff.principals == ()
    assert not diff.widening


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(
            principal("old/App.template.json#A1", path="App/Role"),
            principal("new/App.template.json#B2", path="App/Role"),
            id="the construct path, whatever the logical id",
        ),
        pytest.param(
            principal("old/App.template.json#Role"),
            principal("new/App.template.json#Role"),
            id="template file and logical id, whatever the folder",
        ),
        pytest.param(
            principal("old.json#policy"), principal("new.json#policy"), id="the name, where it is unique"
        ),
    ],
)
def test_a_principal_is_found_again(old: PrincipalReport, new: PrincipalReport) -> None:
    assert compare([old], [new]).principals == ()


def test_the_same_logical_id_in_two_templates_is_paired_by_template() -> None:
    old = [principal("o/A.template.json#Role"), principal("o/B.template.json#Role", actions=())]
    new = [principal("n/B.template.json#Role", actions=()), principal("n/A.template.json#Role")]
    assert compare(old, new).principals == ()


def test_a_name_that_is_not_unique_pairs_nothing() -> None:
    old = [principal("o/A.template.json#Role"), principal("o/B.template.json#Role")]
    new = [principal("n/C.template.json#Role")]
    assert sorted(p.change for p in compare(old, new).principals) == ["added", "removed", "removed"]


@pytest.mark.parametrize(
    ("old", "new", "widened", "narrowed"),
    [
        ([KB + "A"], [KB + "*"], [ResourceChange(KB + "*", (KB + "A",))], []),
        ([KB + "*"], [KB + "A"], [], [ResourceChange(KB + "*", (KB + "A",))]),
        ([KB + "A"], [KB + "B"], [ResourceChange(KB + "B")], [ResourceChange(KB + "A")]),
        ([KB + "A", KB + "*"], [KB + "*"], [], []),
        (["*"], [KB + "*"], [], [ResourceChange("*", (KB + "*",))]),
        # An unresolved part covers nothing but itself: its value is not known.
        ([KB + "?"], [KB + "?"], [], []),
        ([KB + "?"], [KB + "A"], [ResourceChange(KB + "A")], [ResourceChange(KB + "?")]),
        ([KB + "*"], [KB + "?"], [], [ResourceChange(KB + "*", (KB + "?",))]),
    ],
)
def test_resources_are_compared_by_what_they_cover(
    old: list[str], new: list[str], widened: list[ResourceChange], narrowed: list[ResourceChange]
) -> None:
    diff = compare([principal(resources=old)], [principal(resources=new)])
    family = diff.principals[0].families["bedrock-agent-runtime"] if diff.principals else None
    assert list(family.widened if family else ()) == widened
    assert list(family.narrowed if family else ()) == narrowed
    assert diff.widening is bool(widened)


@pytest.mark.parametrize(
    ("old", "new", "widening"),
    [
        ([principal()], [], False),
        ([], [principal()], True),
        ([], [principal(actions=())], False),
        ([principal()], [principal(unknown=["a policy from elsewhere"])], True),
        ([principal(unknown=["a policy from elsewhere"])], [principal()], False),
    ],
    ids=["removed", "added", "added without permissions", "something unknown came", "something unknown went"],
)
def test_what_widens(old: list[PrincipalReport], new: list[PrincipalReport], widening: bool) -> None:
    assert compare(old, new).widening is widening


def test_many_principals_are_paired_in_linear_time() -> None:
    old = [principal(f"o/T.template.json#R{n}") for n in range(20_000)]
    new = [principal(f"n/T.template.json#R{n}") for n in range(20_000)]
    assert compare(old, new).principals == ()
