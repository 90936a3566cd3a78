# ruff: noqa: E501 - a digest has 64 digits and stands beside its name
"""SHA-256 of the source of each private function of ministack that is replaced or leaned on here.

Recorded with `fingerprint` of `_guard` after reading the function; a new ministack means reading them again.
"""

__all__ = ["FINGERPRINTS", "MINISTACK_VERSION"]

MINISTACK_VERSION = "1.5.33"

FINGERPRINTS: dict[str, str] = {
    "ministack.app:_credential_failure": "7fadbdbb8772f7d1fab39a9ead0ca2bd17d83dab83d0c43e001efdda0ed07c49",
    "ministack.app:_dispatch_service_request": "532b4704a6c4be885a28baf721b1faedd7a8b97e5f2015a22256dab8d4dfb29c",
    "ministack.app:_maybe_record_cloudtrail": "9d52dbd4619d269a645f173ca378566c5649f61de06753d5f8d218704e745634",
    "ministack.app:_reset_all_state": "3806820b895c0fcf3707f1a7f1b55caeecafbcc31f8811f62e53757202e26189",
    "ministack.app:_routing_params": "ba4478e255b3d70e864aa0432da3025ffdf0863a339a719b060e03847f902b72",
    "ministack.core.iam_actions:access_denied_response": "93704ca254f701117d544c81dc516e67254341d2d3165a5dbab2d0ecfde6c100",
    "ministack.core.iam_actions:extract_iam_action": "1c5bf4bb749764064e33011846d9b5868fb47b04c51ec3ef1c701a377fefe180",
    "ministack.core.iam_actions:identity_denial_message": "7b82a89caee57372e7f5fdc2293af963bf5e6d11cc3914f64e106a7c01c72d33",
    "ministack.core.iam_evaluator:_gather_role_policies": "54484859fa357615d673391d168c5d70864c37a2986fdc3592f2651efc8ac4a7",
    "ministack.core.iam_evaluator:_permissions_boundary": "a41f1f3cd8e7c40921765cf37009577ddb85ec89baae18de2799c09f52e2a797",
    "ministack.core.iam_evaluator:_principal_matches": "0d63acabf2e9eb9c30d2062418f558bd2c00191cfac7b03ff81d2a0bfb523623",
    "ministack.core.iam_evaluator:_resolve_condition_key": "9a9e413f67ef0fcd6a078e618a486ae558bd8436920584a483794bf5218d6fb0",
    "ministack.core.iam_evaluator:_service_principal_matches": "989921ecb1c3d2a8f87ab99dcbc66d2e4a6f671a8e9bb715b21ce9870d54338b",
    "ministack.core.iam_evaluator:_session_policy_limits": "229dffb578932cd73e4701b545a2e08bd9089d4f0217d448573cb7dcb351e5c4",
    "ministack.core.iam_evaluator:authenticate": "c04cf87819a5be9e75e69b7ac6fb14916cc18e88f2153133a3107051354cb851",
    "ministack.core.iam_evaluator:check_credentials": "4f5e45f6a3dfdeedd1e7776c7dfc868f65672ef883c0ee57b1550dfd9c520128",
    "ministack.core.iam_evaluator:evaluate": "71e50e8a8d48db54a28a9fe238d9cc0f10dab16f60f4eeffcd5b73cc9dc1a94f",
    "ministack.core.iam_evaluator:evaluate_resource_policy": "e8cb17da8ae5f8cf9bd65ed94271754b3f463dd355dc8d28ded437ceddb10ab4",
    "ministack.core.iam_evaluator:parse_policy_document": "6f4f1bc67902d2be0f30fdc62024d8a44f53a35a067234dfd121aa3aee45ab5a",
    "ministack.core.iam_evaluator:pin_signed_request": "4cbdbb2066046b7c4572914a8e18c7dc7851d54fdf1e554dcbd89f7dbb69964d",
    "ministack.core.iam_evaluator:resolve_principal": "988be21fa9beed165a48193ba5c1e2c02589cc4f83d39f14aee38fcf49737ac6",
    "ministack.services.bedrock:_create_guardrail": "926f8a01ecb9b953b2b4dca03aefd96af4926a72de1d22d16d541837225d0eb1",
    "ministack.services.bedrock:_create_inference_profile": "b2ee9f1144ba66b25f955f7647dcbd20761b6463d613ea6dc4d1c0bdac07c9c6",
    "ministack.services.bedrock:_get_guardrail": "b878d345eb290690c7f1a7e2d879bac1e96d630b770958231cf737bc2e5cbaf4",
    "ministack.services.bedrock:_get_inference_profile": "3f19c7f90dea212e7b30987d8b2262783ed08cc41b580c28ce125c6f71c49a7e",
    "ministack.services.bedrock_agent:_create_agent_alias": "f6aba45296cc56e2bcc120cf204ad78e129812234a0a8611c7464d0d0daa6030",
    "ministack.services.bedrock_agent:_create_ds": "e1cd48fb6b96409841baf1c91e30753beff8b820fc9ce7284db92f93c1697e2b",
    "ministack.services.bedrock_agent:_create_kb": "0fb64f35772874b764fcd6d5179b6509650edec9004d1fcbb8e6b10e4e89253a",
    "ministack.services.bedrock_agent:_id": "ef302ea1da9ab161a747a78a2f4681b798d243b3af7eb1e112585bfa7a94c2a3",
    "ministack.services.bedrock_agent:_json": "1fccf383b14c48875e3fc87248998db17ae978450e1f2fc1a4a9a31598ef548b",
    "ministack.services.bedrock_agent:_metadata_attributes": "5fbfe67ce1a72c574aa1b14c7792d0e145fcfbf06372ebd49c97cc23867c35ac",
    "ministack.services.bedrock_agent:_now_iso": "15f9c63bfe2909b4f17dd8b420d5cd5621ca8922e8f6532c4c928353249ebe3a",
    "ministack.services.bedrock_agent_runtime:_es_encode_message": "e3adb5537e55dcad02b1d3b81a9a6f0d1c789f32e1303853ba8256bb0502af16",
    "ministack.services.bedrock_agent_runtime:_es_event": "ecf2a6967c842b79f4cd4c9db9ba682cbe135a6d37b3e720cc5a6e21dca7c78f",
    "ministack.services.bedrock_agent_runtime:_filter_matches": "e43899d6846d4a987a9efdcf4be4f3e8135018eb81aca939670dec5cf779fe49",
    "ministack.services.bedrock_runtime:_evaluate_guardrail": "f486091c0a8395d36d6ee8bbb1f973e38a8433e5244096cb1dfaacb321555a68",
    "ministack.services.bedrock_runtime:_resolve_guardrail": "3061aad609bc89b96608f43f260641fee7e6824aee54fb97181b01b10f56610c",
    "ministack.services.cloudformation.provisioners:_delete_resource": "7826b054e3900c1ae3fc806d93660638144cfb755a715241ff42e7a456954a26",
    "ministack.services.cloudformation.provisioners:_physical_name": "4e9fec9c00c7c1bc45313f696ff5f21fa8a8a280de1543c298ff1dabdcfbef58",
    "ministack.services.cloudformation.provisioners:_provision_resource": "0bf837d354ad1368d120d360717b9d3acc58bd399b66b7b5c075c162e9207d63",
    "ministack.services.cloudformation.stacks:_runs_on_worker_thread": "dfb97ed924da4df0735439a41c037bfeb5f43a813ffd939776466054eb28f9ca",
    "ministack.services.cloudtrail:_get_event_queue": "ae2e72136b38aac2cc853f76c757f057525ac76540e834ed168eb0af0cdce929",
    "ministack.services.ec2:_create_vpc_endpoint": "14d93d1a867877aeebd9336c1b90e50afacf80211d7100cd54f65310895ebb28",
    "ministack.services.ec2:_vpce_fields_xml": "dfa96a7df2430135322ad5a194cadcde73fb54e96b226f90d79be8d93d032c04",
    "ministack.services.organizations:_policy_document": "e8b168ecb047aa2b52a4f321269c395fd804b35e73e1c58cad84b1871337f45d",
    "ministack.services.s3:_get_object_data": "d34214e7efd1f4d4d8ba08511a53aa47a1ed9ee5e66ee218e7e824a7b779e1cb",
}
