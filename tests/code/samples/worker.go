package worker

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagent"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	brtypes "github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
	"github.com/cenkalti/backoff/v4"
)

type ModelClient interface {
	InvokeModel(context.Context, *bedrockruntime.InvokeModelInput, ...func(*bedrockruntime.Options)) (*bedrockruntime.InvokeModelOutput, error)
	bedrockruntime.ListAsyncInvokesAPIClient
}

type Job struct {
	ID   string
	Body []byte
}

type Pool[T ModelClient] struct {
	client T
	jobs   chan Job
	done   func(error)
}

func (p *Pool[T]) Run(ctx context.Context) {
	for job := range p.jobs {
		job := job
		go func() {
			op := func() error {
				_, err := p.client.InvokeModel(ctx, &bedrockruntime.InvokeModelInput{ModelId: aws.String("m"), Body: job.Body}) //> bedrock-runtime InvokeModel
				return err
			}
			if err := backoff.Retry(op, backoff.NewExponentialBackOff()); err != nil {
				slog.Error("failed", "err", fmt.Errorf("job %s: %w", job.ID, err))
			}
		}()
	}
}

func Invokes(ctx context.Context, c *bedrockruntime.Client) (out []brtypes.AsyncInvokeSummary) {
	for p := bedrockruntime.NewListAsyncInvokesPaginator(c, nil); p.HasMorePages(); { //> bedrock-runtime ListAsyncInvokes
		page, err := p.NextPage(ctx)
		if err != nil {
			return nil
		}
		out = append(out, page.AsyncInvokeSummaries...)
	}
	return
}

type factory func(aws.Config) *bedrockagent.Client

var makers = map[string]factory{"agent": func(cfg aws.Config) *bedrockagent.Client { return bedrockagent.NewFromConfig(cfg) }}

func Sync(ctx context.Context, cfg aws.Config) error {
	c := makers["agent"](cfg)
	if _, err := c.PrepareAgent(ctx, &bedrockagent.PrepareAgentInput{AgentId: aws.String("A")}); err != nil { //> bedrock-agent PrepareAgent
		return err
	}
	switch _, err := c.GetAgent(ctx, &bedrockagent.GetAgentInput{AgentId: aws.String("A")}); { //> bedrock-agent GetAgent
	case err != nil:
		return err
	}
	return nil
}
