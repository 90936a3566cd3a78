package web

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockagent"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
)

type contextKey struct{}

type server struct {
	mux *http.ServeMux
	bedrock interface {
		clients
	}
}

type clients interface {
	Runtime() *bedrockruntime.Client
	Agents() *bedrockagent.Client
}

func (s *server) routes() {
	s.mux.HandleFunc("POST /chat", s.chat())
	s.mux.Handle("/prompts", http.HandlerFunc(s.prompts))
}

func (s *server) chat() http.HandlerFunc {
	rt := s.bedrock.Runtime()
	return func(w http.ResponseWriter, r *http.Request) {
		out, err := rt.InvokeModelWithResponseStream(r.Context(), &bedrockruntime.InvokeModelWithResponseStreamInput{ModelId: aws.String("amazon.nova-lite-v1:0")}) //> bedrock-runtime InvokeModelWithResponseStream
		if err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		_ = out
	}
}

func (s *server) prompts(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if p, err := s.bedrock.Agents().GetPrompt(r.Context(), &bedrockagent.GetPromptInput{PromptIdentifier: &id}); err == nil { //> bedrock-agent GetPrompt
		_ = p
	}
}
