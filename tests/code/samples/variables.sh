#!/bin/sh
AWS="aws --profile dev --output json"
SERVICE=bedrock
COMMON=(--region eu-west-1 --no-cli-pager)
$AWS $SERVICE list-foundation-models | jq . #> bedrock ListFoundationModels
aws "${COMMON[@]}" bedrock-agent-runtime retrieve --knowledge-base-id KB1 #> bedrock-agent-runtime Retrieve
SERVICE="bedrock-agent"
sudo -E aws "$SERVICE" get-knowledge-base --knowledge-base-id KB1 #> bedrock-agent GetKnowledgeBase
timeout 30 aws bedrock-agent retrieve --knowledge-base-id KB1 #> bedrock-agent Retrieve wrong bedrock-agent-runtime
