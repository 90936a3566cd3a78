package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

var client *bedrockruntime.Client
var store *s3.Client

func init() {
	client, _ = newClient()
}

func newClient() (*bedrockruntime.Client, error) {
	return bedrockruntime.New(bedrockruntime.Options{Region: "us-east-1"}), nil
}

func handler(ctx context.Context) {
	input := &bedrockruntime.ConverseStreamInput{}
	if out, err := client.ConverseStream(ctx, input); err == nil { //> bedrock-runtime ConverseStream
		out.GetStream()
	}
	store.GetObject(ctx, &s3.GetObjectInput{})
	count(ctx, client)
}

func count(ctx context.Context, c *bedrockruntime.Client) {
	c.CountTokens(ctx, nil) //> bedrock-runtime CountTokens
}
