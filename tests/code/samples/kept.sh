trap 'aws bedrock-agent delete-agent --agent-id "$A"' EXIT #> bedrock-agent DeleteAgent
cleanup() { aws bedrock delete-guardrail --guardrail-identifier "$G"; } #> bedrock DeleteGuardrail
trap cleanup EXIT INT
bash -lc "aws bedrock list-guardrails" #> bedrock ListGuardrails
su -c "aws bedrock get-guardrail --guardrail-identifier g" deploy #> bedrock GetGuardrail
watch -n 5 'aws bedrock get-model-customization-job --job-identifier j' #> bedrock GetModelCustomizationJob
find . -name '*.json' -exec aws bedrock-runtime invoke-model --model-id m --body file://{} out \; #> bedrock-runtime InvokeModel
parallel 'aws bedrock-runtime converse --model-id {} --messages x' ::: a b #> bedrock-runtime Converse
kubectl exec pod -- aws bedrock list-custom-models #> bedrock ListCustomModels
docker compose run --rm cli aws bedrock list-imported-models #> bedrock ListImportedModels
out=`aws bedrock list-inference-profiles` #> bedrock ListInferenceProfiles
diff <(aws bedrock list-foundation-models --region a) <(aws bedrock list-foundation-models --region b) #> bedrock ListFoundationModels #> bedrock ListFoundationModels
if aws bedrock get-custom-model --model-identifier m &>/dev/null; then :; fi #> bedrock GetCustomModel
poetry run aws bedrock list-evaluation-jobs #> bedrock ListEvaluationJobs
uvx --from awscli aws bedrock list-model-import-jobs #> bedrock ListModelImportJobs
echo aws bedrock list-guardrails
printf '%s\n' "aws bedrock list-guardrails"
grep -r "aws bedrock list-guardrails" .
