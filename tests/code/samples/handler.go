package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	agentruntime "github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime"
)

type handler struct {
	client *agentruntime.Client
}

func (h *handler) Handle(ctx context.Context, q string) (string, error) {
	in := agentruntime.RetrieveAndGenerateInput{}
	if _, err := h.client.RetrieveAndGenerate(ctx, &in); err != nil { //> bedrock-agent-runtime RetrieveAndGenerate
		return "", err
	}
	switch q {
	case "a":
		_, _ = h.client.InvokeAgent(ctx, &agentruntime.InvokeAgentInput{AgentId: aws.String("A")}) //> bedrock-agent-runtime InvokeAgent
	default:
		defer h.client.Rerank(ctx, nil) //> bedrock-agent-runtime Rerank
	}
	return q, nil
}

func main() {
	h := &handler{client: agentruntime.NewFromConfig(aws.Config{})}
	lambda.Start(h.Handle)
}
