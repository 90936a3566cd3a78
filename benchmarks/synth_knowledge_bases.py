"""Knowledge bases of this library beside the same resources as hand-written L1s: the time of a synthesis.

    JSII_NODE=.venv/bin/node .venv/bin/python -m benchmarks.synth_knowledge_bases [--pairs 15] [--number 100]

Pairs of both apps run in one process, which is warm before it measures, in turn each of them first. Shown is
the median of the pairs' ratios; a time is the CPU time of Python and Node together. The CDK's own validation
of the templates is off. Linux only.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import aws_cdk as cdk

__all__ = ["APPS", "LIMITS", "app", "measured", "ratio", "ratios", "seconds"]

LIMITS = {"alone": 2.5, "named": 1.2}
"""How often the time of hand-written L1s the same app may take: with generated names, and with given ones."""

_EMBEDDING = "amazon.titan-embed-text-v2:0"
_INDEX = "arn:aws:s3vectors:us-east-1:111122223333:bucket/vectors/index/documents"
_VECTORS = ["DeleteVectors", "GetIndex", "GetVectors", "PutVectors", "QueryVectors"]


def _alone(stack: cdk.Stack, number: int) -> None:
    from constructs_lib import KnowledgeBase  # noqa: PLC0415 - what is measured

    KnowledgeBase(stack, f"KB{number}")


def _named(stack: cdk.Stack, number: int) -> None:
    from constructs_lib import KnowledgeBase, KnowledgeBaseType, VectorIndex, VectorStore  # noqa: PLC0415 - not in the parent

    kept: dict[str, Any] = stack.__dict__
    if "index" not in kept:
        kept["index"] = VectorIndex.from_vector_index_arn(stack, "Index", _INDEX)
    store = VectorStore.s3_vectors(kept["index"])
    KnowledgeBase(
        stack,
        f"KB{number}",
        knowledge_base_name=f"answers-{number}",
        type=KnowledgeBaseType.vector(vector_store=store),
    )


def _alone_by_hand(stack: cdk.Stack, number: int) -> None:
    import aws_cdk as cdk  # noqa: PLC0415 - the parent process measures without it
    from aws_cdk import aws_s3vectors as s3vectors  # noqa: PLC0415 - not in the parent

    bucket = s3vectors.CfnVectorBucket(stack, f"Bucket{number}")
    bucket.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
    keys = ["AMAZON_BEDROCK_TEXT", "AMAZON_BEDROCK_METADATA"]
    index = s3vectors.CfnIndex(
        stack,
        f"Index{number}",
        vector_bucket_arn=bucket.attr_vector_bucket_arn,
        index_name="documents",
        data_type="float32",
        dimension=1024,
        distance_metric="cosine",
        metadata_configuration=s3vectors.CfnIndex.MetadataConfigurationProperty(
            non_filterable_metadata_keys=keys
        ),
    )
    index.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
    _by_hand(stack, number, f"S-KB{number}", f"KB{number}", index.attr_index_arn)


def _named_by_hand(stack: cdk.Stack, number: int) -> None:
    _by_hand(stack, number, f"answers-{number}", f"answers-{number}", _INDEX)


def _by_hand(stack: cdk.Stack, number: int, name: str, described: str, index_arn: str) -> None:
    import aws_cdk as cdk  # noqa: PLC0415 - the parent process measures without it
    from aws_cdk import aws_bedrock as bedrock  # noqa: PLC0415 - not in the parent
    from aws_cdk import aws_iam as iam  # noqa: PLC0415 - not in the parent

    bases = f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}:knowledge-base/*"
    model = f"arn:{stack.partition}:bedrock:{stack.region}::foundation-model/{_EMBEDDING}"
    project = f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}:project/default"
    conditions = {"StringEquals": {"aws:SourceAccount": stack.account}, "ArnLike": {"aws:SourceArn": bases}}
    role = iam.CfnRole(
        stack,
        f"Role{number}",
        assume_role_policy_document={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": "bedrock.amazonaws.com"},
                    "Condition": conditions,
                }
            ],
        },
        description=f"Bedrock ingests and retrieves for {described}",
        path="/bedrock-planes/service/",
    )
    role.add_metadata("bedrock-planes:role", {"kind": "service"})
    policy = iam.CfnRolePolicy(
        stack,
        f"Policy{number}",
        role_name=role.ref,
        policy_name=name,
        policy_document={
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": model},
                {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": project},
                {
                    "Effect": "Allow",
                    "Action": [f"s3vectors:{action}" for action in _VECTORS],
                    "Resource": index_arn,
                },
            ],
        },
    )
    types = bedrock.CfnKnowledgeBase
    base = types(
        stack,
        f"KB{number}",
        name=name,
        role_arn=role.attr_arn,
        knowledge_base_configuration=types.KnowledgeBaseConfigurationProperty(
            type="VECTOR",
            vector_knowledge_base_configuration=types.VectorKnowledgeBaseConfigurationProperty(
                embedding_model_arn=model
            ),
        ),
        storage_configuration=types.StorageConfigurationProperty(
            type="S3_VECTORS",
            s3_vectors_configuration=types.S3VectorsConfigurationProperty(index_arn=index_arn),
        ),
    )
    base.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
    base.add_resource_dependency(policy)


APPS: dict[str, tuple[Callable[[cdk.Stack, int], None], Callable[[cdk.Stack, int], None]]] = {
    "alone": (_alone, _alone_by_hand),
    "named": (_named, _named_by_hand),
}
"""Name -> what makes one knowledge base with this library, and with L1s."""


def app(name: str, number: int, *, by_hand: bool, outdir: str) -> cdk.Stack:
    """Return the stack of an app with this many knowledge bases, not yet synthesized."""
    import aws_cdk as cdk  # noqa: PLC0415 - the parent process measures without it

    root = cdk.App(
        outdir=outdir,
        analytics_reporting=False,
        builtin_cloud_formation_validation=False,
        # More than the 500 resources that a stack may have.
        context={"@aws-cdk/core:stackResourceLimit": 0},
    )
    stack = cdk.Stack(root, "S", env=cdk.Environment(account="111122223333", region="us-east-1"))
    # Loaded in each process, so that the difference of two has neither.
    import constructs_lib  # noqa: PLC0415 - not in the parent

    _ = constructs_lib.KnowledgeBase
    make = APPS[name][by_hand]
    for one in range(number):
        make(stack, one)
    return stack


def measured(name: str, number: int, *, by_hand: bool) -> float:
    """Return the CPU time of Python and Node while this process makes and synthesizes an app."""
    with tempfile.TemporaryDirectory() as outdir:
        before = _cpu()
        _synthesize(name, number, by_hand=by_hand, outdir=outdir)
        return _cpu() - before


def ratios(name: str, number: int, pairs: int) -> list[float]:
    """Return how often the time of hand-written L1s the same knowledge bases take, pair by pair."""
    for by_hand in (False, True) * 2:  # until this process is warm
        measured(name, number, by_hand=by_hand)
    found = []
    for pair in range(pairs):
        first = bool(pair % 2)
        times = {by_hand: measured(name, number, by_hand=by_hand) for by_hand in (first, not first)}
        found.append(times[False] / times[True])
    return found


def _synthesize(name: str, number: int, *, by_hand: bool, outdir: str) -> None:
    root: Any = app(name, number, by_hand=by_hand, outdir=outdir).node.root
    root.synth()


def _cpu() -> float:
    """Return the CPU time of this process and of what it started: Node, which jsii starts."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended since
            # After the name, which may hold anything: state, parent, ..., user and system time.
            fields = path.read_text("utf-8").rpartition(")")[2].split()
            stats[int(path.parent.name)] = (int(fields[1]), int(fields[11]) + int(fields[12]))
    ours, grew = {os.getpid()}, True
    while grew:
        found = {pid for pid, (parent, _) in stats.items() if parent in ours} - ours
        ours, grew = ours | found, bool(found)
    ticks = sum(stats[pid][1] for pid in ours if pid != os.getpid())
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _child(*words: str) -> str:
    """Run this module in a process of its own."""
    command = [sys.executable, "-m", __spec__.name, "--child", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - this module, with its own words
    return done.stdout


def seconds(name: str, number: int) -> float:
    """Return the CPU time of knowledge bases of this library in a process of their own, once warm."""
    return float(_child("seconds", name, str(number)))


def ratio(name: str, number: int, pairs: int) -> float:
    """Return the median of :func:`ratios` in a process of their own."""
    return statistics.median(float(one) for one in _child("ratios", name, str(number), str(pairs)).split())


def main() -> None:
    """Print the ratio of each app."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--number", type=int, default=100)
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    match given.child:
        case ["ratios", name, number, pairs]:
            print(*ratios(name, int(number), int(pairs)))  # noqa: T201 - for the parent
        case ["seconds", name, number]:
            measured(name, 10, by_hand=False)
            print(measured(name, int(number), by_hand=False))  # noqa: T201 - for the parent
        case _:
            for name, limit in LIMITS.items():
                found = ratio(name, given.number, given.pairs)
                print(f"{name}: {found:.2f} times hand-written L1s (at most {limit})")  # noqa: T201 - the result


if __name__ == "__main__":
    main()
