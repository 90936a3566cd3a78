"""Without the extra `local` the error says what to install."""

from __future__ import annotations

import runpy

import pytest

from constructs_lib import local


def _without(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setattr(local, "find_spec", lambda name: None if name == missing else object())


@pytest.mark.parametrize("missing", ["ministack", "cfnlint", "jsonschema", "cryptography"])
def test_a_missing_package_is_named_with_the_remedy(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _without(monkeypatch, missing)
    with pytest.raises(ImportError, match=rf"needs `{missing}`; install it .*bedrock-planes\[local\]"):
        local.__getattr__("LocalAws")


def test_the_command_says_it_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    _without(monkeypatch, "ministack")
    with pytest.raises(SystemExit, match=r"^local AWS: the local AWS needs `ministack`"):
        runpy.run_module("constructs_lib.local", run_name="__main__")
