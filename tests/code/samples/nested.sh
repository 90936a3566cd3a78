#!/usr/bin/env bash
source ./lib.sh
function agents::list {
  aws bedrock-agent list-agents "$@" #> bedrock-agent ListAgents
}
AGENT_ID="$(agents::list --query 'agentSummaries[0].agentId' --output text)"
ALIAS=$(aws bedrock-agent list-agent-aliases --agent-id "${AGENT_ID}" --query "agentAliasSummaries[0].agentAliasId" --output text) #> bedrock-agent ListAgentAliases
export AGENT_ID ALIAS
! aws bedrock-agent-runtime list-sessions || exit 2 #> bedrock-agent-runtime ListSessions
aws bedrock-agent update-agent --agent-id "$AGENT_ID" --agent-name a --agent-resource-role-arn "$(aws iam get-role --role-name r --query Role.Arn --output text)" --foundation-model us.amazon.nova-pro-v1:0 #> bedrock-agent UpdateAgent
aws bedrock-agent delete-agent --agent-id "$(aws bedrock-agent list-agents | jq -r '.agentSummaries[-1].agentId')" #> bedrock-agent DeleteAgent  #> bedrock-agent ListAgents
coproc aws bedrock create-model-import-job --job-name j #> bedrock CreateModelImportJob
