#!/usr/bin/env bash
set -euo pipefail
REGION="${AWS_REGION:-us-east-1}"
MODEL='amazon.nova-lite-v1:0'
aws --region "$REGION" bedrock-runtime converse --model-id "$MODEL" --messages file://m.json #> bedrock-runtime Converse
aws bedrock-runtime invoke-model \
  --model-id "$MODEL" \
  --body fileb://body.json out.json #> bedrock-runtime InvokeModel
IDS=$(aws bedrock-agent list-agents --query 'agentSummaries[].agentId' --output text) #> bedrock-agent ListAgents
for id in $IDS; do
  aws bedrock-agent prepare-agent --agent-id "$id" || echo "aws bedrock converse failed" #> bedrock-agent PrepareAgent
done
if ! aws bedrock get-guardrail --guardrail-identifier g >/dev/null 2>&1; then #> bedrock GetGuardrail
  exit 1
fi
aws s3 cp a s3://b/
aws bedrock converse --model-id "$MODEL" #> bedrock Converse wrong bedrock-runtime
