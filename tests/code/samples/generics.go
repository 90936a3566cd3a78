package gen

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
)

type op[I, O any] func(ctx context.Context, in *I, opts ...func(*bedrockruntime.Options)) (*O, error)

func retry[I, O any](ctx context.Context, fn op[I, O], in *I) (out *O, err error) {
	for i := 0; i < 3; i++ {
		if out, err = fn(ctx, in); err == nil {
			return out, nil
		}
		time.Sleep(time.Second)
	}
	return nil, err
}

func Run(ctx context.Context, cfg aws.Config) error {
	c := bedrockruntime.NewFromConfig(cfg)
	if _, err := retry(ctx, c.Converse, &bedrockruntime.ConverseInput{ModelId: aws.String("amazon.nova-lite-v1:0")}); err != nil { //> bedrock-runtime Converse
		return err
	}
	call := c.CountTokens
	_, err := call(ctx, &bedrockruntime.CountTokensInput{ModelId: aws.String("m")}) //> bedrock-runtime CountTokens
	clients := map[string]*bedrock.Client{"us": bedrock.NewFromConfig(cfg)}
	for _, b := range clients {
		_, err = b.ListInferenceProfiles(ctx, nil) //> bedrock ListInferenceProfiles
	}
	if b, ok := clients["us"]; ok {
		_, err = b.GetInferenceProfile(ctx, &bedrock.GetInferenceProfileInput{InferenceProfileIdentifier: aws.String("us.amazon.nova-lite-v1:0")}) //> bedrock GetInferenceProfile
	}
	return err
}
