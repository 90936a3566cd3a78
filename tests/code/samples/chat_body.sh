#!/bin/sh
MODEL=${1:-amazon.nova-lite-v1:0}
read -r PROMPT
BODY=$(mktemp)
trap 'rm -f "$BODY"' EXIT
cat > "$BODY" <<JSON
{"messages":[{"role":"user","content":[{"text":"aws bedrock list-agents"}]}]}
JSON
aws bedrock-runtime converse --model-id $MODEL --cli-input-json "file://$BODY" --query 'output.message.content[0].text' --output text #> bedrock-runtime Converse
aws bedrock-runtime invoke-model --model-id "$MODEL" --body "fileb://$BODY" /dev/stdout | jq . #> bedrock-runtime InvokeModel
if aws bedrock get-foundation-model --model-identifier "$MODEL" > /dev/null 2>&1 && [ -n "$PROMPT" ]; then #> bedrock GetFoundationModel
  aws bedrock invoke-model --model-id "$MODEL" out.json #> bedrock InvokeModel wrong bedrock-runtime
fi
