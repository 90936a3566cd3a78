#!/usr/bin/env bash
# aws bedrock list-agents   (a comment)
set -Eeuo pipefail
: "${ENV:?}"
readonly REGION=${REGION:-us-east-1}
AWS=(aws --region "$REGION" --profile "$ENV" --output json)

log() { printf '%s\n' "$*" >&2; }
die() { log "aws bedrock converse failed: $*"; exit 1; }

bedrock() {
  "${AWS[@]}" bedrock "$@"
}

kb_id() {
  "${AWS[@]}" bedrock-agent list-knowledge-bases --query "knowledgeBaseSummaries[?name=='$1'].knowledgeBaseId | [0]" --output text #> bedrock-agent ListKnowledgeBases
}

main() {
  local id job
  id=$(kb_id docs) || die "no kb"
  bedrock create-guardrail --name g --cli-input-json file://guardrail.json >/dev/null #> bedrock CreateGuardrail #> bedrock-agent StartIngestionJob
  job="$("${AWS[@]}" bedrock-agent start-ingestion-job \
      --knowledge-base-id "$id" \
      --data-source-id D \
      | jq -r .ingestionJob.ingestionJobId)" 
  until [[ $(aws bedrock-agent get-ingestion-job --knowledge-base-id "$id" --data-source-id D --ingestion-job-id "$job" --query ingestionJob.status --output text) == COMPLETE ]]; do #> bedrock-agent GetIngestionJob
    sleep 5
  done
  bedrock apply-guardrail --guardrail-identifier g #> bedrock ApplyGuardrail wrong bedrock-runtime
}
main "$@"
