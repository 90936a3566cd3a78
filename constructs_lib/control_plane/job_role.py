"""The service roles of Bedrock's jobs: batch inference, customization, import and evaluation of models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from constructs import Construct

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    bucket_arn_of,
    bucket_key_of,
    check_items,
    check_path,
    check_value,
    has_attribute,
    key_arn_of,
    service_role,
    with_explained_calls,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk.interfaces import aws_s3 as s3_refs

    from constructs_lib.grants import ModelLike

__all__ = ["Job", "JobRole"]

# By the kind of the job: the resource of its ARN, which the trust names.
_SOURCES = {
    "batch-inference": "model-invocation-job/*",
    "customization": "model-customization-job/*",
    "import": "model-import-job/*",
    "evaluation": "evaluation-job/*",
}


@with_explained_calls
@dataclass(frozen=True, slots=True)
class Job:
    """What a kind of job reads, writes and calls; made with one of the factories.

    Attributes:
        kind: ``batch-inference``, ``customization``, ``import`` or ``evaluation``.
        models: The models that it calls or starts from.
        reads: Buckets with the prefix that is read.
        writes: Buckets with the prefix that is written.

    """

    kind: str
    models: tuple[ModelLike, ...]
    reads: tuple[tuple[s3_refs.IBucketRef, str], ...]
    writes: tuple[tuple[s3_refs.IBucketRef, str], ...] = ()

    def __post_init__(self) -> None:
        """Check the kind and the prefixes."""
        if self.kind not in _SOURCES:
            raise PlanesError(f"`kind` has the value `{self.kind}`: use {', '.join(_SOURCES)}")
        for _, prefix in (*self.reads, *self.writes):
            check_value("prefix", prefix, "str")
            if "*" in prefix or "?" in prefix:
                raise PlanesError(
                    f"the prefix `{prefix}` has a wildcard: name the beginning of the keys alone"
                )

    @staticmethod
    def batch_inference(
        *,
        model: ModelLike,
        input_bucket: s3_refs.IBucketRef,
        output_bucket: s3_refs.IBucketRef,
        input_prefix: str = "",
        output_prefix: str = "",
    ) -> Job:
        """Return a job that runs many prompts of a file.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/batch-iam-sr.html

        Args:
            model: A foundation model, or a profile that AWS defines.
            input_bucket: The bucket with the prompts.
            output_bucket: The bucket that gets the answers.
            input_prefix: Of the objects with the prompts. Default: the whole bucket.
            output_prefix: Of the objects with the answers. Default: the whole bucket.
        """
        return Job(
            "batch-inference",
            (model,),
            ((_bucket("input_bucket", input_bucket), input_prefix),),
            ((_bucket("output_bucket", output_bucket), output_prefix),),
        )

    @staticmethod
    def customization(
        *,
        base_model: ModelLike,
        training_bucket: s3_refs.IBucketRef,
        output_bucket: s3_refs.IBucketRef,
        training_prefix: str = "",
        output_prefix: str = "",
        validation: tuple[s3_refs.IBucketRef, str] | None = None,
    ) -> Job:
        """Return a job that makes a custom model.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-iam-role.html

        Args:
            base_model: The foundation model.
            training_bucket: The bucket with the training data.
            output_bucket: The bucket that gets the metrics.
            training_prefix: Of the training data. Default: the whole bucket.
            output_prefix: Of the metrics. Default: the whole bucket.
            validation: The bucket and the prefix of the validation data. Default: none.
        """
        reads = [(_bucket("training_bucket", training_bucket), training_prefix)]
        if validation is not None:
            check_items("validation", [validation], (tuple, list), "a pair of a bucket and a prefix")
            if len(validation) != 2:
                raise PlanesError(
                    '`validation` is no pair: pass a bucket and a prefix, such as `(bucket, "v/")`'
                )
            reads.append((_bucket("validation", validation[0]), validation[1]))
        written = (_bucket("output_bucket", output_bucket), output_prefix)
        return Job("customization", (base_model,), tuple(reads), (written,))

    @staticmethod
    def model_import(*, bucket: s3_refs.IBucketRef, prefix: str = "") -> Job:
        """Return a job that imports the weights of a model.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-import-iam-role.html

        Args:
            bucket: The bucket with the model.
            prefix: Of the model's files. Default: the whole bucket.
        """
        return Job("import", (), ((_bucket("bucket", bucket), prefix),))

    @staticmethod
    def evaluation(
        *,
        models: Sequence[ModelLike],
        dataset_bucket: s3_refs.IBucketRef,
        output_bucket: s3_refs.IBucketRef,
        dataset_prefix: str = "",
        output_prefix: str = "",
    ) -> Job:
        """Return a job that evaluates models, with those that judge.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-evaluation-security-service-roles.html

        Args:
            models: The models that are evaluated and those that judge.
            dataset_bucket: The bucket with the prompts.
            output_bucket: The bucket that gets the results.
            dataset_prefix: Of the prompts. Default: the whole bucket.
            output_prefix: Of the results. Default: the whole bucket.
        """
        if isinstance(models, str) or not hasattr(models, "__iter__") or not models:
            raise PlanesError(f"`models` has the value `{models!r}`: pass a list with the models")
        return Job(
            "evaluation",
            tuple(models),
            ((_bucket("dataset_bucket", dataset_bucket), dataset_prefix),),
            ((_bucket("output_bucket", output_bucket), output_prefix),),
        )


@with_explained_calls
class JobRole(Construct):
    """The service role that Bedrock assumes for jobs of a kind, with exactly what they read, write and call.

    An operator starts the jobs: ``operator.grants.run_jobs(job_role)`` gives the actions of their kind, and
    to pass this role to Bedrock only.

    Args:
        job: What the jobs do, such as ``Job.batch_inference(...)``.
        role_path: The IAM path of the role; another one replaces it. The deploy role then needs it in its
            ``role_paths``. Default: ``/bedrock-planes/service/``.

    Attributes:
        job: What the jobs do.
        role: The role.
        role_arn: Its ARN, which starts of jobs name.

    Raises:
        PlanesError: A prop is wrong.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, job: Job, role_path: str | None = None
    ) -> None:
        if not isinstance(job, Job):
            raise PlanesError(
                f"`job` has a value of the type `{type(job).__name__}`: pass `Job.batch_inference(...)` or "
                "another of its factories"
            )
        check_path("role_path", role_path)
        super().__init__(scope, construct_id)
        self.job: Job = job
        self.role: iam.Role = service_role(
            self,
            "Role",
            source=_SOURCES[job.kind],
            description=f"Bedrock runs {job.kind} jobs with it",
            path=role_path,
            statements=[*_of_models(self, job), *_of_buckets(self, job)],
        )
        self.role_arn: str = self.role.role_arn


def _bucket(prop: str, value: Any) -> s3_refs.IBucketRef:
    if not has_attribute(value, "bucket_ref"):
        raise PlanesError(
            f"`{prop}` has a value of the type `{type(value).__name__}`: pass a bucket such as `s3.Bucket`, "
            "or `s3.Bucket.from_bucket_name(...)` for one that exists"
        )
    bucket: s3_refs.IBucketRef = value
    return bucket


def _of_models(scope: Construct, job: Job) -> list[dict[str, Any]]:
    """Return the calls: of all models of an evaluation, and of the profile of a batch.

    Bedrock runs a batch on a foundation model by itself; with a profile it asks for the role's permissions.
    """
    found: list[dict[str, Any]] = []
    if job.kind == "customization":
        # The job reads it for itself; a model that doesn't exist is refused all the same.
        _grants.model_arn(scope, job.models[0])
    for model in job.models if job.kind in {"batch-inference", "evaluation"} else ():
        targets = _grants.on_call(scope, model, verb="invoke")
        if job.kind == "evaluation" or len(targets["model"]) > 1:
            found += _grants.statement_json("invoke", targets, streaming=job.kind == "evaluation")
    return found


def _of_buckets(scope: Construct, job: Job) -> list[Mapping[str, Any]]:
    """Return the reads and writes; the account keeps the role from a stranger's bucket of the same name."""
    account = {"StringEquals": {"aws:ResourceAccount": cdk.Stack.of(scope).account}}
    found: list[Mapping[str, Any]] = []
    for places, actions in ((job.reads, ["s3:GetObject"]), (job.writes, ["s3:GetObject", "s3:PutObject"])):
        for bucket, prefix in places:
            listing: dict[str, Any] = dict(account)
            if prefix:
                listing["StringLike"] = {"s3:prefix": f"{prefix}*"}
            arn, key = bucket_arn_of(bucket), bucket_key_of(bucket)
            found += [
                _allow(["s3:ListBucket"], arn, listing),
                _allow(actions, f"{arn}/{prefix}*", account),
            ]
            if key is not None:
                keys = ["kms:Decrypt"] if places is job.reads else ["kms:Decrypt", "kms:GenerateDataKey"]
                found.append(_allow(keys, key_arn_of(key), None))
    return found


def _allow(actions: list[str], resource: str, condition: Mapping[str, Any] | None) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement
