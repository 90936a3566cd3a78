"""IAM's semantics, exact for Amazon Bedrock: documents, patterns, permissions, decisions. Pure Python."""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.iam.action_names import (
        KnownNames,
        NameFault,
        fault_of_name,
        judge_name,
        known_names,
    )
    from constructs_lib.iam.action_sets import (
        NO_ACTIONS,
        ActionSet,
        Expansion,
        actions_accepting,
        actions_matching,
        allowed_actions,
        denied_actions,
        expand,
        expansion,
        names_of,
        tables,
        types_of,
    )
    from constructs_lib.iam.conditions import evaluate
    from constructs_lib.iam.decision import Request, decide
    from constructs_lib.iam.documents import DocumentError, parse_document, parse_statement
    from constructs_lib.iam.effective_permissions import Effective, effective
    from constructs_lib.iam.model import UNRESOLVED, Condition, Effect, Origin, Policy, Statement
    from constructs_lib.iam.organization import scp_level, undecided_denies
    from constructs_lib.iam.other_services import (
        ASSUME_ROLE,
        CHAIN_ACTIONS,
        CREATE_API_KEY,
        ESCALATIONS,
        PASS_ROLE,
        RUNNERS,
        ForeignGrant,
        foreign_actions,
        foreign_grants,
    )
    from constructs_lib.iam.patterns import (
        arns_may_overlap,
        counts_in,
        covers,
        example,
        intersect,
        is_documented,
        is_open,
        matches,
        may_overlap,
        without_variables,
    )
    from constructs_lib.iam.remainder import Denials, Piece, allow_items, subtract
    from constructs_lib.iam.runs_as import RUNS_AS, RUNS_AS_SERVICE_ROLE, STARTS, RunsAs, RunsAsServiceRole
    from constructs_lib.iam.scope import scope_of
    from constructs_lib.iam.shortest_patterns import Compression, compress, compression
    from constructs_lib.iam.work import TooMuchWorkError, forget, remembered, spend, within

__all__ = [
    "ASSUME_ROLE",
    "CHAIN_ACTIONS",
    "CREATE_API_KEY",
    "ESCALATIONS",
    "NO_ACTIONS",
    "PASS_ROLE",
    "RUNNERS",
    "RUNS_AS",
    "RUNS_AS_SERVICE_ROLE",
    "STARTS",
    "UNRESOLVED",
    "ActionSet",
    "Compression",
    "Condition",
    "Denials",
    "DocumentError",
    "Effect",
    "Effective",
    "Expansion",
    "ForeignGrant",
    "KnownNames",
    "NameFault",
    "Origin",
    "Piece",
    "Policy",
    "Request",
    "RunsAs",
    "RunsAsServiceRole",
    "Statement",
    "TooMuchWorkError",
    "actions_accepting",
    "actions_matching",
    "allow_items",
    "allowed_actions",
    "arns_may_overlap",
    "compress",
    "compression",
    "counts_in",
    "covers",
    "decide",
    "denied_actions",
    "effective",
    "evaluate",
    "example",
    "expand",
    "expansion",
    "fault_of_name",
    "foreign_actions",
    "foreign_grants",
    "forget",
    "intersect",
    "is_documented",
    "is_open",
    "judge_name",
    "known_names",
    "matches",
    "may_overlap",
    "names_of",
    "parse_document",
    "parse_statement",
    "remembered",
    "scope_of",
    "scp_level",
    "spend",
    "subtract",
    "tables",
    "types_of",
    "undecided_denies",
    "within",
    "without_variables",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "action_names": ("KnownNames", "NameFault", "fault_of_name", "judge_name", "known_names"),
        "action_sets": (
            "NO_ACTIONS",
            "ActionSet",
            "Expansion",
            "actions_accepting",
            "actions_matching",
            "allowed_actions",
            "denied_actions",
            "expand",
            "expansion",
            "names_of",
            "tables",
            "types_of",
        ),
        "conditions": ("evaluate",),
        "decision": (
            "Request",
            "decide",
        ),
        "documents": (
            "DocumentError",
            "parse_document",
            "parse_statement",
        ),
        "effective_permissions": (
            "Effective",
            "effective",
        ),
        "model": (
            "UNRESOLVED",
            "Condition",
            "Effect",
            "Origin",
            "Policy",
            "Statement",
        ),
        "organization": ("scp_level", "undecided_denies"),
        "other_services": (
            "ASSUME_ROLE",
            "CHAIN_ACTIONS",
            "CREATE_API_KEY",
            "ESCALATIONS",
            "PASS_ROLE",
            "RUNNERS",
            "ForeignGrant",
            "foreign_actions",
            "foreign_grants",
        ),
        "patterns": (
            "arns_may_overlap",
            "counts_in",
            "covers",
            "example",
            "intersect",
            "is_documented",
            "is_open",
            "matches",
            "may_overlap",
            "without_variables",
        ),
        "remainder": (
            "Denials",
            "Piece",
            "allow_items",
            "subtract",
        ),
        "runs_as": ("RUNS_AS", "RUNS_AS_SERVICE_ROLE", "STARTS", "RunsAs", "RunsAsServiceRole"),
        "scope": ("scope_of",),
        "shortest_patterns": (
            "Compression",
            "compress",
            "compression",
        ),
        "work": ("TooMuchWorkError", "forget", "remembered", "spend", "within"),
    },
)
