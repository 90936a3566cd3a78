"""Names that the catalogue doesn't have: what is provably wrong with one, or that it is unknown.

A release is used long after its catalogue was made, so a name that the catalogue doesn't have may be newer.
Only these are wrong for certain:

- an operation that another action authorises (``bedrock:Converse``)
- a prefix that IAM doesn't have: a client's name, a Bedrock prefix without ``bedrock-`` or with AWS's name
  before it or after it (a service principal), or one at most two letters away from these
- a name without a prefix, or with another sign than a colon behind it
- white space and look-alike letters
- a name at most two letters away from one of the same prefix; a name with another verb, in the plural or with
  a number is a name of its own
- the committed list of wrong names (``meant`` in the catalogue's decisions)
- a wildcard in the prefix, which IAM documents nowhere, where it would have to count

All others under a Bedrock prefix, or a prefix with `bedrock` in it, are unknown.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

from constructs_lib import catalogue
from constructs_lib.iam.action_sets import actions_matching
from constructs_lib.iam.model import UNRESOLVED
from constructs_lib.iam.patterns import is_documented, matches
from constructs_lib.iam.work import remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from constructs_lib.iam.model import Effect

__all__ = ["KnownNames", "NameFault", "fault_of_name", "judge_name", "known_names", "plain_name"]

# Cyrillic and Greek letters that look like Latin ones (Unicode Technical Standard 39, confusables).
_LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u043a\u043c\u0442\u0412\u041c\u0410\u0415\u041e\u0420\u0421\u0422\u0406\u0391\u0392\u0395\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03bf\u0131\u2010\u2011\u2012\u2013\u2014\uff1a",
    "aeopcyxijsdkmtBMAEOPCTIABEIKMNOPToi-----:",
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SEPARATORS = re.compile(r"[^a-z0-9*?]")
_WITHOUT_COLON = re.compile(r"(?:(?P<prefix>[A-Za-z-]+)[./;_,=|])?(?P<name>[A-Za-z0-9*]+)")
# Verbs of AWS's APIs beside those of the catalogue: a newer action may begin with them.
_VERB_TEXT = """
    accept activate add allow apply approve archive assign attach authorize begin block build cancel check
    close commit compare complete confirm connect convert copy count deactivate decline define deploy
    deregister describe detach disable discover download enable estimate evaluate execute export fetch find
    finish forget generate grant handle import inspect install invite load lock lookup merge modify monitor
    move notify open pause poll post predict preview provision publish purchase query read rebuild receive
    record recover refresh reject release remove rename renew replace replay report request reset resolve
    restart restore resume retire retry revert revoke rollback rotate run save scan schedule score send set
    share sign simulate split stage subscribe suspend swap switch sync synchronize terminate test track train
    transfer transform translate trigger undo uninstall unlock unsubscribe upgrade upload use wait watch write
"""


class NameFault(NamedTuple):
    """What is wrong with an action name or pattern.

    Attributes:
        kind: ``characters`` (white space, look-alikes), ``prefix``, ``operation`` (without an action of its
            own), ``spelling``, ``listed`` (in the committed list), ``grammar`` (an undocumented wildcard), or
            ``unknown``, which may be a newer action.
        why: The fault, as a clause without the name.
        meant: The actions or patterns to write instead, all of them; none if nobody can tell.
        similar: For an unknown name, the known actions that it may mean.

    """

    kind: Literal["characters", "prefix", "operation", "spelling", "listed", "grammar", "unknown"]
    why: str
    meant: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()

    @property
    def remedy(self) -> str:
        """What to write instead, as a clause."""
        if self.meant:
            return f"write {' and '.join(f'`{name}`' for name in self.meant)}"
        if self.similar:
            return f"did you mean {' or '.join(f'`{name}`' for name in self.similar)}?"
        return "correct the name, or update bedrock-planes if AWS has it"

    @property
    def is_wrong(self) -> bool:
        """Whether the name is provably wrong, and not merely unknown."""
        return self.kind != "unknown"


@dataclass(frozen=True, eq=False)
class KnownNames:
    """The names that a catalogue has.

    Attributes:
        actions: The actions, by their names in lower case.
        find_operations: Returns :attr:`operations`, which only names under a prefix of Bedrock's ask for.
        prefixes: Bedrock's IAM prefixes.
        clients: The names of clients that are no prefix, each with the prefix of its actions.
        listed: The committed list of wrong names in lower case, each with the reason and what is meant.
        date: The day on which the catalogue last changed.

    """

    actions: Mapping[str, str]
    find_operations: Callable[[], Mapping[str, tuple[str, tuple[str, ...]]]]
    prefixes: frozenset[str]
    clients: Mapping[str, str]
    listed: Mapping[str, tuple[str, tuple[str, ...]]]
    date: str

    @cached_property
    def operations(self) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """The operations without an action of their own.

        By ``prefix:operation`` in lower case, each with its name and the actions that authorise it.
        """
        return self.find_operations()

    @cached_property
    def short(self) -> Mapping[str, Mapping[str, str]]:
        """For each prefix, the names of its actions and operations in lower case, each as it is written."""
        table: dict[str, dict[str, str]] = {prefix: {} for prefix in self.prefixes}
        for name in (
            *self.actions.values(),
            *(f"{k.partition(':')[0]}:{v[0]}" for k, v in self.operations.items()),
        ):
            prefix, _, short = name.partition(":")
            table.setdefault(prefix, {})[short.lower()] = short
        return table

    @cached_property
    def verbs(self) -> frozenset[str]:
        """The words that names begin with, in lower case."""
        own = {_words(name)[0] for names in self.short.values() for name in names.values()}
        return frozenset(own.union(_VERB_TEXT.split()))

    @cached_property
    def by_noun(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """The actions by prefix and noun, whatever their verb; the noun's words in the singular."""
        table: dict[tuple[str, ...], list[str]] = {}
        for name in self.actions.values():
            prefix, _, short = name.partition(":")
            table.setdefault((prefix, *_noun(short)), []).append(name)
        return {key: tuple(names) for key, names in table.items()}

    @cached_property
    def spelled_prefixes(self) -> Mapping[str, str]:
        """What people write for a prefix, each with the prefix that is meant."""
        known = {**{prefix: prefix for prefix in self.prefixes}, **self.clients}
        bare = {p.removeprefix("bedrock-"): p for p in self.prefixes if p.startswith("bedrock-")}
        return MappingProxyType({**bare, **known})


@cache
def known_names() -> KnownNames:
    """Return the names of the committed catalogue."""
    clients = {
        f.client: f.prefix for f in catalogue.families().values() if f.client in catalogue.client_names()
    }
    return KnownNames(
        actions={name.lower(): name for name in catalogue.actions()},
        find_operations=_operations,
        prefixes=frozenset(catalogue.prefixes()),
        clients={
            **{name: prefix for name, prefix in clients.items() if name},
            "bedrock-mantle-control": "bedrock-mantle",
        },
        listed={
            d.subject.lower(): (d.reason, tuple(d.value.split()))
            for d in catalogue.decisions()
            if d.kind == "meant"
        },
        date=catalogue.sources().date,
    )


def _operations() -> dict[str, tuple[str, tuple[str, ...]]]:
    families = catalogue.families()
    return {
        f"{families[o.family].prefix}:{o.name}".lower(): (o.name, o.actions)
        for o in catalogue.operations()
        if catalogue.action(f"{families[o.family].prefix}:{o.name}") is None
    }


@remembered(16384)
def fault_of_name(pattern: str, effect: Effect = "Allow") -> NameFault | None:
    """Return the fault of an action name or pattern, ``None`` if it counts or isn't Bedrock's.

    Args:
        pattern: As the policy writes it. One with an unresolved part has no fault.
        effect: Of the statement; of the other one for ``NotAction``. It decides whether an undocumented
            pattern counts.

    """
    if UNRESOLVED in pattern:
        return None
    plain = plain_name(pattern)
    if ":" not in plain:
        return _fault_without_colon(plain, known_names())
    if pattern == plain and actions_matching(pattern):
        if effect == "Deny" and not is_documented(pattern) and pattern.strip("*") != ":":
            return NameFault(
                "grammar",
                "IAM documents no wildcard in the prefix: take it not to match in a Deny",
                similar=(),
            )
        return None
    return judge_name(pattern, known_names())


@remembered(4096)
def faults_of_names(patterns: tuple[str, ...], effect: Effect = "Allow") -> tuple[tuple[str, NameFault], ...]:
    """Return the action names and patterns that have a fault, each once: see :func:`fault_of_name`.

    Args:
        patterns: As a statement lists them.
        effect: As of :func:`fault_of_name`.

    """
    found = ((pattern, fault_of_name(pattern, effect)) for pattern in dict.fromkeys(patterns))
    return tuple((pattern, fault) for pattern, fault in found if fault is not None)


def judge_name(pattern: str, known: KnownNames) -> NameFault | None:
    """Return the fault of a name or pattern that names a known action nowhere, judged by a catalogue.

    Args:
        pattern: As the policy writes it.
        known: The names of the catalogue.

    """
    plain = plain_name(pattern)
    prefix, colon, name = plain.partition(":")
    prefix = prefix.lower()
    if not colon or "*" in prefix or "?" in prefix:
        return None
    meant = _meant_prefix(prefix, name.lower(), known)
    if meant is None and "bedrock" not in prefix:
        return None
    if plain != pattern:
        what = "white space" if pattern.isascii() else "a look-alike letter or white space"
        inner = None if _matched(plain, known) else judge_name(plain, known)
        return NameFault("characters", f"it contains {what}", inner.meant if inner else (plain,))
    if meant is not None and meant != prefix:
        return _fault_of_prefix(prefix, meant, name, known)
    return (_fault_of_known_prefix(prefix, name, known) if meant else None) or NameFault(
        "unknown",
        f"the catalogue of {known.date} doesn't have it, so it may be newer",
        similar=_similar(prefix, name, known),
    )


def _fault_without_colon(plain: str, known: KnownNames) -> NameFault | None:
    """Return the fault of a name without a prefix, or with another sign than a colon behind it.

    IAM refuses it: an action is a service's prefix, a colon and a name
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html).
    """
    found = _WITHOUT_COLON.fullmatch(plain)
    if found is None:
        return None
    if found["prefix"] is None:
        meant = tuple(_actions_called(found["name"].lower(), known))
        return NameFault("prefix", "it has no prefix", meant) if meant else None
    prefix = _meant_prefix(found["prefix"].lower(), found["name"].lower(), known)
    if prefix is None:
        return None
    right = f"{prefix}:{found['name']}"
    inner = None if _matched(right, known) else judge_name(right, known)
    meant = inner.meant if inner else (known.actions.get(right.lower(), right),)
    return NameFault("prefix", "it has no colon between prefix and name", meant)


def _actions_called(name: str, known: KnownNames) -> Iterator[str]:
    """Yield the actions that a name without a prefix may mean."""
    for prefix in sorted(known.prefixes):
        if full := known.actions.get(f"{prefix}:{name}"):
            yield full
        elif found := known.operations.get(f"{prefix}:{name}"):
            yield from found[1]


def _fault_of_known_prefix(prefix: str, name: str, known: KnownNames) -> NameFault | None:
    if listed := _listed(f"{prefix}:{name}".lower(), known):
        return NameFault("listed", *listed)
    if found := tuple(_authorised(prefix, name, known)):
        names = " and ".join(f"`{operation}`" for operation, _ in found[:3])
        are = "is an operation" if len(found) == 1 else "are operations"
        actions = tuple(dict.fromkeys(action for _, actions in found for action in actions))
        return NameFault("operation", f"{names} {are} without an action", actions)
    near = _near(prefix, name, known)
    return NameFault("spelling", "it is misspelt", near) if near else None


@remembered(1024)
def plain_name(pattern: str) -> str:
    """Return a name without white space, invisible and look-alike letters."""
    if pattern.isascii() and not any(char.isspace() for char in pattern):
        return pattern
    text = unicodedata.normalize("NFKC", pattern.translate(_LOOK_ALIKES))
    return "".join(
        char for char in text if not char.isspace() and unicodedata.category(char) not in {"Cf", "Cc", "Mn"}
    )


def _matched(pattern: str, known: KnownNames) -> bool:
    text = pattern.lower()
    return text in known.actions or ("*" in text and any(matches(text, name) for name in known.actions))


# ----------------------------------------------------------------------------------------------- prefixes


@remembered(4096)
def _misspelt_prefix(prefix: str, known: KnownNames) -> str | None:
    """Return the IAM prefix that a prefix misspells."""
    spelled = known.spelled_prefixes
    # A prefix of another service is at least three letters away: tests/review/rules/test_prefixes.py
    near = [(_distance(prefix, text, 2), text) for text in spelled if "bedrock" in text]
    best = min((item for item in near if item[0] <= 2), default=None)
    return spelled[best[1]] if best else None


@remembered(4096)
def _joined_prefix(prefix: str, known: KnownNames) -> str | None:
    """Return the IAM prefix that a prefix is with other signs between its words, or with AWS's name.

    The name may stand before it (`amazon-bedrock`) or after it (`bedrock.amazonaws.com`).
    """
    key = re.sub("[^a-z]", "", re.sub(r"\.amazonaws\.com(\.cn)?$", "", prefix))
    squeezed = {re.sub("[^a-z]", "", text): meant for text, meant in known.spelled_prefixes.items()}
    found = (squeezed.get(key.removeprefix(start)) for start in ("", "amazon", "aws"))
    return next((meant for meant in found if meant), None)


def _meant_prefix(prefix: str, name: str, known: KnownNames) -> str | None:
    """Return the IAM prefix that a prefix is, names or misspells; ``None`` for all others."""
    if prefix in known.prefixes:
        return prefix
    spelled = known.spelled_prefixes
    if prefix in spelled:
        return spelled[prefix]
    if not prefix.isascii() or "*" in prefix or "?" in prefix:
        return None
    if joined := _joined_prefix(prefix, known):
        return joined
    # `agent-runtime:InvokeAgent`: a client's name without `bedrock-`, before one of its names
    without = {text.removeprefix("bedrock-"): meant for text, meant in known.clients.items()}
    if prefix in without and _has(without[prefix], name, known):
        return without[prefix]
    return _misspelt_prefix(prefix, known)


def _has(prefix: str, name: str, known: KnownNames) -> bool:
    full = f"{prefix}:{name}"
    return full in known.actions or full in known.operations


def _fault_of_prefix(prefix: str, meant: str, name: str, known: KnownNames) -> NameFault:
    is_client = prefix in known.clients
    why = f"`{prefix}` is {'the name of an SDK client' if is_client else 'not a prefix'}"
    why += ", not an IAM prefix" if is_client else " of IAM"
    if not name.strip("*?"):
        return NameFault("prefix", f"{why}; list the actions by name, with the prefix `{meant}:`")
    for service in (meant, *sorted(known.prefixes - {meant})):
        right = f"{service}:{name}"
        if _matched(right, known):
            return NameFault("prefix", why, (known.actions.get(right.lower(), right),))
        inner = judge_name(right, known)
        if inner and inner.is_wrong and inner.meant:
            return NameFault("prefix", why, inner.meant)
    return NameFault("prefix", f"{why}; the prefix is `{meant}:`")


# -------------------------------------------------------------------------------------------------- names


def _listed(pattern: str, known: KnownNames) -> tuple[str, tuple[str, ...]] | None:
    if "*" not in pattern and "?" not in pattern:
        return known.listed.get(pattern)
    stem = pattern.rstrip("*")
    found = (value for name, value in known.listed.items() if name != f"{stem}s" and _is_stem(pattern, name))
    return next(found, None)


def _authorised(prefix: str, name: str, known: KnownNames) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the operations without an action of their own that a name or pattern names."""
    text = _SEPARATORS.sub("", name.lower())
    if "*" not in text and "?" not in text:
        if found := known.operations.get(f"{prefix}:{text}"):
            yield found
        return
    for key, found in sorted(known.operations.items()):
        if key.startswith(f"{prefix}:") and _is_stem(f"{prefix}:{text}", key):
            yield found


def _is_stem(pattern: str, name: str) -> bool:
    """Whether a pattern matches a wrong name and fixes most of it, so that it can mean little else."""
    return matches(pattern, name) and 2 * len(re.sub(r"[*?]", "", pattern.partition(":")[2])) >= len(
        name.partition(":")[2]
    )


def _near(prefix: str, name: str, known: KnownNames) -> tuple[str, ...]:
    """Return the name of the same prefix that a name misspells, or the pattern that a pattern misspells."""
    stem, star, rest = name.partition("*")
    if rest or "?" in name or not stem:
        return ()
    names = known.short[prefix]
    table = names if not star else {**_starts(prefix, known), **names}
    found = _nearest(stem, table, known.verbs)
    if found is None:
        return ()
    full = f"{prefix}:{found}"
    if star:
        return (f"{full}*",)
    if full.lower() in known.actions:
        return (full,)
    return known.operations[full.lower()][1]


@remembered(256)
def _starts(prefix: str, known: KnownNames) -> Mapping[str, str]:
    """Return the first two or more words of each name: what a pattern with a wildcard at its end may fix."""
    found: dict[str, str] = {}
    for short in known.short[prefix].values():
        words = _WORD.findall(short)
        for count in range(2, len(words)):
            start = "".join(words[:count])
            found.setdefault(start.lower(), start)
    return found


def _nearest(name: str, names: Mapping[str, str], verbs: frozenset[str]) -> str | None:
    text = name.lower()
    squeezed = _SEPARATORS.sub("", text)
    if squeezed != text and squeezed in names:  # invoke-model, invoke_model
        return names[squeezed]
    best: tuple[int, str] | None = None
    letters = _letters(text)
    for key, written in names.items():
        if abs(len(key) - len(text)) > 2 or (letters ^ _letters(key)).bit_count() > 4:
            continue
        far = _distance(text, key, 2)
        if far <= 2 and (best is None or (far, key) < best) and not _is_own_name(name, written, verbs):
            best = (far, key)
    return names[best[1]] if best else None


@remembered(8192)
def _letters(text: str) -> int:
    """Return the set of a text's characters; one change adds or removes at most two."""
    found = 0
    for char in text:
        found |= 1 << (ord(char) & 127)
    return found


def _noun(name: str) -> tuple[str, ...]:
    """Return the words after the verb, in the singular."""
    words = _words(name)[1:]
    return tuple(_singular(word) for word in words)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word.removesuffix("s")


def _words(name: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(name)) or (name.lower(),)


def _is_own_name(name: str, known: str, verbs: frozenset[str]) -> bool:
    """Whether a name differs from a known one in what newer names differ in: verb, plural, number, word."""
    ours, theirs = _words(name), _words(known)
    if re.findall(r"\d+", name) != re.findall(r"\d+", known):
        return True
    if len(ours) != len(theirs):
        return False
    if ours[0] != theirs[0] and ours[0] in verbs:
        return True
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    if pairs and all(_forms(a) & _forms(b) for a, b in pairs):
        return True
    # `GetTool` is no slip of `GetFlow`: of a short word one letter may be wrong.
    return any(_distance(a, b, 2) > (1 if min(len(a), len(b)) < 6 else 2) for a, b in pairs)


def _forms(word: str) -> frozenset[str]:
    """Return what a word may be in the singular."""
    forms = {word, word.removesuffix("s"), word.removesuffix("es")}
    if word.endswith("ies"):
        forms.add(f"{word[:-3]}y")
    return frozenset(forms)


def _similar(prefix: str, name: str, known: KnownNames) -> tuple[str, ...]:
    """Return the known actions that an unknown name may mean: under another prefix, with another verb."""
    text = name.lower()
    same = [
        known.actions[key]
        for service in sorted(known.prefixes)
        if (key := f"{service}:{text}") in known.actions
    ]
    if same or prefix not in known.short:
        return tuple(same[:3])
    nouns = _noun(name)
    related = known.by_noun.get((prefix, *nouns), ()) if nouns else ()
    # A name that deletes is no advice for one that doesn't.
    kept = [item for item in related if not item.partition(":")[2].startswith(("Delete", "Disassociate"))]
    return tuple(sorted(kept)[:3])


def _distance(first: str, second: str, limit: int) -> int:
    """Return the number of letters to add, drop, change or swap, ``limit + 1`` for more than the limit."""
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        row = [i]
        for j, b in enumerate(second, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return min(last[-1], limit + 1)
