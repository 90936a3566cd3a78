package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
)

const modelID = "amazon.nova-lite-v1:0"

type Converser interface {
	Converse(ctx context.Context, in *bedrockruntime.ConverseInput, opts ...func(*bedrockruntime.Options)) (*bedrockruntime.ConverseOutput, error)
}

type Option func(*Service)

type Service struct {
	rt      Converser
	control *bedrock.Client
	model   string
}

func WithModel(m string) Option { return func(s *Service) { s.model = m } }

func New(ctx context.Context, opts ...Option) (*Service, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion("us-east-1"))
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	s := &Service{rt: bedrockruntime.NewFromConfig(cfg), control: bedrock.NewFromConfig(cfg, func(o *bedrock.Options) { o.RetryMaxAttempts = 5 }), model: modelID}
	for _, o := range opts {
		o(s)
	}
	return s, nil
}

func (s *Service) Ask(ctx context.Context, text string) (string, error) {
	out, err := s.rt.Converse(ctx, &bedrockruntime.ConverseInput{ //> bedrock-runtime Converse
		ModelId:  aws.String(modelID),
		Messages: []types.Message{{Role: types.ConversationRoleUser, Content: []types.ContentBlock{&types.ContentBlockMemberText{Value: text}}}},
	})
	var throttled *types.ThrottlingException
	if errors.As(err, &throttled) {
		return "", err
	}
	b, _ := json.Marshal(out)
	return string(b), err
}

func (s *Service) Models(ctx context.Context) ([]string, error) {
	out, err := s.control.ListFoundationModels(ctx, &bedrock.ListFoundationModelsInput{}) //> bedrock ListFoundationModels
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, m := range out.ModelSummaries {
		ids = append(ids, *m.ModelId)
	}
	return ids, nil
}
