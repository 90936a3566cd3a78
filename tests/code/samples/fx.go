package app

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"go.uber.org/fx"
)

func NewConfig() (aws.Config, error) { return config.LoadDefaultConfig(context.Background()) }

func NewRuntime(cfg aws.Config) *bedrockruntime.Client {
	return bedrockruntime.NewFromConfig(cfg, func(o *bedrockruntime.Options) {
		o.BaseEndpoint = aws.String("https://vpce")
	})
}

type Params struct {
	fx.In
	Runtime *bedrockruntime.Client
}

type Chat struct{ p Params }

func NewChat(p Params) *Chat { return &Chat{p} }

func (c *Chat) Do(ctx context.Context, msgs chan<- string) {
	resp, err := c.p.Runtime.Converse(ctx, &bedrockruntime.ConverseInput{ModelId: aws.String(models[0].id)}) //> bedrock-runtime Converse
	if err != nil {
		return
	}
	_ = resp
}

var models = []struct{ id string }{{"amazon.nova-lite-v1:0"}}

var Module = fx.Module("chat", fx.Provide(NewConfig, NewRuntime, NewChat))
