package main

import (
	"context"
	"log"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	agent "github.com/aws/aws-sdk-go-v2/service/bedrockagent"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagentruntime"
	br "github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"golang.org/x/sync/errgroup"
)

func main() {
	ctx := context.TODO()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	admin := agent.NewFromConfig(cfg)
	pager := agent.NewListKnowledgeBasesPaginator(admin, &agent.ListKnowledgeBasesInput{MaxResults: aws.Int32(10)}) //> bedrock-agent ListKnowledgeBases
	for pager.HasMorePages() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			log.Fatal(err)
		}
		for _, kb := range page.KnowledgeBaseSummaries {
			_, _ = admin.StartIngestionJob(ctx, &agent.StartIngestionJobInput{KnowledgeBaseId: kb.KnowledgeBaseId, DataSourceId: aws.String("D")}) //> bedrock-agent StartIngestionJob
		}
	}
	var wg sync.WaitGroup
	var g errgroup.Group
	kb := bedrockagentruntime.New(bedrockagentruntime.Options{Region: "us-east-1"})
	for _, q := range []string{"a", "b"} {
		wg.Add(1)
		go func(q string) {
			defer wg.Done()
			_, _ = kb.Retrieve(ctx, &bedrockagentruntime.RetrieveInput{KnowledgeBaseId: aws.String(q)}) //> bedrock-agent-runtime Retrieve
		}(q)
	}
	rt := br.NewFromConfig(cfg)
	g.Go(func() error {
		out, err := rt.ConverseStream(ctx, &br.ConverseStreamInput{ModelId: aws.String("us.amazon.nova-pro-v1:0")}) //> bedrock-runtime ConverseStream
		if err != nil {
			return err
		}
		for range out.GetStream().Events() {
		}
		return nil
	})
	wg.Wait()
	_ = g.Wait()
}
