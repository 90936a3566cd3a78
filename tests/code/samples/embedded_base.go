package store

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
)

type base struct {
	*bedrockruntime.Client
	cfg aws.Config
}

type Embedder struct {
	base
	agents *bedrockagentruntime.Client
}

func NewEmbedder(cfg aws.Config) *Embedder {
	return &Embedder{base: base{Client: bedrockruntime.NewFromConfig(cfg), cfg: cfg}, agents: bedrockagentruntime.NewFromConfig(cfg)}
}

func (e *Embedder) Embed(ctx context.Context, body []byte) ([]byte, error) {
	in := &bedrockruntime.InvokeModelInput{Body: body}
	in.ModelId = aws.String("amazon.titan-embed-text-v2:0")
	out, err := e.InvokeModel(ctx, in) //> bedrock-runtime InvokeModel
	if err != nil {
		return nil, err
	}
	return out.Body, nil
}

func (e Embedder) Guard(ctx context.Context) (ok bool, err error) {
	_, err = e.base.Client.ApplyGuardrail(ctx, &bedrockruntime.ApplyGuardrailInput{GuardrailIdentifier: aws.String("g"), GuardrailVersion: aws.String("1")}) //> bedrock-runtime ApplyGuardrail
	return err == nil, err
}

func (e *Embedder) Flow(ctx context.Context) (*bedrockagentruntime.InvokeFlowOutput, error) {
	return e.agents.InvokeFlow(ctx, &bedrockagentruntime.InvokeFlowInput{FlowIdentifier: aws.String("F")}) //> bedrock-agent-runtime InvokeFlow
}
