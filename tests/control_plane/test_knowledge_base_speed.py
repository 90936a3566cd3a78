"""A synthesis of knowledge bases takes little more than one of the same resources as hand-written L1s."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import jsii._kernel.providers.process as jsii_process
import pytest

from benchmarks.synth_knowledge_bases import LIMITS, app, ratio, seconds
from tests.cdk import template

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", LIMITS)
def test_both_apps_make_the_same_template(name: str, tmp_path: Path) -> None:
    ours, hand = (
        template(app(name, 1, by_hand=by_hand, outdir=str(tmp_path / str(by_hand))))["Resources"]
        for by_hand in (False, True)
    )
    ids = {one["Type"]: logical_id for logical_id, one in ours.items()}
    text = json.dumps(hand)
    for logical_id, one in hand.items():
        text = text.replace(f'"{logical_id}"', f'"{ids[one["Type"]]}"')
    # What a generated name ends in is ours alone.
    same = [
        re.sub(r'"(Policy|Index)?Name": "[^"]*"', "", json.dumps(x, sort_keys=True))
        for x in (ours, json.loads(text))
    ]
    assert same[0] == same[1]


@pytest.mark.parametrize(("name", "most"), [("alone", 40), ("named", 11)])
def test_a_knowledge_base_asks_the_cdk_little(
    name: str, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a call costs varies with the machine; how many there are doesn't.
    calls = 0
    send = jsii_process._NodeProcess.send

    def counted(self: Any, *arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        return send(self, *arguments, **named)

    monkeypatch.setattr(jsii_process._NodeProcess, "send", counted)
    found = []
    for number in (2, 6):
        before = calls
        template(app(name, number, by_hand=False, outdir=str(tmp_path / str(number))))
        found.append(calls - before)
    assert (found[1] - found[0]) / 4 <= most


@pytest.mark.prove
@pytest.mark.parametrize("name", LIMITS)
def test_a_hundred_take_at_most_so_many_times_hand_written_ones(name: str) -> None:
    found = ratio(name, 100, 15)
    print(f"100 knowledge bases, {name}: {found:.2f} times hand-written L1s")  # noqa: T201 - asked for
    assert found <= LIMITS[name]


@pytest.mark.prove
@pytest.mark.parametrize("name", LIMITS)
def test_the_time_grows_no_faster_than_the_number(name: str) -> None:
    started = time.monotonic()
    one, four = (min(seconds(name, number) for _ in range(3)) / number for number in (100, 400))
    print(f"{name}: {1000 * one:.2f} and {1000 * four:.2f} ms each, {time.monotonic() - started:.0f} s")  # noqa: T201 - asked for
    assert four <= one * 1.25
