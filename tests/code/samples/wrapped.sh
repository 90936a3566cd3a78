#!/bin/sh
retry() { n=0; until "$@"; do n=$((n+1)); [ $n -ge 3 ] && return 1; done; }
retry aws bedrock get-guardrail --guardrail-identifier g #> bedrock GetGuardrail
echo "run: aws bedrock invoke-model --model-id x"
# aws bedrock converse
cat <<'EOT'
aws bedrock-runtime converse --model-id x
EOT
AWS_PROFILE=dev aws bedrock-agent-runtime retrieve --knowledge-base-id K --retrieval-query text=x; #> bedrock-agent-runtime Retrieve
xargs -I{} aws bedrock delete-custom-model --model-identifier {} < list.txt #> bedrock DeleteCustomModel
time aws --profile a --region b bedrock-runtime invoke-model out.json --model-id m --body '{}' & #> bedrock-runtime InvokeModel
trap 'aws bedrock-agent delete-agent --agent-id "$A"' EXIT #> bedrock-agent DeleteAgent
docker run --rm -v ~/.aws:/aws-config amazon/aws-cli bedrock list-guardrails #> bedrock ListGuardrails
case "$1" in
  stop) aws bedrock stop-model-customization-job --job-identifier j ;; #> bedrock StopModelCustomizationJob
esac
aws bedrock wait x
aws s3 cp bedrock s3://b/
