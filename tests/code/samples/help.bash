aws bedrock-runtime apply-guardrail --cli-input-json file://x.json > /dev/null  #> bedrock-runtime ApplyGuardrail
cat <<EOF
aws bedrock invoke-agent
EOF
timeout 60 aws bedrock-agent-runtime invoke-flow help
aws bedrock help
aws bedrock wait something
time aws bedrock-agent prepare-agent --agent-id "$1" &  #> bedrock-agent PrepareAgent
