#!/bin/bash
# bedrock
aws sts get-caller-identity
printf '%s\n' "aws bedrock converse"
aws s3 ls bedrock-runtime
