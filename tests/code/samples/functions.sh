#!/bin/bash
br() { aws bedrock-runtime "$@"; } #> bedrock-runtime Converse //> bedrock-runtime CountTokens
call() {
  local operation=$1
  shift
  aws bedrock "$operation" "$@" #> bedrock GetInferenceProfile
}
br converse --model-id m
br count-tokens --model-id m
call get-inference-profile --inference-profile-identifier p
alias ba='aws bedrock-agent'
ba list-flows #> bedrock-agent ListFlows
