package llm
import (
	"context"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
)
type Streamer interface {
	ConverseStream(context.Context, *bedrockruntime.ConverseStreamInput, ...func(*bedrockruntime.Options)) (*bedrockruntime.ConverseStreamOutput, error)
}
type opt func(*svc)
type svc struct { api Streamer; client *bedrockruntime.Client }
func WithClient(c *bedrockruntime.Client) opt { return func(s *svc) { s.client = c } }
func (s *svc) Do(ctx context.Context) error {
	in := &bedrockruntime.ConverseStreamInput{ModelId: aws.String("m"), Messages: []types.Message{}}
	o, err := s.api.ConverseStream(ctx, in) //> bedrock-runtime ConverseStream
	if err != nil { return err }
	for e := range o.GetStream().Events() { _ = e }
	_, err = s.client.InvokeModel(ctx, &bedrockruntime.InvokeModelInput{ //> bedrock-runtime InvokeModel
		ModelId: aws.String("x"),
	}, func(o *bedrockruntime.Options) { o.Region = "eu-west-1" })
	return err
}
func each(cs map[string]*bedrockruntime.Client, ctx context.Context) {
	for _, c := range cs { c.ApplyGuardrail(ctx, nil) } //> bedrock-runtime ApplyGuardrail
}
