#!/bin/bash
cat <<EOF
aws bedrock converse --model-id m
EOF
# aws bedrock converse --model-id m
echo aws bedrock converse
bash -c "aws bedrock list-guardrails" #> bedrock ListGuardrails
ssh host <<'EOF'
aws bedrock-runtime apply-guardrail --guardrail-identifier g #> bedrock-runtime ApplyGuardrail
EOF
AWS_PROFILE=x aws bedrock-agentcore-control list-memories #> bedrock-agentcore-control ListMemories
aws help
command -v aws
git commit -m "aws bedrock converse"
