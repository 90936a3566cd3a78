#!/bin/bash
docker run --rm -it -v ~/.aws:/aws:ro amazon/aws-cli bedrock list-foundation-models #> bedrock ListFoundationModels
docker run --rm -e AWS_PROFILE amazon/aws-cli:latest bedrock-runtime converse --model-id amazon.nova-lite-v1:0 --messages file://m.json #> bedrock-runtime Converse
AWS_PROFILE=dev AWS_REGION=eu-west-1 aws bedrock-agent get-agent --agent-id A #> bedrock-agent GetAgent
sudo -E aws bedrock list-guardrails #> bedrock ListGuardrails
env AWS_PAGER= aws bedrock list-inference-profiles --type-equals APPLICATION #> bedrock ListInferenceProfiles
time timeout 30s aws bedrock-runtime list-async-invokes #> bedrock-runtime ListAsyncInvokes
nohup aws bedrock-agent-runtime retrieve-and-generate --input text=x & #> bedrock-agent-runtime RetrieveAndGenerate
aws-vault exec prod -- aws bedrock get-guardrail --guardrail-identifier g #> bedrock GetGuardrail
/usr/local/bin/aws bedrock list-tags-for-resource --resource-arn a #> bedrock ListTagsForResource
eval "aws bedrock list-custom-models" #> bedrock ListCustomModels
ssh host 'aws bedrock list-model-copy-jobs' #> bedrock ListModelCopyJobs
docker run --rm --workdir /srv/aws --name aws -v "$HOME/.aws:/aws" public.ecr.aws/aws-cli/aws-cli bedrock list-guardrails #> bedrock ListGuardrails
docker exec -e AWS_PROFILE=x tools aws bedrock list-custom-models #> bedrock ListCustomModels
