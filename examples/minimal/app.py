"""A knowledge base, and a role that may ask it and a model."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from constructs_lib import AppRole, DocumentSource, KnowledgeBase

app = cdk.App()
stack = cdk.Stack(app, "Answers", env=cdk.Environment(account="111122223333", region="us-east-1"))

# What the control plane configures: each construct makes the narrow service role that it needs.
documents = s3.Bucket(stack, "Documents", enforce_ssl=True)
knowledge = KnowledgeBase(stack, "Knowledge", knowledge_base_name="answers")
knowledge.add_data_source("Source", DocumentSource.s3(documents))

# What the data plane runs: named runtime actions on exact ARNs, inside a permissions boundary.
role = AppRole(stack, "AppRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
role.grants.converse("amazon.nova-lite-v1:0", streaming=True)
role.grants.retrieve(knowledge)

app.synth()
