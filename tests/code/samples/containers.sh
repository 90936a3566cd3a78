cmds=(list-guardrails list-custom-models)
aws bedrock "${cmds[0]}"  #> bedrock ListGuardrails
aws bedrock-agent invoke-agent --agent-id A  #> bedrock-agent InvokeAgent wrong bedrock-agent-runtime
docker run --rm amazon/aws-cli bedrock list-custom-models  #> bedrock ListCustomModels
ssh host "aws bedrock-runtime converse --model-id m"  #> bedrock-runtime Converse
