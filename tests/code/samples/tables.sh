#!/usr/bin/env bash
declare -A CLIENTS=([runtime]=bedrock-runtime [agents]=bedrock-agent)
for model in amazon.nova-lite-v1:0 amazon.nova-pro-v1:0; do
  aws "${CLIENTS[runtime]}" count-tokens --model-id "$model" --input file://i.json #> bedrock-runtime CountTokens
done
aws bedrock list-custom-models --query 'modelSummaries[].modelArn' --output text | tr '\t' '\n' | #> bedrock ListCustomModels
  while IFS= read -r arn; do
    aws bedrock delete-custom-model --model-identifier "$arn" #> bedrock DeleteCustomModel
  done
aws bedrock-agent list-agents --query 'agentSummaries[].agentId' --output text | xargs -n1 -P4 -I{} aws bedrock-agent prepare-agent --agent-id {} #> bedrock-agent ListAgents  #> bedrock-agent PrepareAgent
parallel aws bedrock-agent-runtime retrieve --knowledge-base-id {} --retrieval-query text=x ::: K1 K2 #> bedrock-agent-runtime Retrieve
case "$1" in
  logging) aws bedrock put-model-invocation-logging-configuration --logging-config file://l.json ;; #> bedrock PutModelInvocationLoggingConfiguration
  *) aws bedrock get-model-invocation-logging-configuration || true ;; #> bedrock GetModelInvocationLoggingConfiguration
esac
