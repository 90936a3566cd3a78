package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
)

const modelID = "amazon.nova-lite-v1:0"

func main() {
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion("us-east-1"))
	if err != nil {
		panic(err)
	}
	client := bedrockruntime.NewFromConfig(cfg)
	out, err := client.Converse(ctx, &bedrockruntime.ConverseInput{ModelId: aws.String(modelID)}) //> bedrock-runtime Converse
	if err != nil {
		panic(err)
	}
	fmt.Println(out, "client.Converse(ctx)")
	// client.InvokeModel(ctx, nil)
}
