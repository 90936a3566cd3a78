package rag

import (
	"context"
	bar "github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime"
)

type API interface {
	Retrieve(ctx context.Context, in *bar.RetrieveInput, opts ...func(*bar.Options)) (*bar.RetrieveOutput, error)
}

type Service struct {
	client *bar.Client
	api    API
}

func New(c *bar.Client) *Service { return &Service{client: c, api: c} }

func (s *Service) Ask(ctx context.Context, q string) error {
	_, err := s.api.Retrieve(ctx, &bar.RetrieveInput{KnowledgeBaseId: &q}) //> bedrock-agent-runtime Retrieve
	if err != nil {
		return err
	}
	go func() {
		s.client.InvokeAgent(ctx, &bar.InvokeAgentInput{}) //> bedrock-agent-runtime InvokeAgent
	}()
	return nil
}
