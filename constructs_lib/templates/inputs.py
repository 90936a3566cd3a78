"""Read any input into principals and resources.

:func:`read` takes paths as the command line does. It never raises an exception for the content of an input: a
fault becomes ``Input.error``, one line that says where, what and how to fix it, and the rest is still read.

:mod:`constructs_lib.templates.resolve` documents which values count where a template leaves a choice.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from constructs_lib.templates import files
from constructs_lib.templates.accounts import is_account_export, read_accounts
from constructs_lib.templates.assembly import is_manifest, read_manifest
from constructs_lib.templates.cloudformation import TemplateSource, is_template, read_sources
from constructs_lib.templates.decode import decode as decoded_from
from constructs_lib.templates.faults import line_of_fault
from constructs_lib.templates.model import Input, Model
from constructs_lib.templates.nested import nested_sources
from constructs_lib.templates.policy_files import is_answer, is_policy, read_policy
from constructs_lib.templates.positions import STDIN, JsonLines, Sources
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.templates.decode import Decoded
    from constructs_lib.templates.model import InputKind

__all__ = [
    "nothing_in",
    "read",
    "read_document",
    "read_each",
    "read_found",
    "read_templates",
]

_WANTED = (
    "give a cdk.out folder, a CloudFormation or SAM template, an IAM policy, or the output of "
    "`aws iam get-account-authorization-details` or `terraform show -json`"
)

# https://www.serverless.com/framework/docs/providers/aws/cli-reference/package
_PACKAGED = (
    "run `serverless package` and give the template that it writes, "
    "`.serverless/cloudformation-template-update-stack.json`"
)

# https://developer.hashicorp.com/terraform/cli/commands/show
_TERRAFORM = (".tf", ".tf.json", ".tofu")
_SHOWN = "run `terraform plan -out=FILE`, then `terraform show -json FILE >plan.json`, and give plan.json"


@dataclass(slots=True)
class _Reading:
    """The state that the files of one run share.

    ``accounts`` are the pages of account exports read so far; ``lean`` omits statements that no rule asks
    about; ``code`` resolves where functions have their code.
    """

    sources: Sources | None = None
    lean: bool = False
    code: bool = False
    accounts: list[tuple[str, Any]] = field(default_factory=list)


def read(paths: Sequence[str], *, stdin: bytes | None = None) -> Model:
    """Read everything under the paths into one model.

    Args:
        paths: Files, folders, ``cdk.out`` folders; ``-`` is standard input.
        stdin: The bytes of standard input, if the caller has read it; ``None`` reads it when ``-`` is a path.

    """
    return _merged(read_each(paths, stdin=stdin, code=True))


def read_each(
    paths: Sequence[str],
    *,
    stdin: bytes | None = None,
    sources: Sources | None = None,
    lean: bool = False,
    code: bool = False,
    only_relevant: bool = False,
) -> Iterator[Model]:
    """Yield one model per template, assembly or policy, so that a long run holds one at a time.

    The account exports of a run come last, in one model: the pages of one account may be in several files.

    Args:
        paths: As for :func:`read`.
        stdin: As for :func:`read`.
        sources: Keeps the lines of the files that are read, so that none is read again for them.
        lean: Omit the statements of templates that no rule asks about: the report of a review is the same,
            and their resources are not resolved.
        code: Resolve also where functions have their code, which only a review of the code asks for.
        only_relevant: Skip what is no input, also where a path names it, as the files of a commit are named.
            A damaged file that looks like an input is still a fault.

    """
    filled: set[str] = set()
    found = files.find_inputs(paths, only_relevant=only_relevant)
    models = read_found(found, stdin=stdin, sources=sources, lean=lean, code=code)
    for item, model in zip_longest(found, models):
        if item is not None and model.inputs:
            filled.update(item.roots)
        if item is None or model.inputs:
            yield model
    if not only_relevant:
        yield from (Model((nothing_in(path),), (), ()) for path in dict.fromkeys(paths) if path not in filled)


def read_found(
    found: Iterable[files.FoundInput],
    *,
    stdin: bytes | None = None,
    sources: Sources | None = None,
    lean: bool = False,
    code: bool = False,
) -> Iterator[Model]:
    """Yield a model for each result of :func:`.files.find_inputs`, then one of all account exports, if any.

    The other arguments are those of :func:`read_each`. All pages of one account export must be in one call. A
    folder without anything to review is not among the results: see :func:`nothing_in`.
    """
    reading = _Reading(sources, lean, code)
    for item in found:
        yield _guarded(item, reading, stdin)
    if reading.accounts:
        yield Model((), tuple(read_accounts(reading.accounts)), ())


def nothing_in(folder: str) -> Input:
    """Return the fault of a folder that the user named and that has nothing to review."""
    return Input(folder, None, f"nothing to review in this folder; {_WANTED}")


def read_document(document: Any, name: str = "document") -> Model:
    """Read an already decoded template, policy or account export.

    Args:
        document: A value from ``json.loads`` or a YAML library; dates and other keys than texts become texts.
        name: How findings name it, in place of a path.

    """
    reading = _Reading(code=True)
    try:
        # After one pass through the C encoder, only JSON's shapes are left.
        text = json.dumps(document, default=str)
        # Read as a file is, dynamic references and all.
        plain = decoded_from(text, yaml_allowed=False).value if text[:1] in "{[" else document
    except (TypeError, ValueError, RecursionError) as error:
        return Model((Input(name, None, f"not a JSON value: {line_of_fault(error)}; {_WANTED}"),), (), ())
    model = _decoded(plain, name, reading, direct=True)
    if reading.accounts:
        model = Model(model.inputs, tuple(read_accounts(reading.accounts)), ())
    return model


def read_templates(
    paths: Sequence[str], *, stdin: bytes | None = None
) -> tuple[list[TemplateSource], list[Input]]:
    """Read the templates under the paths, without looking at what is in them.

    Args:
        paths: Templates, folders, ``cdk.out`` folders; ``-`` is standard input.
        stdin: The bytes of standard input, if the caller has read it; ``None`` reads it when ``-`` is a path.

    Returns:
        The templates, each with what its manifest says and the templates nested in it; and one input for each
        file that was read, with its fault if it is no template.

    """
    sources: list[TemplateSource] = []
    inputs: list[Input] = []
    found = files.find_inputs(paths)
    for item in found:
        if item.is_assembly:
            assembly = read_manifest(item.path, lambda name: _loaded(name, None, None).value)
            sources += assembly.sources
            inputs += assembly.inputs
            continue
        bodies: dict[str, dict[str, Any]] = {}
        for member in (item, *item.group):
            fault = member.fault
            if fault is None:
                try:
                    data = stdin if member.path == STDIN else None
                    if member.path == STDIN and data is None:
                        data = files.standard_input()
                    decoded = _loaded(member.path, data, None)
                    fault = decoded.fault
                    body = _printed_template(decoded.value)
                    if is_template(body):
                        bodies[member.path] = body
                    elif member.direct:
                        fault = fault or "not a CloudFormation template; give one, or a cdk.out folder"
                    else:
                        continue
                except (OSError, ValueError) as error:
                    if not member.direct and not files.looks_like_ours(member.path):
                        continue
                    fault = line_of_fault(error)
            inputs.append(Input(member.path, "cfn-template", fault))
        sources += nested_sources(bodies)
    filled = {root for item in found for root in item.roots} if inputs else set()
    inputs += [nothing_in(path) for path in dict.fromkeys(paths) if path not in filled]
    return sources, inputs


def _printed_template(value: Any) -> Any:
    """Return a template, also one that ``aws cloudformation get-template`` has printed.

    https://docs.aws.amazon.com/cli/latest/reference/cloudformation/get-template.html
    """
    body = value.get("TemplateBody") if isinstance(value, dict) else None
    if isinstance(body, str):
        return decoded_from(body, yaml_allowed=True).value
    return value if body is None else body


def _merged(models: Iterable[Model]) -> Model:
    listed = list(models)
    return Model(
        tuple(item for model in listed for item in model.inputs),
        tuple(item for model in listed for item in model.principals),
        tuple(item for model in listed for item in model.resources),
    )


def _guarded(found: files.FoundInput, reading: _Reading, stdin: bytes | None) -> Model:
    """Read one file or assembly; every exception becomes its error."""
    try:
        return _one(found, reading, stdin)
    except (OSError, ValueError) as error:
        if not found.direct and not files.looks_like_ours(found.path):
            return Model((), (), ())
        return Model((Input(found.path, None, line_of_fault(error)),), (), ())
    except (RecursionError, MemoryError):  # of this file; the others are still read
        fault = "too deep or too large to read; split or flatten it"
    except Exception as error:  # noqa: BLE001 - foreign input must never end a run
        fault = f"could not be read ({type(error).__name__}); please report the file"
    return Model((Input(found.path, None, fault),), (), ())


def _one(found: files.FoundInput, reading: _Reading, stdin: bytes | None) -> Model:
    if found.fault is not None:
        return Model((Input(found.path, None, found.fault),), (), ())
    if found.is_assembly:
        return _assembly(found.path, reading)
    if found.group:
        return _group(found, reading)
    if found.path != STDIN:
        return _file(found, reading, None)
    return _file(found, reading, files.standard_input() if stdin is None else stdin)


def _group(found: files.FoundInput, reading: _Reading) -> Model:
    """Read files that may be templates nested in each other; those that are none are read alone."""
    members = (replace(found, group=()), *found.group)
    templates: dict[str, Decoded] = {}
    for member in members:
        with suppress(OSError, ValueError, RecursionError, MemoryError):  # read alone, it says so
            decoded = _loaded(member.path, None, reading.sources)
            if is_template(decoded.value):
                templates[member.path] = decoded
    try:
        bodies = {path: decoded.value for path, decoded in templates.items()}
        read_together = read_sources(nested_sources(bodies), lean=reading.lean, code=reading.code)
    except Exception:  # noqa: BLE001 - foreign input must never end a run: read alone, each has its own fault
        return _merged(_guarded(member, reading, None) for member in members)
    models = [_guarded(member, reading, None) for member in members if member.path not in templates]
    inputs = [
        Input(path, "cfn-template", decoded.fault, read_together.unread.get(path, ()))
        for path, decoded in templates.items()
    ]
    return _merged(
        [Model(tuple(inputs), tuple(read_together.principals), tuple(read_together.resources)), *models]
    )


def _file(found: files.FoundInput, reading: _Reading, data: bytes | None) -> Model:
    if data is None and found.direct and found.path.lower().endswith(_TERRAFORM):
        refusal = f"a configuration of Terraform; {_SHOWN}"
        return Model((Input(found.path, None, refusal),), (), ())
    decoded = _loaded(found.path, data, reading.sources)
    model = _decoded(decoded.value, found.path, reading, direct=found.direct)
    first = model.inputs[0] if model.inputs else None
    if first is None or (decoded.fault is None and first.error is None):
        return model
    fault = decoded.fault
    if first.error is not None:
        pointer, mark, _ = first.error.partition(": ")
        line = (
            Sources({} if data is None else {found.path: data}).line_of(found.path, pointer) if mark else None
        )
        fault = f"line {line}: {first.error}" if line and pointer.startswith("/") else first.error
    return Model((replace(first, error=fault),), model.principals, model.resources)


def _decoded(value: Any, path: str, reading: _Reading, *, direct: bool) -> Model:
    """Read a decoded value by its kind."""
    if is_template(value):
        found = read_sources([TemplateSource(path, value)], lean=reading.lean, code=reading.code)
        read_input = Input(path, "cfn-template", None, found.unread.get(path, ()))
        return Model((read_input,), tuple(found.principals), tuple(found.resources))
    if is_policy(value):
        principal, fault = read_policy(value, path)
        line = f"{fault[0] or '/'}: {fault[1]}" if fault else None
        kind: InputKind = "aws-cli" if is_answer(value) else "iam-policy"
        return Model((Input(path, kind, line),), (principal,), ())
    if is_account_export(value):
        reading.accounts.append((path, value))
        return Model((Input(path, "gaad", None),), (), ())
    if _is_terraform(value):
        from constructs_lib.templates.terraform import (  # noqa: PLC0415 - no other input needs it
            read_terraform,
        )

        plan = read_terraform(value, path)
        return Model((Input(path, "terraform", None, plan.incomplete),), plan.principals, plan.resources)
    if not direct:
        return Model((), (), ())
    if is_manifest(value):
        refusal = f"the manifest of a cdk.out folder; {_WANTED}"
    elif isinstance(value, dict) and {"service", "provider"} <= value.keys():
        refusal = f"a file of the Serverless Framework; {_PACKAGED}"
    elif _is_terraform_state_file(value):
        refusal = f"a state file of Terraform; {_SHOWN}"
    else:
        refusal = f"not a template, policy or account export; {_WANTED}"
    return Model((Input(path, None, refusal),), (), ())


def _loaded(path: str, data: bytes | None, sources: Sources | None) -> Decoded:
    decoded = files.load(path, data)
    if sources is not None and decoded.text is not None and isinstance(decoded.value, dict):
        sources.keep(path, JsonLines(decoded.text, mapping(decoded.value.get("Resources"))))
    return decoded


def _assembly(path: str, reading: _Reading) -> Model:
    found = read_manifest(path, lambda name: _loaded(name, None, reading.sources).value)
    if not found.inputs:
        return Model((Input(path, "cdk-assembly", "the assembly has no stacks; run `cdk synth`"),), (), ())
    read_templates = read_sources(found.sources, lean=reading.lean, code=reading.code)
    inputs = [replace(item, incomplete=read_templates.unread.get(item.path, ())) for item in found.inputs]
    return Model(tuple(inputs), tuple(read_templates.principals), tuple(read_templates.resources))


def _is_terraform(value: object) -> bool:
    """Whether a decoded value is the output of ``terraform show -json``."""
    if not isinstance(value, dict) or not isinstance(value.get("format_version"), str):
        return False
    return isinstance(value.get("terraform_version"), str) or any(
        isinstance(value.get(key), dict) for key in ("planned_values", "values")
    )


def _is_terraform_state_file(value: object) -> bool:
    """Whether a decoded value is a state as Terraform stores it, whose format is its own affair."""
    return isinstance(value, dict) and {"lineage", "serial", "resources"} <= value.keys()
