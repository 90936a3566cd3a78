#!/usr/bin/env bash
args=(--model-id amazon.nova-lite-v1:0)
args+=(--messages '[{"role":"user","content":[{"text":"hi"}]}]')
[[ -n ${GUARDRAIL:-} ]] && args+=(--guardrail-config "guardrailIdentifier=$GUARDRAIL,guardrailVersion=1")
out=$(aws bedrock-runtime converse "${args[@]}" 2>&1) || { echo "$out"; exit 1; } #> bedrock-runtime Converse
svc=bedrock-agent
verb=create-agent
aws $svc $verb --agent-name a --agent-resource-role-arn r #> bedrock-agent CreateAgent
cmd="aws bedrock-agent create-agent-alias --agent-id A --agent-alias-name live"
$cmd --output text #> bedrock-agent CreateAgentAlias
CLI="aws --no-cli-pager"
$CLI bedrock-agent list-prompts > prompts.json #> bedrock-agent ListPrompts
run() { echo "+ $*"; "$@"; }
run aws bedrock-agentcore-control list-agent-runtimes #> bedrock-agentcore-control ListAgentRuntimes
run aws bedrock-agentcore invoke-agent-runtime --agent-runtime-arn a out.txt #> bedrock-agentcore InvokeAgentRuntime
run aws bedrock-agentcore list-agent-runtimes #> bedrock-agentcore ListAgentRuntimes wrong bedrock-agentcore-control
retry() { local n=0; until "$@" || (( n++ >= 3 )); do sleep 1; done; }
retry aws bedrock get-model-customization-job --job-identifier j #> bedrock GetModelCustomizationJob
