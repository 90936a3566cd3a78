"""Documents of the kinds that people write, with the whole answer that each must get, decided by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.review import review
from constructs_lib.templates import read

_DOCUMENTS = json.loads((Path(__file__).parent / "documents.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", _DOCUMENTS, ids=lambda row: row["name"])
def test_a_document_gets_its_answer(row: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / row["name"]
    path.write_text(row["text"] if "text" in row else json.dumps(row["document"]), encoding="utf-8")
    report = review(read([str(path)]))
    assert [item.error for item in report.inputs] == [None]
    found: dict[str | None, list[str]] = {}
    for finding in report.findings:
        condition = " conditional" if finding.conditional else ""
        found.setdefault(finding.principal, []).append(f"{finding.rule} {finding.severity}{condition}")
    answer = {
        principal.name: {
            "verdict": principal.verdict,
            "kind": principal.kind,
            "incomplete": bool(principal.incomplete),
            "findings": sorted(set(found.get(principal.id, ()))),
        }
        for principal in report.principals
    }
    assert answer == row["principals"]
    assert sorted(found.get(None, ())) == row["resources"]
