package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/bedrockagent"
)

type Wrapper struct {
	*bedrockagent.Client
	name string
}

func (w Wrapper) Sync(ctx context.Context) {
	w.StartIngestionJob(ctx, &bedrockagent.StartIngestionJobInput{}) //> bedrock-agent StartIngestionJob
	w.Client.GetAgent(ctx, &bedrockagent.GetAgentInput{}) //> bedrock-agent GetAgent
}
