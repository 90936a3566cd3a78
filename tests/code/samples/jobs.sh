#!/usr/bin/env bash
set -euo pipefail
REGION=${AWS_REGION:-us-east-1}
MODEL="amazon.nova-lite-v1:0"
#> bedrock-runtime InvokeModel
aws --profile dev --region "$REGION" bedrock-runtime invoke-model \
  --model-id "$MODEL" \
  --body fileb://body.json \
  out.json                                
# aws bedrock invoke-model --model-id x
for m in $(aws bedrock list-foundation-models --query 'modelSummaries[].modelId' --output text); do  #> bedrock ListFoundationModels
  aws bedrock-runtime converse --model-id "$m" --messages '[]' | jq -r .output   #> bedrock-runtime Converse
done
JOB=$(aws bedrock-agent start-ingestion-job --knowledge-base-id "$KB" --data-source-id "$DS" --query ingestionJob.ingestionJobId --output text)  #> bedrock-agent StartIngestionJob
while [[ "$(aws bedrock-agent get-ingestion-job --knowledge-base-id "$KB" --data-source-id "$DS" --ingestion-job-id "$JOB" --query ingestionJob.status --output text)" != COMPLETE ]]; do sleep 5; done  #> bedrock-agent GetIngestionJob
echo "run aws bedrock converse to chat"
aws bedrock converse --model-id x || true  #> bedrock Converse wrong bedrock-runtime
