#!/bin/bash
for service in bedrock bedrock-agent; do
  aws "$service" list-tags-for-resource --resource-arn a #> bedrock ListTagsForResource #> bedrock-agent ListTagsForResource
done
while read -r id; do
  aws bedrock delete-guardrail --guardrail-identifier "$id" #> bedrock DeleteGuardrail
done < <(aws bedrock list-guardrails --query 'guardrails[].id' --output text) #> bedrock ListGuardrails
case "$1" in
  run) aws bedrock-agentcore invoke-agent-runtime --agent-runtime-arn a out ;; #> bedrock-agentcore InvokeAgentRuntime
  *) aws bedrock list-agents ;; #> bedrock ListAgents wrong bedrock-agent
esac
echo "$MODEL" | xargs -I{} aws bedrock get-foundation-model --model-identifier {} #> bedrock GetFoundationModel
