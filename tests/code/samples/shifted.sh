#!/usr/bin/env -S bash -e
readonly SVC=bedrock; declare -r RT="${SVC}-runtime"
function run_aws { local s=$1; shift; command aws "$s" "$@" --no-cli-pager; }
run_aws "$RT" apply-guardrail --guardrail-identifier g --guardrail-version 1 --source INPUT --content '[]' #> bedrock-runtime ApplyGuardrail
run_aws $SVC create-guardrail --cli-input-json file://g.json #> bedrock CreateGuardrail
mapfile -t ids < <(aws bedrock-agent list-knowledge-bases --query x --output text) #> bedrock-agent ListKnowledgeBases
for op in list-agents list-flows; do aws bedrock-agent "$op"; done #> bedrock-agent ListAgents #> bedrock-agent ListFlows
[ -n "$X" ] && aws bedrock-agentcore-control list-agent-runtimes || aws bedrock-agentcore list-sessions --memory-id m --actor-id a #> bedrock-agentcore-control ListAgentRuntimes #> bedrock-agentcore ListSessions
PID=$(nohup aws bedrock-runtime start-async-invoke --model-id m --model-input '{}' --output-data-config x >/dev/null & echo $!) #> bedrock-runtime StartAsyncInvoke
aws bedrock-agent-runtime invoke-agent --agent-id a out #> bedrock-agent-runtime InvokeAgent
aws bedrock-runtime list-guardrails #> bedrock-runtime ListGuardrails wrong bedrock
ssh host <<EOF
aws bedrock list-guardrails #> bedrock ListGuardrails
EOF
