#!/bin/sh
AWS="aws --region us-west-2"
SVC=bedrock-agent-runtime
$AWS $SVC retrieve --knowledge-base-id KB12345678 --retrieval-query text=hi  #> bedrock-agent-runtime Retrieve
if ! aws bedrock get-guardrail --guardrail-identifier g >/dev/null 2>&1; then  #> bedrock GetGuardrail
  exit 1
fi
run() { aws "$@"; }
run bedrock-agent list-agents  #> bedrock-agent ListAgents
printf '%s\n' a b | xargs -I{} aws bedrock-agent delete-agent --agent-id {}  #> bedrock-agent DeleteAgent
aws s3 cp s3://bedrock/x .
sudo -E env AWS_PAGER="" aws bedrock-agentcore-control list-agent-runtimes && echo ok  #> bedrock-agentcore-control ListAgentRuntimes
