package main

import (
	"context"
	"log"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
)

func main() {
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion("us-east-1"))
	if err != nil {
		log.Fatal(err)
	}
	client := bedrockruntime.NewFromConfig(cfg, func(o *bedrockruntime.Options) { o.RetryMaxAttempts = 5 })
	out, err := client.Converse(ctx, &bedrockruntime.ConverseInput{ //> bedrock-runtime Converse
		ModelId:  aws.String("amazon.nova-lite-v1:0"),
		Messages: []types.Message{},
	})
	_ = out
	if _, err := client.InvokeModelWithResponseStream(ctx, &bedrockruntime.InvokeModelWithResponseStreamInput{}); err != nil { //> bedrock-runtime InvokeModelWithResponseStream
		log.Fatal(err)
	}
	ctl := bedrock.NewFromConfig(cfg)
	p := bedrock.NewListInferenceProfilesPaginator(ctl, &bedrock.ListInferenceProfilesInput{}) //> bedrock ListInferenceProfiles
	for p.HasMorePages() {
		p.NextPage(ctx)
	}
}
