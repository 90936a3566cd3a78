"""The names of earlier dates, as the tests that go back in time read them."""

from __future__ import annotations

from constructs_lib import catalogue
from constructs_lib.catalogue import Plane
from tests.older_catalogues import older_catalogues


def test_there_are_at_least_six_dates_in_order() -> None:
    dates = [older.date for older in older_catalogues()]
    assert len(dates) >= 6
    assert dates == sorted(set(dates))


def test_each_date_knows_the_core_of_both_planes() -> None:
    for older in older_catalogues():
        assert {"bedrock:InvokeModel", "bedrock:Retrieve", "bedrock:InvokeAgent"} <= older.on(Plane.DATA)
        assert {"bedrock:CreateGuardrail", "bedrock:CreateAgent"} <= older.on(Plane.CONTROL)
        assert "Converse" in older.operations["bedrock-runtime"]
        assert "bedrock:Converse" not in older.actions
        assert older.planes["bedrock:TagResource"] is Plane.CONTROL


def test_every_known_action_of_a_date_has_a_plane() -> None:
    for older in older_catalogues():
        lost = older.reference - older.planes.keys()
        # A name that AWS has withdrawn since then and that no client exposed: nobody can say its plane.
        assert lost <= {name for name in lost if catalogue.action(name) is None}, older.date
        assert len(lost) < 10, older.date


def test_names_come_later_than_each_date_but_the_last() -> None:
    for older, newer in zip(older_catalogues(), older_catalogues()[1:], strict=False):
        assert newer.actions - older.actions, older.date


def test_a_name_of_an_earlier_date_is_still_known_today() -> None:
    """AWS keeps the names that policies hold; more than a few gone would mean that the data is broken."""
    for older in older_catalogues():
        gone = {name for name in older.actions if catalogue.action(name) is None}
        assert len(gone) < len(older.actions) / 20, older.date
