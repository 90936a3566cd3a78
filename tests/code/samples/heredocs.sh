#!/bin/bash
cat <<'TXT'
Run: aws bedrock-runtime converse --model-id m
TXT
echo "aws bedrock list-agents"
python3 - <<'PY'
import boto3
boto3.client("bedrock").converse(modelId="m")
PY
bash <<SH
aws bedrock list-provisioned-model-throughputs
SH
#> bedrock ListProvisionedModelThroughputs
jq -n --arg t "$1" '{inputText:$t}' | aws bedrock-runtime invoke-model --model-id amazon.titan-embed-text-v2:0 --body file:///dev/stdin --cli-binary-format raw-in-base64-out out.json #> bedrock-runtime InvokeModel
aws bedrock help
aws bedrock-runtime converse help
aws s3 ls s3://bedrock-runtime
alias brt='aws bedrock-runtime'
