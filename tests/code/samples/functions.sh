#!/bin/bash
br() { aws bedrock-runtime "$@"; }
call() {
  local operation=$1
  shift
  aws bedrock "$operation" "$@"
}
br converse --model-id m #> bedrock-runtime Converse
br count-tokens --model-id m #> bedrock-runtime CountTokens
call get-inference-profile --inference-profile-identifier p #> bedrock GetInferenceProfile
alias ba='aws bedrock-agent'
ba list-flows #> bedrock-agent ListFlows
