"""The grants table: what each verb of this library needs in IAM, as data.

The constructs, the docs and the review read this one table. A verb is a list of parts; a part is named
actions on one kind of target. Nothing here knows the CDK: ``statements`` turns a verb and the ARNs of its
targets into plain statements, and CDK tokens pass through as ordinary strings. Names load on first use.
"""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.catalogue.verbs._data_automation import (
        data_automation_targets,
    )
    from constructs_lib.catalogue.verbs._guardrail_profiles import (
        guardrail_profile_regions,
        guardrail_profile_sources,
    )
    from constructs_lib.catalogue.verbs._not_granted import NOT_GRANTED
    from constructs_lib.catalogue.verbs._reads import CONTROL_READS
    from constructs_lib.catalogue.verbs._table import inner_call_actions, statements, verb, verbs
    from constructs_lib.catalogue.verbs._targets import model_targets
    from constructs_lib.catalogue.verbs._types import GrantPart, GrantStatement, GrantVerb, Target, When

__all__ = [
    "CONTROL_READS",
    "NOT_GRANTED",
    "GrantPart",
    "GrantStatement",
    "GrantVerb",
    "Target",
    "When",
    "data_automation_targets",
    "guardrail_profile_regions",
    "guardrail_profile_sources",
    "inner_call_actions",
    "model_targets",
    "statements",
    "verb",
    "verbs",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "_data_automation": ("data_automation_targets",),
        "_guardrail_profiles": ("guardrail_profile_regions", "guardrail_profile_sources"),
        "_not_granted": ("NOT_GRANTED",),
        "_reads": ("CONTROL_READS",),
        "_table": ("inner_call_actions", "statements", "verb", "verbs"),
        "_targets": ("model_targets",),
        "_types": ("GrantPart", "GrantStatement", "GrantVerb", "Target", "When"),
    },
)
