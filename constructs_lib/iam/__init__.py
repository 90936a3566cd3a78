"""IAM's semantics, exact for Amazon Bedrock: documents, patterns, permissions, decisions. Pure Python."""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.iam._left import Piece
    from constructs_lib.iam._reduce import Denials, allow_items, subtract
    from constructs_lib.iam._tables import (
        Expansion,
        action_mask,
        allowed_actions,
        denied_actions,
        expand,
        expansion,
        names_of,
        reach,
        tables,
        types_of,
    )
    from constructs_lib.iam.decision import Request, decide
    from constructs_lib.iam.documents import DocumentError, parse_document, parse_statement
    from constructs_lib.iam.effective_permissions import Effective, effective
    from constructs_lib.iam.matching import (
        arns_may_overlap,
        counts,
        covers,
        example,
        intersect,
        is_documented,
        is_open,
        matches,
        may_overlap,
    )
    from constructs_lib.iam.model import UNRESOLVED, Condition, Effect, Origin, Policy, Statement
    from constructs_lib.iam.other_services import (
        ASSUME_ROLE,
        CREATE_API_KEY,
        ESCALATIONS,
        PASS_ROLE,
        RUNNERS,
        UPDATE_CODE,
        Outside,
        named_actions,
        outside,
    )
    from constructs_lib.iam.scope import scope_of
    from constructs_lib.iam.shortest_patterns import Compression, compress, compression

__all__ = [
    "ASSUME_ROLE",
    "CREATE_API_KEY",
    "ESCALATIONS",
    "PASS_ROLE",
    "RUNNERS",
    "UNRESOLVED",
    "UPDATE_CODE",
    "Compression",
    "Condition",
    "Denials",
    "DocumentError",
    "Effect",
    "Effective",
    "Expansion",
    "Origin",
    "Outside",
    "Piece",
    "Policy",
    "Request",
    "Statement",
    "action_mask",
    "allow_items",
    "allowed_actions",
    "arns_may_overlap",
    "compress",
    "compression",
    "counts",
    "covers",
    "decide",
    "denied_actions",
    "effective",
    "example",
    "expand",
    "expansion",
    "intersect",
    "is_documented",
    "is_open",
    "matches",
    "may_overlap",
    "named_actions",
    "names_of",
    "outside",
    "parse_document",
    "parse_statement",
    "reach",
    "scope_of",
    "subtract",
    "tables",
    "types_of",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "_left": ("Piece",),
        "_reduce": (
            "Denials",
            "allow_items",
            "subtract",
        ),
        "_tables": (
            "Expansion",
            "action_mask",
            "allowed_actions",
            "denied_actions",
            "expand",
            "expansion",
            "names_of",
            "reach",
            "tables",
            "types_of",
        ),
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
        "matching": (
            "arns_may_overlap",
            "counts",
            "covers",
            "example",
            "intersect",
            "is_documented",
            "is_open",
            "matches",
            "may_overlap",
        ),
        "model": (
            "Condition",
            "Effect",
            "Origin",
            "Policy",
            "Statement",
            "UNRESOLVED",
        ),
        "other_services": (
            "ASSUME_ROLE",
            "CREATE_API_KEY",
            "ESCALATIONS",
            "Outside",
            "PASS_ROLE",
            "RUNNERS",
            "UPDATE_CODE",
            "named_actions",
            "outside",
        ),
        "scope": ("scope_of",),
        "shortest_patterns": ("Compression", "compress", "compression"),
    },
)
