package core

import (
	"context"
	"io"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentcore"
	control "github.com/aws/aws-sdk-go-v2/service/bedrockagentcorecontrol"
)

var once sync.Once
var shared *bedrockagentcore.Client

func client(cfg aws.Config) *bedrockagentcore.Client {
	once.Do(func() { shared = bedrockagentcore.NewFromConfig(cfg) })
	return shared
}

type Deps struct {
	Control *control.Client
	Cfg     aws.Config
}

func (d Deps) Invoke(ctx context.Context, arn string, body []byte) ([]byte, error) {
	out, err := client(d.Cfg).InvokeAgentRuntime(ctx, &bedrockagentcore.InvokeAgentRuntimeInput{AgentRuntimeArn: &arn, Payload: body}) //> bedrock-agentcore InvokeAgentRuntime
	if err != nil {
		return nil, err
	}
	defer out.Response.Close()
	return io.ReadAll(out.Response)
}

func (d Deps) Memory(ctx context.Context) error {
	_, err := d.Control.CreateMemory(ctx, &control.CreateMemoryInput{Name: aws.String("m"), EventExpiryDuration: aws.Int32(7)}) //> bedrock-agentcore-control CreateMemory
	if err == nil {
		p := control.NewListMemoriesPaginator(d.Control, &control.ListMemoriesInput{}) //> bedrock-agentcore-control ListMemories
		for p.HasMorePages() {
			if _, err = p.NextPage(ctx); err != nil {
				break
			}
		}
	}
	return err
}
