package m
import ("context"; "github.com/aws/aws-sdk-go-v2/service/bedrockruntime"; "github.com/aws/aws-sdk-go-v2/service/bedrock"; "sync")
type Pool struct { m map[string]*bedrockruntime.Client; l []*bedrock.Client; ch chan *bedrock.Client }
func (p *Pool) A(ctx context.Context) {
	p.m["us-east-1"].Converse(ctx, nil) //> bedrock-runtime Converse
	for _, c := range p.l { c.ListGuardrails(ctx, nil) } //> bedrock ListGuardrails
	if c, ok := p.m["x"]; ok { c.InvokeModel(ctx, nil) } //> bedrock-runtime InvokeModel
	p.l[0].GetGuardrail(ctx, nil) //> bedrock GetGuardrail
	b := <-p.ch
	b.ListCustomModels(ctx, nil) //> bedrock ListCustomModels
}
var once sync.Once
var cl *bedrockruntime.Client
func get() *bedrockruntime.Client { once.Do(func() { cl = bedrockruntime.New(bedrockruntime.Options{}) }); return cl }
func B(ctx context.Context, cs ...*bedrock.Client) {
	get().ApplyGuardrail(ctx, nil) //> bedrock-runtime ApplyGuardrail
	for _, c := range cs { c.DeleteGuardrail(ctx, nil) } //> bedrock DeleteGuardrail
}
