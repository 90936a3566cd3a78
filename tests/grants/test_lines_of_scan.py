"""The lines of `scan --grants` are calls that the facade takes."""

from __future__ import annotations

import ast
import inspect

from constructs_lib.catalogue import Plane, operations
from constructs_lib.code import ApiCall, grant_lines
from constructs_lib.grants.facades import DataPlaneGrants


def test_each_line_for_an_operation_of_the_data_plane_fits_its_method() -> None:
    calls = [
        ApiCall("a.py", 1, "python", o.client, o.name, str(o.plane), o.actions, model="m")
        for o in operations()
        if o.plane is Plane.DATA
    ]
    wrong = []
    for line in (line for line in grant_lines(calls) if not line.startswith("#")):
        call = ast.parse(line).body[0].value  # type: ignore[attr-defined] # it is one expression
        method = getattr(DataPlaneGrants, call.func.attr, None)
        try:
            inspect.signature(method).bind(None, *call.args, **{k.arg: k for k in call.keywords})  # type: ignore[arg-type] # None is a TypeError
        except TypeError as error:
            wrong.append(f"{line}: {error}")
    assert wrong == []
