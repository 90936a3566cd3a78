"""Read AWS CLI lines in shell scripts, by tree-sitter.

A script is followed from its first line to its last: variables, arrays, aliases, loops over words and
functions with their arguments. Sources: https://docs.aws.amazon.com/cli/latest/reference/#global-options and
https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-commandstructure.html
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from constructs_lib.code import _tree as t
from constructs_lib.code._apis import is_bedrock_client, named, operation_of
from constructs_lib.code._grammars import field, line_of, parse, text
from constructs_lib.code._grammars import named as children_of
from constructs_lib.code._recorder import right_client
from constructs_lib.code._values import Arguments

if TYPE_CHECKING:
    from tree_sitter import Node

    from constructs_lib.code._recorder import Recorder

__all__ = ["read_shell"]

_WITH_VALUE = frozenset(
    [
        "--region",
        "--profile",
        "--output",
        "--endpoint-url",
        "--query",
        "--color",
        "--ca-bundle",
        "--cli-read-timeout",
        "--cli-connect-timeout",
        "--cli-binary-format",
        "--cli-error-format",
    ]
)
"""Global options that take a value."""
_RUNNERS = frozenset(
    [
        "sudo",
        "env",
        "time",
        "nohup",
        "exec",
        "command",
        "builtin",
        "coproc",
        "noglob",
        "timeout",
        "xargs",
        "watch",
        "nice",
        "retry",
        "doas",
        "stdbuf",
        "caffeinate",
        "chronic",
        "parallel",
        "aws-vault",
        "chamber",
        "direnv",
        "dotenv",
        "envchain",
        "find",
        "flock",
        "gosu",
        "granted",
        "ionice",
        "kubectl",
        "mise",
        "npx",
        "oc",
        "op",
        "pipenv",
        "pipx",
        "poetry",
        "setsid",
        "strace",
        "su-exec",
        "unbuffer",
        "uv",
        "uvx",
    ]
)
"""Commands that run the command in their arguments."""
_IN_CONTAINERS = frozenset({"docker", "podman", "nerdctl", "finch"})
"""Commands that run the AWS CLI as an image, ``amazon/aws-cli``, whose arguments are the CLI's."""
_OPTIONS_OF_CONTAINERS = frozenset({"-v", "--volume", "--mount", "-w", "--workdir", "-e", "--env", "--name"})
_SHELLS = frozenset({"bash", "sh", "zsh", "dash", "ksh", "eval", "ssh", "su", "runuser"})
_RUN_TEXT = frozenset({"watch", "parallel"})
"""Commands that run a text that is one of their arguments."""
_QUALIFIER = re.compile(r"(?<=[\w*?\]])\([NDnoOLmaw./@*^-]+\d*\)")
"""What zsh writes behind a pattern of file names (``*.json(N)``), which bash's grammar doesn't have."""
_DEPTH = 12
_UNKNOWN = "\0"

_Words = list[tuple[str, ...]]
"""Words, each with what it may be."""


def read_shell(source: str, recorder: Recorder) -> None:
    """Record the calls in a script.

    Args:
        source: The text of the script.
        recorder: What takes the calls.

    Raises:
        RecursionError: The text nests too deeply.

    """
    reader = _Reader(recorder)
    reader.read(_QUALIFIER.sub("", source) if "zsh" in source.partition("\n")[0] else source, 0)
    reader.run_functions()


class _Reader:
    """One script's run."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._variables: dict[str, _Words] = {}
        self._tables: dict[str, dict[str, _Words]] = {}
        self._functions: dict[str, Node] = {}
        self._calls: list[tuple[int, frozenset[str]]] = []
        self._called: set[str] = set()
        self._aliases: dict[str, _Words] = {}
        self._depth = 0
        self._branches = 0
        self._offset = 0

    def read(self, source: str, offset: int) -> None:
        """Run a text whose first line is the line ``offset + 1`` of the file."""
        before, self._offset = self._offset, offset
        self._run(parse(source, "bash"))
        self._offset = before

    def run_functions(self) -> None:
        """Run the functions that nothing calls."""
        for name, body in list(self._functions.items()):
            if name not in self._called:
                self._call(name, body, None, 0)

    def _run(self, node: Node) -> None:  # noqa: C901 - one case for each kind of statement
        match node.type:
            case "function_definition":
                body = field(node, "body")
                if body is not None:
                    self._functions[text(field(node, "name"))] = body
                return
            case "variable_assignment":
                self._assign(node)
            case "for_statement":
                values = [
                    word for child in node.children_by_field_name("value") for word in self._words(child)
                ]
                options = tuple(dict.fromkeys(option for word in values for option in word))
                self._variables[text(field(node, "variable"))] = [options or (_UNKNOWN,)]
            case "command":
                self._command(node, None)
            case "redirected_statement":
                body = field(node, "body")
                if body is not None and body.type == "command":
                    self._command(body, _document_of(node))
                    for child in children_of(node)[1:]:
                        self._run(child)
                    return
            case "if_statement" | "case_statement":
                self._branches += 1
                for child in children_of(node):
                    self._run(child)
                self._branches -= 1
                return
        for child in children_of(node):
            self._run(child)

    def _assign(self, node: Node) -> None:
        target, value = field(node, "name"), field(node, "value")
        name = text(target)
        if target is not None and target.type == "subscript":
            self._assign_item(target, value)
            return
        if value is not None and value.type == "array" and (table := self._table(value)) is not None:
            self._tables[name] = {**self._tables.get(name, {}), **table}
            return
        if value is None:
            words: _Words = [("",)]
        elif value.type == "array":
            words = [word for child in children_of(value) for word in self._words(child)]
        else:
            words = self._words(value) or [(_UNKNOWN,)]
        old = self._variables.get(name)
        if text(node)[len(name) :].startswith("+="):
            words = [*(old or []), *words]
        elif self._branches and old and len(old) == len(words) == 1:
            words = [tuple(dict.fromkeys((*old[0], *words[0])))]
        self._variables[name] = words

    def _assign_item(self, target: Node, value: Node | None) -> None:
        """Set an item of an array with names: ``clients[runtime]=bedrock-runtime``."""
        name, _, key = text(target).rstrip("]").partition("[")
        words = self._words(value) if value is not None else []
        self._tables.setdefault(name, {})[key.strip("\"'")] = words or [(_UNKNOWN,)]

    def _table(self, array: Node) -> dict[str, _Words] | None:
        """Return an array with names (``([runtime]=bedrock-runtime)``), ``None`` for a list."""
        found: dict[str, _Words] = {}
        for item in children_of(array):
            key, sign, _ = text(item).removeprefix("[").partition("]=")
            if not sign or not text(item).startswith("["):
                return None
            inner = children_of(item)
            last = inner[-1]
            is_plain = text(last).startswith("=") and last.type == "word"
            words: _Words = [(text(last)[1:],)] if is_plain else self._words(last)
            found[key.strip("\"'")] = words or [(_UNKNOWN,)]
        return found or None

    # ------------------------------------------------------------------------------------------ words

    def _words(self, node: Node) -> _Words:  # noqa: PLR0911 - one case for each kind of word
        """Return the words that an argument becomes."""
        match node.type:
            case "word" | "number" | "string_content" | "heredoc_content":
                return [(text(node).replace("\\\n", "").replace("\\", ""),)]
            case "raw_string":
                return [(text(node)[1:-1],)]
            case "command_name":
                return [word for child in children_of(node) for word in self._words(child)]
            case "simple_expansion":
                return self._split(self._variable(text(node)[1:]))
            case "expansion":
                return self._expansion(node)
            case "string" | "concatenation":
                return self._joined(node)
        return [(_UNKNOWN,)]

    def _split(self, words: _Words) -> _Words:
        """Return what an expansion without quotes gives: its text falls into words."""
        found: _Words = []
        for word in words:
            if len(word) == 1 and _UNKNOWN not in word[0]:
                found += [(part,) for part in word[0].split()]
            else:
                found.append(word)
        return found

    def _joined(self, node: Node) -> _Words:
        """Return a quoted text: one word, or the words of ``"$@"`` and ``"${list[@]}"``."""
        parts = children_of(node)
        if len(parts) == 1 and parts[0].type in {"simple_expansion", "expansion"}:
            name = text(parts[0]).strip("${}")
            if name in {"@", "*"} or name.endswith(("[@]", "[*]")):
                return self._variable(name.partition("[")[0])
            found = self._words(parts[0]) if parts[0].type == "expansion" else self._variable(name)
            return found if len(found) == 1 else [(" ".join(word[0] for word in found),)]
        texts = [""]
        for part in parts:
            words = self._words(part)
            options = [" ".join(word[0] for word in words)] if len(words) != 1 else list(words[0])
            texts = [f"{before}{option}" for before in texts for option in options][:8]
        return [tuple(texts)]

    def _expansion(self, node: Node) -> _Words:
        """Return ``${name}``, ``${name:-default}`` or ``${list[@]}``."""
        inner = children_of(node)
        if not inner:
            return [(_UNKNOWN,)]
        name, _, at = text(inner[0]).rstrip("]").partition("[")
        if name in self._tables:
            return self._item(self._tables[name], at.strip("\"'"))
        found = self._variables.get(name)
        if found and at.isdecimal():
            found = found[int(at) : int(at) + 1]
        operators = {child.type for child in node.children if not child.is_named}
        if operators & {":-", "-", ":=", "="} and len(inner) > 1:
            default = [word for child in inner[1:] for word in self._words(child)]
            known = found if found and found != [(_UNKNOWN,)] else None
            return known or default
        if operators - {"${", "}", "[", "]"}:
            return [(_UNKNOWN,)]
        return found or [(_UNKNOWN,)]

    def _item(self, table: dict[str, _Words], key: str) -> _Words:
        """Return the item of an array with names, or any of them for a name that isn't known."""
        if key in {"@", "*"}:
            return [word for words in table.values() for word in words]
        if key in table:
            return table[key]
        if not key.startswith("$"):
            return [(_UNKNOWN,)]
        known = [option for word in self._variable(key.strip("${}")) for option in word if option in table]
        options = [option for one in known or table for word in table[one] for option in word]
        return [tuple(dict.fromkeys(options))]

    def _variable(self, name: str) -> _Words:
        return self._variables.get(name, [(_UNKNOWN,)])

    # --------------------------------------------------------------------------------------- commands

    def _command(self, node: Node, document: Node | None) -> None:
        """Record a command, or run the function or the shell that it names."""
        name = field(node, "name")
        parts = ([name] if name is not None else []) + list(node.children_by_field_name("argument"))
        words = [word for part in parts for word in self._words(part)]
        if words and words[0][0] in self._aliases:
            words = [*self._aliases[words[0][0]], *words[1:]]
        first = words[0][0] if words else ""
        if first == "alias":
            for word in words[1:]:
                alias, _, meaning = word[0].partition("=")
                self._aliases[alias] = [(part,) for part in meaning.split()]
        elif first == "shift":
            self._shift(words[1][0] if len(words) > 1 else "1")
        elif first in self._functions:
            self._call(first, self._functions[first], words[1:], self._offset + line_of(node))
        elif first == "trap" and len(words) > 1 and words[1][0] not in {"-", "--", "-l", "-p"}:
            self._inner_text(words[1][0], node)
        elif first in _RUN_TEXT and (texts := [word[0] for word in words[1:] if " " in word[0]]):
            self._inner_text(texts[0], node)
        elif first in _SHELLS:
            self._inner_shell(words, node, document)
        elif first in _RUNNERS and (at := _shell_in(words)):
            self._inner_shell(words[at:], node, document)
        else:
            self._aws(words, node)

    def _call(self, name: str, body: Node, arguments: _Words | None, line: int) -> None:
        if self._depth >= _DEPTH:
            return
        self._called.add(name)
        before = {
            key: value for key, value in self._variables.items() if key in {"@", "*"} or key.isdecimal()
        }
        for key in before:
            del self._variables[key]
        if arguments is not None:
            self._variables |= {"@": arguments, "*": arguments}
            self._variables |= {str(number): [word] for number, word in enumerate(arguments, 1)}
        self._depth += 1
        self._calls.append((line, frozenset(option for word in arguments or [] for option in word)))
        self._run(body)
        self._calls.pop()
        self._depth -= 1
        for key in [key for key in self._variables if key in {"@", "*"} or key.isdecimal()]:
            del self._variables[key]
        self._variables |= before

    def _shift(self, by: str) -> None:
        """Drop the first arguments of the function that runs."""
        if not by.isdecimal() or "@" not in self._variables:
            return
        left = self._variables["@"][int(by) :]
        for key in [key for key in self._variables if key.isdecimal()]:
            del self._variables[key]
        self._variables |= {"@": left, "*": left}
        self._variables |= {str(number): [word] for number, word in enumerate(left, 1)}

    def _inner_text(self, source: str, node: Node) -> None:
        """Run a text that a command keeps or repeats."""
        if self._depth < _DEPTH and _UNKNOWN not in source:
            self._depth += 1
            self.read(source, self._offset + line_of(node) - 1)
            self._depth -= 1

    def _inner_shell(self, words: _Words, node: Node, document: Node | None) -> None:
        """Run the text that a shell gets with ``-c``, from ``eval`` or as a here-document."""
        if self._depth >= _DEPTH:
            return
        self._depth += 1
        name, *rest = words
        if name[0] == "eval":
            self.read(
                " ".join(word[0] for word in rest).replace(_UNKNOWN, "?"), self._offset + line_of(node) - 1
            )
        if name[0] == "ssh" and rest and " " in rest[-1][0] and _UNKNOWN not in rest[-1][0]:
            self.read(rest[-1][0], self._offset + line_of(node) - 1)
        for option, word in pairwise(rest):
            if (
                name[0] != "eval"
                and option[0].startswith("-")
                and option[0].endswith("c")
                and _UNKNOWN not in word[0]
            ):
                self.read(word[0], self._offset + line_of(node) - 1)
        if document is not None and not any("c" in word[0] for word in rest if word[0].startswith("-")):
            self.read(text(document), self._offset + line_of(document) - 1)
        self._depth -= 1

    def _aws(self, words: _Words, node: Node) -> None:
        """Record a command of the AWS CLI."""
        first = words[0][0].rpartition("/")[2] if words else ""
        names = {"aws-cli", "aws"} if first in _IN_CONTAINERS else {"aws", "aws2"}
        at = next((n for n in range(len(words)) if _program(words[n][0]) in names and _runs(words, n)), None)
        if at is None or (at > 0 and first not in _RUNNERS | _IN_CONTAINERS):
            return
        plain, options = _parsed(words[at + 1 :])
        if len(plain) < 2 or plain[-1] == ("help",):
            return
        services, verbs = plain[0], plain[1]
        arguments = Arguments([], {key: (value,) for key, value in options.items() if _UNKNOWN not in value})
        region = options.get("--region")
        region = None if region is None or _UNKNOWN in region else region
        for verb in verbs:
            name = verb.replace("-", "_")
            call = t.Call(t.Name("aws"), [], self._line(verb, node))
            if not named(name):
                continue
            known = [service for service in services if is_bedrock_client(service)]
            own = [(s, operation_of(s, name)) for s in known if operation_of(s, name) is not None]
            if not own and len(known) == len(services):
                own = [(service, right_client(service, name)) for service in known]
            for service, operation in own:
                if operation is not None:
                    self._recorder.add(service, operation, arguments, call, 0, region=region)
            if not known and any(_UNKNOWN in service for service in services) and len(named(name)) == 1:
                self._recorder.unknown(call, f"`{verb}` is called on a service whose name isn't known here")
        if any(_UNKNOWN in verb for verb in verbs) and any(is_bedrock_client(s) for s in services):
            call = t.Call(t.Name("aws"), [], self._offset + line_of(node))
            self._recorder.unknown(
                call, f"an operation of `{services[0]}` is called whose name isn't known here"
            )

    def _line(self, verb: str, node: Node) -> int:
        """Return the line that names the operation of a command: its own, or that of a function's call."""
        found = self._offset + line_of(node)
        if verb in text(node):
            return found
        for line, arguments in reversed(self._calls):
            if verb not in arguments:
                break
            found = line
        return found


def _shell_in(words: _Words) -> int:
    """Return where the arguments of a command run a shell (``xargs sh -c TEXT``), 0 if they don't."""
    at = next((n for n, word in enumerate(words) if word[0].rpartition("/")[2] in _SHELLS - {"eval"}), 0)
    return at if any(word[0].startswith("-") and word[0].endswith("c") for word in words[at + 1 :]) else 0


def _runs(words: _Words, at: int) -> bool:
    """Whether a word is a program or an image, and no folder that a container mounts."""
    before = words[at - 1][0] if at else ""
    return before not in _OPTIONS_OF_CONTAINERS and not (
        "aws-cli" not in words[at][0] and ":" in words[at][0]
    )


def _program(word: str) -> str:
    """Return the name of a program or image, without its path and its tag."""
    return word.rpartition("/")[2].partition(":")[0].partition("@")[0]


def _parsed(words: _Words) -> tuple[_Words, dict[str, str]]:
    """Return the service and the operation, and the options with their values."""
    plain: _Words = []
    options: dict[str, str] = {}
    number = 0
    while number < len(words):
        word = words[number][0]
        following = words[number + 1][0] if number + 1 < len(words) else ""
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            takes_value = name in _WITH_VALUE or (len(plain) > 1 and not following.startswith("--"))
            if equals:
                options[name] = value
            elif takes_value:
                options[name] = following
                number += 1
        else:
            plain.append(words[number])
        number += 1
    return plain, options


def _document_of(node: Node) -> Node | None:
    """Return the body of a statement's here-document."""
    for redirect in children_of(node):
        if redirect.type == "heredoc_redirect":
            return next((child for child in children_of(redirect) if child.type == "heredoc_body"), None)
    return None
