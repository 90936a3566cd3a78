package service

import (
	"context"

	br "github.com/aws/aws-sdk-go-v2/service/bedrock"
	brar "github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime"
	rt "github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
)

type API interface {
	InvokeModel(ctx context.Context, in *rt.InvokeModelInput, opts ...func(*rt.Options)) (*rt.InvokeModelOutput, error)
}

type Service struct {
	models *br.Client
	agents *brar.Client
	api    API
}

func New(cfg Config) *Service {
	return &Service{models: br.NewFromConfig(cfg), agents: brar.NewFromConfig(cfg)}
}

func (s *Service) List(ctx context.Context) error {
	p := br.NewListCustomModelsPaginator(s.models, &br.ListCustomModelsInput{}) //> bedrock ListCustomModels
	for p.HasMorePages() {
		p.NextPage(ctx)
	}
	_, err := s.models.ListFoundationModels(ctx, &br.ListFoundationModelsInput{}) //> bedrock ListFoundationModels
	return err
}

func (s *Service) Run(ctx context.Context) {
	s.agents.Retrieve(ctx, &brar.RetrieveInput{}) //> bedrock-agent-runtime Retrieve
	s.api.InvokeModel(ctx, &rt.InvokeModelInput{}) //> bedrock-runtime InvokeModel
	go func() {
		s.agents.InvokeFlow(ctx, &brar.InvokeFlowInput{}) //> bedrock-agent-runtime InvokeFlow
	}()
}
