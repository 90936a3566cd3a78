#!/usr/bin/env zsh
typeset -a opts=(--region eu-central-1)
ask() {
  emulate -L zsh
  aws $opts bedrock-runtime converse-stream --model-id $1 --messages file://m.json #> bedrock-runtime ConverseStream
}
ask amazon.nova-lite-v1:0
for f in *.json(N); do
  aws bedrock-runtime start-async-invoke --model-input file://$f --model-id amazon.nova-reel-v1:0 --output-data-config s3OutputDataConfig={s3Uri=s3://b} #> bedrock-runtime StartAsyncInvoke
done
aws bedrock-runtime get-async-invoke --invocation-arn $ARN && print ok #> bedrock-runtime GetAsyncInvoke
