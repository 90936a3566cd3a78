package main

import (
	"context"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

var (
	agents *bedrockagentruntime.Client
	alias  = os.Getenv("ALIAS_ID")
)

func init() {
	cfg, _ := config.LoadDefaultConfig(context.Background())
	cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), os.Getenv("ROLE")))
	agents = bedrockagentruntime.NewFromConfig(cfg)
}

func handle(ctx context.Context, req events.APIGatewayProxyRequest) (resp events.APIGatewayProxyResponse, err error) {
	out, err := agents.InvokeAgent(ctx, &bedrockagentruntime.InvokeAgentInput{ //> bedrock-agent-runtime InvokeAgent
		AgentId:      aws.String(os.Getenv("AGENT_ID")),
		AgentAliasId: &alias,
		SessionId:    aws.String(req.RequestContext.RequestID),
		InputText:    aws.String(req.Body),
	})
	if err != nil {
		return events.APIGatewayProxyResponse{StatusCode: 502}, err
	}
	for e := range out.GetStream().Events() {
		switch v := e.(type) {
		case *types.ResponseStreamMemberChunk:
			resp.Body += string(v.Value.Bytes)
		}
	}
	return resp, nil
}

func main() { lambda.Start(handle) }
