"""For each fault of the peers: the tests that show ours right, and which faults the recorded peers show."""

from __future__ import annotations

import ast
import json

import pytest

from tests.source import ROOT

TESTS = ROOT / "tests"
EXPECTED = json.loads((TESTS / "peers" / "expected.json").read_text("utf-8"))
CONTROL, GRANTS = "control_plane/", "grants/test_grants.py::"

# By number: the fault, and the tests of ours.
FAULTS: dict[int, tuple[str, tuple[str, ...]]] = {
    1: (
        "a grant to invoke has a wildcard and a control read; one of a prompt reads and does not render",
        (
            f"{GRANTS}test_a_grant_is_exact",
            f"{GRANTS}test_no_argument_makes_a_grant_emit_a_wildcard_or_a_control_action",
            f"{CONTROL}test_prompt.py::test_callers_are_granted_the_version_and_the_key",
        ),
    ),
    2: (
        "a cross-Region grant opens the model around the profile, or forgets the models or the stream",
        (
            f"{CONTROL}test_model_resources.py::test_a_grant_opens_the_profile_and_its_models_through_it_only",
            f"{CONTROL}test_model_resources.py::test_the_facade_gives_what_the_construct_gives",
            f"{CONTROL}test_agent.py::test_a_profile_gives_its_models_only_through_the_profile",
            f"{GRANTS}test_streaming_stands_beside_the_plain_action_or_nowhere",
        ),
    ),
    3: (
        "RetrieveAndGenerate is granted on the knowledge base",
        (
            f"{GRANTS}test_a_grant_is_exact",
            f"{GRANTS}test_every_pair_that_is_emitted_is_one_of_the_reference",
        ),
    ),
    4: (
        "InvokeAgent is granted on the agent",
        (f"{CONTROL}test_agent.py::test_the_permission_to_call_is_on_the_alias",),
    ),
    5: (
        "the service role of a knowledge base keeps control writes",
        (
            f"{CONTROL}test_knowledge_base.py::test_the_service_role_embeds_and_handles_vectors_and_nothing_else",
            (
                f"{CONTROL}test_knowledge_base_types.py::"
                "test_a_type_and_store_make_exactly_this_and_its_role_stays_on_the_data_plane"
            ),
        ),
    ),
    6: (
        "old versions are deleted with each new one, or a version never changes",
        (
            f"{CONTROL}test_guardrail.py::test_a_change_of_content_makes_a_new_version",
            f"{CONTROL}test_guardrail.py::test_references_follow_the_version_and_the_old_one_is_kept",
            f"{CONTROL}test_prompt.py::test_a_change_of_content_makes_a_new_version_and_nothing_else_does",
            f"{CONTROL}test_prompt.py::test_a_version_is_kept_and_has_no_tags_of_the_stack",
            f"{CONTROL}test_flow.py::test_a_change_of_content_makes_a_new_version",
        ),
    ),
    7: (
        "a key is given to a resource and to nobody who uses it",
        (
            (
                f"{CONTROL}test_guardrail_filters.py::"
                "test_callers_are_granted_the_profile_the_key_and_the_reasoning_policies"
            ),
            f"{CONTROL}test_agent.py::test_a_key_is_opened_to_the_role_and_to_who_calls_the_agent",
            f"{CONTROL}test_prompt.py::test_the_key_lets_bedrock_use_it_for_prompts_of_this_account",
        ),
    ),
    8: (
        "a second statement of a trust has no conditions",
        (
            f"{CONTROL}test_knowledge_base.py::test_the_trust_is_for_this_accounts_knowledge_bases_only",
            (
                f"{CONTROL}test_harness.py::"
                "test_the_role_trusts_agentcore_for_this_account_only_and_is_an_app_role"
            ),
        ),
    ),
    9: (
        "an agent is created before its role may do anything",
        (
            f"{CONTROL}test_agent.py::test_the_permissions_are_part_of_the_role_that_the_agent_waits_for",
            f"{CONTROL}test_harness.py::test_the_policy_of_the_role_comes_before_the_harness",
            f"{CONTROL}data_source/test_golden.py::test_the_permissions_exist_before_the_data_source",
        ),
    ),
    10: (
        "actions that don't exist",
        (f"{GRANTS}test_every_pair_that_is_emitted_is_one_of_the_reference",),
    ),
    11: (
        "a replacement collides with the name of what it replaces",
        (
            (
                f"{CONTROL}test_knowledge_base_names.py::"
                "test_what_replaces_the_knowledge_base_renames_it_and_its_policy"
            ),
            (
                f"{CONTROL}data_source/test_data_source.py::"
                "test_a_generated_name_changes_with_what_replaces_the_data_source"
            ),
            (
                f"{CONTROL}test_model_resources.py::"
                "test_what_replaces_a_profile_has_another_name_and_a_tag_does_not"
            ),
        ),
    ),
}


@pytest.mark.parametrize("number", FAULTS)
def test_a_test_shows_ours_right(number: int) -> None:
    for name in FAULTS[number][1]:
        file, _, function = name.partition("::")
        tree = ast.parse((TESTS / file).read_text("utf-8"))
        assert function in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}, name


def test_every_fault_that_a_peer_is_recorded_with_is_in_the_table() -> None:
    # The others of a peer's faults are not in its template's policies, or are AgentCore's and have no number.
    found = [fault.partition(":")[0] for peer in EXPECTED.values() for fault in peer["faults"]]
    assert {int(number) for number in found if number.isdigit()} == {1, 2, 3, 4, 5, 8, 10}
    assert list(FAULTS) == list(range(1, 12))
