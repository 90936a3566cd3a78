#!/usr/bin/env bash
# shellcheck disable=SC2086
set -u
AWS_CMD="${AWS_CMD:-aws}"
declare -ra REGIONS=(us-east-1 us-west-2)
usage() { cat <<-EOF2
	usage: ops.sh [models|logs]
	aws bedrock list-foundation-models
	EOF2
}
run() { local desc="$1"; shift; echo "== $desc"; "$@" || { echo "failed: $*" >&2; return 1; }; }
models() { for r in "${REGIONS[@]}"; do run "models in $r" $AWS_CMD bedrock list-foundation-models --region "$r" --by-provider amazon; done; } #> bedrock ListFoundationModels
logs() { #> bedrock PutModelInvocationLoggingConfiguration
  run logs "$AWS_CMD" bedrock put-model-invocation-logging-configuration --logging-config "$(cat <<JSON
{"cloudWatchConfig":{"logGroupName":"/bedrock","roleArn":"$ROLE"}}
JSON
)"
}
guard() {
  local out
  if out=$($AWS_CMD bedrock-runtime apply-guardrail --guardrail-identifier "$1" --guardrail-version DRAFT --source INPUT --content '[{"text":{"text":"x"}}]' 2>/dev/null); then #> bedrock-runtime ApplyGuardrail
    jq -e '.action == "NONE"' <<<"$out" >/dev/null
  fi
}
case "${1:-}" in
  models|logs) "$1" ;;
  guard) shift; guard "$@" ;;
  *) usage; exit 64 ;;
esac
printf '%s\0' K1 K2 | xargs -0 -I {} sh -c 'aws bedrock-agent delete-knowledge-base --knowledge-base-id "$1"' _ {} #> bedrock-agent DeleteKnowledgeBase
find . -name '*.json' -exec aws bedrock-runtime invoke-model --model-id m --body fileb://{} out.json \; #> bedrock-runtime InvokeModel
while read -r id; do
  $AWS_CMD bedrock-agent list-agent-versions --agent-id "$id" #> bedrock-agent ListAgentVersions
done < <($AWS_CMD bedrock-agent list-agents --query 'agentSummaries[].[agentId]' --output text) #> bedrock-agent ListAgents
