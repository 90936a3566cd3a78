"""Cases of rules that judge application code: a file's name and its text."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.code import scan
from constructs_lib.review import review_code

if TYPE_CHECKING:
    from constructs_lib.review import Report

__all__ = ["code_report"]


def code_report(case: dict[str, Any]) -> Report:
    """Return the report on the code of a case."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, case["file"])
        file.write_text(case["code"])
        return review_code(scan([str(file)]))
