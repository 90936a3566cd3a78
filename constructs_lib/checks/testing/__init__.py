"""Assertions for pytest, and a permission matrix for snapshots.

    from constructs_lib.checks.testing import assert_planes_disjoint, permission_matrix

    def test_the_planes_are_apart(snapshot):
        template = Template.from_stack(MyStack(App(), "My"))
        assert_planes_disjoint(template)
        assert permission_matrix(template) == snapshot

Each takes a ``Template``, a stack, an app or stage, or the path of anything that the command line reads. A
stack is reviewed together with the other stacks of its app, so that what they attach to its roles counts.
"""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.checks.testing.assertions import assert_denied, assert_planes_disjoint, assert_verdict
    from constructs_lib.checks.testing.matrix import permission_matrix

__all__ = ["assert_denied", "assert_planes_disjoint", "assert_verdict", "permission_matrix"]

__getattr__, __dir__ = exports(
    __name__,
    {
        "assertions": ("assert_denied", "assert_planes_disjoint", "assert_verdict"),
        "matrix": ("permission_matrix",),
    },
)
