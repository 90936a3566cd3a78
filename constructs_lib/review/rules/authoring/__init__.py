"""What a rule is written with: one import for the authors of rules.

A rule is one module in ``constructs_lib/review/rules`` and its cases in ``cases/<id>.json``. The module has a
docstring with the headings of :data:`SECTIONS`, a :class:`Rule` named ``RULE``, and a ``check`` that yields
findings. Here is what a check uses, by question:

- What is the rule, and what does it report? :class:`Rule` with :meth:`Rule.finding` and :class:`Fix`, which
  :func:`corrected` and :func:`named_arns` make of a statement;
  :func:`who`, :func:`listing`, :func:`shown`, :func:`origins`, :func:`patterns_giving` and
  :func:`patterns_naming` for its texts, places and keys.
- What may the principal do? :class:`Facts` with :class:`Held`; :func:`admitted_by` for a boundary;
  :func:`action_sets` and :func:`split_by_plane` for sets of actions; :func:`bedrock_services` for trust
  policies.
- What else is in the run? :class:`Run` with :class:`Node`, and :class:`Graph` with :class:`Walk` and
  :class:`Step` for who can become whom; :func:`allows_assuming` for trust policies.
- On which resources? :func:`wide_statements`, :func:`is_type_wide`, :func:`remaining_patterns`, and
  :func:`limits_request`, :func:`why_unlimited`, :func:`passes_named_values_only`, :func:`has_key` for
  conditions.
- Which models and profiles? :func:`held_profiles`, :func:`model_of_profile`, :func:`allows_model`,
  :func:`cannot_stream`, :func:`takes_no_guardrail`; whether calls of a profile can work:
  :func:`profile_calls`.
- Can the ARN, the condition or the statement work at all? :func:`arn_fault`, :func:`condition_fault`,
  :func:`contradictions`, :func:`inert_statements`.
- Which resources do IAM's own actions accept? :func:`accepted_by`, :func:`accepted_resources`,
  :func:`example_resource`.
- Which policy does a resource carry? :func:`policy_of`, :func:`carries_policy`.
- Which statements are there, in policies of every kind? :func:`every_statement`; which names does one write?
  :func:`names_in`, :func:`statements_with_faulty_names`.
- Which request proves it? :func:`witness_for`.
"""

from __future__ import annotations

from constructs_lib.review.chains import Graph, Node, Step, Walk, allows_assuming
from constructs_lib.review.facts import Facts, Held, admitted_by, has_key
from constructs_lib.review.kinds import bedrock_services
from constructs_lib.review.model import Finding, Fix, Severity, Witness
from constructs_lib.review.planes import action_sets, split_by_plane
from constructs_lib.review.rules.authoring.arns import ArnFault, arn_fault
from constructs_lib.review.rules.authoring.conditions import (
    ConditionFault,
    condition_fault,
    contradictions,
)
from constructs_lib.review.rules.authoring.corrections import corrected, named_arns
from constructs_lib.review.rules.authoring.documents import (
    WrittenStatement,
    carries_policy,
    every_statement,
    statements_with_faulty_names,
)
from constructs_lib.review.rules.authoring.iam_actions import (
    accepted_by,
    accepted_resources,
    example_resource,
)
from constructs_lib.review.rules.authoring.models import (
    INVOKE,
    STREAM,
    allows_model,
    cannot_stream,
    held_profiles,
    model_of_profile,
    resource_part,
    takes_no_guardrail,
)
from constructs_lib.review.rules.authoring.profiles import (
    ProfileCall,
    ProfileGap,
    conditional_denies,
    profile_calls,
)
from constructs_lib.review.rules.authoring.records import (
    SECTIONS,
    Rule,
    Run,
    origins,
    patterns_giving,
    who,
)
from constructs_lib.review.rules.authoring.scopes import (
    WideStatement,
    is_type_wide,
    limits_request,
    passes_named_values_only,
    remaining_patterns,
    why_unlimited,
    wide_statements,
)
from constructs_lib.review.rules.authoring.statements import (
    InertStatement,
    inert_statements,
    names_in,
    patterns_naming,
    policy_of,
)
from constructs_lib.review.rules.authoring.witnesses import witness_for
from constructs_lib.review.wording import listing, shown

__all__ = [
    "INVOKE",
    "SECTIONS",
    "STREAM",
    "ArnFault",
    "ConditionFault",
    "Facts",
    "Finding",
    "Fix",
    "Graph",
    "Held",
    "InertStatement",
    "Node",
    "ProfileCall",
    "ProfileGap",
    "Rule",
    "Run",
    "Severity",
    "Step",
    "Walk",
    "WideStatement",
    "Witness",
    "WrittenStatement",
    "accepted_by",
    "accepted_resources",
    "action_sets",
    "admitted_by",
    "allows_assuming",
    "allows_model",
    "arn_fault",
    "bedrock_services",
    "cannot_stream",
    "carries_policy",
    "condition_fault",
    "conditional_denies",
    "contradictions",
    "corrected",
    "every_statement",
    "example_resource",
    "has_key",
    "held_profiles",
    "inert_statements",
    "is_type_wide",
    "limits_request",
    "listing",
    "model_of_profile",
    "named_arns",
    "names_in",
    "origins",
    "passes_named_values_only",
    "patterns_giving",
    "patterns_naming",
    "policy_of",
    "profile_calls",
    "remaining_patterns",
    "resource_part",
    "shown",
    "split_by_plane",
    "statements_with_faulty_names",
    "takes_no_guardrail",
    "who",
    "why_unlimited",
    "wide_statements",
    "witness_for",
]
