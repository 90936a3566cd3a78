"""The grants table: what each verb of ours needs in IAM, as data.

The constructs, the docs and the review read this one table. A verb is a list of parts; a part is named
actions on one kind of target. Nothing here knows the CDK: :func:`statements` turns a verb and the ARNs of
its targets into plain statements, and tokens pass through as the texts that they are.
"""

from constructs_lib.catalogue.verbs._model import GrantPart, GrantStatement, GrantVerb, Target, When
from constructs_lib.catalogue.verbs._models import model_targets
from constructs_lib.catalogue.verbs._profiles import data_automation_regions, data_automation_targets
from constructs_lib.catalogue.verbs._statements import statements
from constructs_lib.catalogue.verbs._table import inner_call_actions, verb, verbs

__all__ = [
    "GrantPart",
    "GrantStatement",
    "GrantVerb",
    "Target",
    "When",
    "data_automation_regions",
    "data_automation_targets",
    "inner_call_actions",
    "model_targets",
    "statements",
    "verb",
    "verbs",
]
