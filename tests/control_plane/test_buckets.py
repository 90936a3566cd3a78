"""Buckets of any library: props take the CDK's references, and an L1 gives what its L2 gives."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager

import constructs_lib
from constructs_lib import (
    AppRole,
    BedrockTrail,
    ConnectorAuth,
    DocumentSource,
    Flow,
    FlowDefinitionObject,
    Harness,
    HarnessSkill,
    InvocationLogging,
    Job,
    JobRole,
    KnowledgeBase,
    KnowledgeBaseType,
    ManagedSource,
    PlanesError,
    Prompt,
    PromptVariant,
    Transformation,
)
from constructs_lib.cdk_support import bucket_key_of, key_arn_of
from tests.cdk import ACCOUNT, REGION, Stack, resources, template
from tests.control_plane.prop_cases import NOVA

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "acme-docs"
KEY_ID = "12345678-1234-1234-1234-123456789012"
KEY_ARN = f"arn:aws:kms:us-east-1:111122223333:key/{KEY_ID}"
KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
_Cfn = s3.CfnBucket


def _vector(s: cdk.Stack, **props: Any) -> KnowledgeBase:
    return KnowledgeBase(s, "B", type=KnowledgeBaseType.vector(**props))


def _managed(s: cdk.Stack, **props: Any) -> KnowledgeBase:
    return KnowledgeBase(s, "B", type=KnowledgeBaseType.managed(**props))


def _sharepoint(s: cdk.Stack, bucket: Any) -> ManagedSource:
    auth = ConnectorAuth.app_only(
        secretsmanager.Secret.from_secret_name_v2(s, "Secret", "sharepoint"),
        certificate_bucket=bucket,
        certificate_key="certs/app.p12",
    )
    return ManagedSource.sharepoint(["https://acme.sharepoint.com/sites/one"], tenant_id=KEY_ID, auth=auth)


def _grants(s: cdk.Stack) -> Any:
    return AppRole(s, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")).grants


def _data_automation(s: cdk.Stack, bucket: Any) -> None:
    _grants(s).data_automation_async("p123", input=bucket, output=bucket)


# By the function, all parameters that take a bucket at once.
TAKE_A_BUCKET: dict[str, Callable[[cdk.Stack, Any], object]] = {
    "AutomationGrants.data_automation": lambda s, b: _grants(s).data_automation("p123", files=b),
    "AutomationGrants.data_automation_async": _data_automation,
    "ConnectorAuth.app_only": lambda s, b: _managed(s).add_data_source("D", _sharepoint(s, b)),
    "DocumentSource.s3": lambda s, b: _vector(s).add_data_source("D", DocumentSource.s3(b, prefix="a/")),
    "FlowDefinitionObject.__init__": lambda s, b: Flow(
        s,
        "F",
        definition=FlowDefinitionObject(bucket=b, key="flow.json"),
        role=iam.Role.from_role_arn(s, "Role", f"arn:aws:iam::{ACCOUNT}:role/flow"),
    ),
    "HarnessSkill.s3": lambda s, b: Harness(s, "H", model=NOVA, skills=[HarnessSkill.s3(b, "skills/")]),
    "InvocationLogging.__init__": lambda s, b: InvocationLogging(s, "L", bucket=b),
    "Job.batch_inference": lambda s, b: JobRole(
        s, "J", job=Job.batch_inference(model=NOVA, input_bucket=b, output_bucket=b, input_prefix="in/")
    ),
    "Job.customization": lambda s, b: JobRole(
        s,
        "J",
        job=Job.customization(base_model=NOVA, training_bucket=b, output_bucket=b, validation=(b, "v/")),
    ),
    "Job.evaluation": lambda s, b: JobRole(
        s, "J", job=Job.evaluation(models=[NOVA], dataset_bucket=b, output_bucket=b)
    ),
    "Job.model_import": lambda s, b: JobRole(s, "J", job=Job.model_import(bucket=b)),
    "KnowledgeBaseType.managed": lambda s, b: _managed(
        s, embedding_model="amazon.nova-2-multimodal-embeddings-v1:0", multimodal_storage=b
    ),
    "KnowledgeBaseType.vector": lambda s, b: _vector(s, multimodal_storage=b),
    "ManagedSource.s3": lambda s, b: _managed(s).add_data_source("D", ManagedSource.s3(b)),
    "ModelGrants.invoke_async": lambda s, b: _grants(s).invoke_async(NOVA, output=b),
    "PromptVariant.text_from_s3": lambda s, b: Prompt(
        s, "P", variants=[PromptVariant.text_from_s3("a", bucket=b, key="prompt.txt")]
    ),
    "Transformation.function": lambda s, b: _vector(s).add_data_source(
        "D",
        DocumentSource.s3(b),
        transformation=Transformation.function(
            lambda_.Function.from_function_name(s, "Function", "split"), bucket=b
        ),
    ),
}
# They go into the CDK's own construct for a trail, which takes nothing else.
EXCEPT = {"BedrockTrail.__init__"}


def _l2(s: cdk.Stack) -> s3.Bucket:
    key = kms.Key(s, "KeyL2")
    bucket = s3.Bucket(s, "Bucket", encryption_key=key)
    for construct, name in ((key, "Key"), (bucket, "Bucket")):
        resource = construct.node.default_child
        assert isinstance(resource, cdk.CfnResource)
        resource.override_logical_id(name)
    return bucket


def _l1(s: cdk.Stack, key: str | None = None) -> s3.CfnBucket:
    if key is None:
        made = kms.CfnKey(s, "KeyL1", key_policy=KEY_POLICY)
        made.override_logical_id("Key")
        key = made.attr_arn
    bucket = _Cfn(s, "Bucket", bucket_encryption=_encrypted(key))
    bucket.override_logical_id("Bucket")
    return bucket


def _encrypted(key: Any, **props: Any) -> s3.CfnBucket.BucketEncryptionProperty:
    by_default = _Cfn.ServerSideEncryptionByDefaultProperty(sse_algorithm="aws:kms", kms_master_key_id=key)
    rule = _Cfn.ServerSideEncryptionRuleProperty(server_side_encryption_by_default=by_default, **props)
    return _Cfn.BucketEncryptionProperty(server_side_encryption_configuration=[rule])


def _made(name: str, make: Callable[[cdk.Stack], Any]) -> Any:
    """Return the resources beside the bucket; of the key the statements that were added to its policy."""
    stack = Stack()
    TAKE_A_BUCKET[name](stack, make(stack))
    made = template(stack)
    found = dict(made["Resources"])
    del found["Bucket"]
    found["Key"] = found["Key"]["Properties"]["KeyPolicy"]["Statement"][1:]
    text = json.dumps(found, sort_keys=True)
    for policy in resources(made, "AWS::S3::BucketPolicy"):
        text = text.replace(policy, "BucketPolicy")
    return json.loads(text)


@pytest.mark.parametrize("name", TAKE_A_BUCKET)
def test_an_l1_gives_what_its_l2_gives_with_its_key(name: str) -> None:
    assert _made(name, _l1) == _made(name, _l2)


@pytest.mark.parametrize("name", TAKE_A_BUCKET)
def test_an_imported_bucket_is_taken(name: str) -> None:
    stack = Stack()
    TAKE_A_BUCKET[name](stack, s3.Bucket.from_bucket_name(stack, "Bucket", NAME))
    assert NAME in str(template(stack)["Resources"])


@pytest.mark.parametrize("name", TAKE_A_BUCKET)
def test_what_is_no_bucket_is_refused(name: str) -> None:
    stack = Stack()
    with pytest.raises(PlanesError, match=r"pass (a text or )?a bucket such as `s3\.Bucket`"):
        TAKE_A_BUCKET[name](stack, kms.Key(stack, "Key"))


def test_what_takes_no_l1_says_how_to_pass_it() -> None:
    stack = Stack()
    bucket = _Cfn(stack, "Bucket")
    with pytest.raises(PlanesError) as raised:
        BedrockTrail(stack, "T", bucket=cast("Any", bucket))
    assert str(raised.value) == (
        "`bucket` has a value of the type `CfnBucket`: pass a bucket such as `s3.Bucket`, here "
        "`s3.Bucket.from_cfn_bucket(bucket)`"
    )
    BedrockTrail(stack, "Trail", bucket=s3.Bucket.from_cfn_bucket(bucket))
    [trail] = resources(template(stack), "AWS::CloudTrail::Trail").values()
    assert trail["Properties"]["S3BucketName"] == {"Ref": "Bucket"}


def _takers() -> dict[str, list[str]]:
    """Return the annotations of parameters for buckets, by the public function."""
    found: dict[str, list[str]] = {}
    for public in sorted(constructs_lib.__all__):
        cls = getattr(constructs_lib, public)
        for base in cls.__mro__ if inspect.isclass(cls) else ():
            if not base.__module__.startswith("constructs_lib."):
                continue
            for name, member in vars(base).items():
                function = inspect.unwrap(getattr(member, "__func__", member))
                if not inspect.isfunction(function) or (name.startswith("_") and name != "__init__"):
                    continue
                parameters = inspect.signature(function).parameters.values()
                if buckets := [p.annotation for p in parameters if "IBucket" in str(p.annotation)]:
                    found[f"{base.__name__}.{name}"] = buckets
    return found


def test_every_public_parameter_for_a_bucket_takes_a_reference() -> None:
    takers = _takers()
    # The one that takes other places for logs too.
    assert takers.keys() - {"KnowledgeBase.__init__", "KnowledgeBase.add_log_delivery"} - EXCEPT == {
        *TAKE_A_BUCKET,
        # Values that the factories make.
        "DocumentSource.__init__",
        "Job.__init__",
        "ManagedSource.__init__",
    }
    for name in takers.keys() - EXCEPT:
        assert not [one for one in takers[name] if "s3.IBucket" in one], name


def _key_of(stack: cdk.Stack, key: str | None, **props: Any) -> Any:
    return stack.resolve(
        key_arn_of(bucket_key_of(_Cfn(stack, "B", bucket_encryption=_encrypted(key, **props))))
    )


NAMED: dict[str, tuple[Callable[[cdk.Stack], str | None], object]] = {
    "the ARN of a key": (lambda s: kms.Key(s, "K").key_arn, {"Fn::GetAtt": ["K485CC42E", "Arn"]}),
    "the id of a key": (lambda s: _cfn_key(s).ref, {"Fn::GetAtt": ["K", "Arn"]}),
    "an alias": (lambda s: _cfn_alias(s).ref, {"Fn::GetAtt": ["K", "Arn"]}),
    "an ARN": (lambda _: KEY_ARN, KEY_ARN),
    "an ARN of this account": (
        lambda s: f"arn:aws:kms:{s.region}:{cdk.Aws.ACCOUNT_ID}:key/{KEY_ID}",
        {"Fn::Join": ["", [f"arn:aws:kms:{REGION}:", {"Ref": "AWS::AccountId"}, f":key/{KEY_ID}"]]},
    ),
    "an id": (
        lambda _: KEY_ID,
        {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":kms:{REGION}:{ACCOUNT}:key/{KEY_ID}"]]},
    ),
    "AWS's own": (lambda _: None, None),
    "AWS's own by name": (lambda _: "alias/aws/s3", None),
    "AWS's own by ARN": (lambda _: f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/aws/s3", None),
}


def _cfn_key(s: cdk.Stack) -> kms.CfnKey:
    return kms.CfnKey(s, "K", key_policy=KEY_POLICY)


def _cfn_alias(s: cdk.Stack) -> kms.CfnAlias:
    return kms.CfnAlias(s, "A", alias_name="alias/acme", target_key_id=_cfn_key(s).ref)


@pytest.mark.parametrize("how", NAMED)
def test_the_key_of_an_l1_is_known_however_it_is_named(how: str) -> None:
    stack = Stack()
    name, wanted = NAMED[how]
    assert _key_of(stack, name(stack)) == wanted


UNKNOWN: dict[str, Callable[[cdk.Stack], Any]] = {
    "an alias of elsewhere": lambda _: "alias/acme",
    "a parameter": lambda s: cdk.CfnParameter(s, "P").value_as_string,
    "an import": lambda _: cdk.Fn.import_value("key"),
}


@pytest.mark.parametrize("how", UNKNOWN)
def test_a_key_of_an_l1_that_has_no_known_arn_is_refused_and_not_left_out(how: str) -> None:
    stack = Stack()
    bucket = _Cfn(stack, "B", bucket_encryption=_encrypted(UNKNOWN[how](stack)))
    with pytest.raises(PlanesError) as raised:
        JobRole(stack, "J", job=Job.model_import(bucket=bucket))
    assert "the bucket `S/B` names its key " in str(raised.value)
    assert "pass `s3.Bucket.from_bucket_attributes(...)` with `encryption_key`" in str(raised.value)
    taken = s3.Bucket.from_bucket_attributes(
        stack, "Known", bucket_arn=bucket.attr_arn, encryption_key=kms.Key.from_key_arn(stack, "K", KEY_ARN)
    )
    JobRole(stack, "J2", job=Job.model_import(bucket=taken))
    assert KEY_ARN in str(template(stack))


def test_an_encryption_that_only_the_deployment_knows_is_refused() -> None:
    stack = Stack()
    chosen = cdk.Fn.condition_if("C", cdk.Aws.NO_VALUE, cdk.Aws.NO_VALUE)
    for encryption in (
        chosen,
        _Cfn.BucketEncryptionProperty(server_side_encryption_configuration=chosen),
        _Cfn.BucketEncryptionProperty(server_side_encryption_configuration=[chosen]),
    ):
        bucket = _Cfn(stack, f"B{len(stack.node.children)}", bucket_encryption=encryption)
        with pytest.raises(PlanesError, match="in a value that only the deployment knows"):
            bucket_key_of(bucket)


def test_a_data_source_with_its_own_key_needs_none_of_its_bucket() -> None:
    stack = Stack()
    bucket = _Cfn(stack, "Bucket", bucket_encryption=_encrypted("alias/acme"))
    source = DocumentSource.s3(bucket, encryption_key=kms.Key.from_key_arn(stack, "K", KEY_ARN))
    _vector(stack).add_data_source("D", source)
    assert KEY_ARN in str(template(stack))


def test_the_policy_that_an_l1_has_is_extended_and_stays_the_only_one() -> None:
    """A bucket has one policy; a second one would replace it."""
    stack = Stack()
    bucket = _Cfn(stack, "Bucket")
    own = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": bucket.attr_arn}
    document = {"Version": "2012-10-17", "Statement": [own]}
    s3.CfnBucketPolicy(stack, "Own", bucket=bucket.ref, policy_document=document)
    InvocationLogging(stack, "L", bucket=bucket)
    made = template(stack)
    [policy] = resources(made, "AWS::S3::BucketPolicy").values()
    assert [one.get("Sid") for one in policy["Properties"]["PolicyDocument"]["Statement"]] == [
        None,
        "AmazonBedrockLogsWrite",
    ]
    [setting] = resources(made, "Custom::BedrockInvocationLogging").values()
    assert setting["Properties"]["IsUnique"] == "true"
    assert "Own" in setting["DependsOn"]


def test_the_owner_of_a_key_given_to_an_l1_by_its_arn_is_asked() -> None:
    stack = Stack()
    InvocationLogging(stack, "L", bucket=_l1(stack, KEY_ARN))
    [warning] = [
        entry.data for entry in stack.node.find_child("L").node.metadata if entry.type == "aws:cdk:warning"
    ]
    assert f"the policy of the key `{KEY_ARN}` is not of this app" in warning
    assert '"kms:GenerateDataKey"' in warning
