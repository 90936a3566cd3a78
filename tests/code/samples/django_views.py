from django.conf import settings
from django.http import JsonResponse, StreamingHttpResponse
from django.utils.functional import cached_property
from django.views import View
import boto3


class BedrockMixin:
    service_name = "bedrock-runtime"

    @cached_property
    def client(self):
        return boto3.client(self.service_name, region_name=settings.AWS_REGION)


class ChatView(BedrockMixin, View):
    def post(self, request):
        reply = self.client.invoke_model_with_response_stream(modelId="anthropic.claude-3-haiku-20240307-v1:0", body=request.body)  #> bedrock-runtime InvokeModelWithResponseStream
        return StreamingHttpResponse(e["chunk"]["bytes"] for e in reply["body"])


class AgentView(BedrockMixin, View):
    service_name = "bedrock-agent-runtime"

    def get(self, request):
        r = self.client.invoke_agent(agentId="A1", agentAliasId="AL", sessionId=request.session.session_key, inputText=request.GET["q"])  #> bedrock-agent-runtime InvokeAgent
        return JsonResponse({"text": "".join(e["chunk"]["bytes"].decode() for e in r["completion"] if "chunk" in e)})


class ModelsView(BedrockMixin, View):
    service_name = "bedrock"

    def get(self, request):
        models = self.client.list_foundation_models(byOutputModality="TEXT")  #> bedrock ListFoundationModels
        custom = self.client.list_custom_models()  #> bedrock ListCustomModels
        return JsonResponse({"models": models, "custom": custom})

    def post(self, request):
        return JsonResponse(self.client.invoke_model(modelId="x", body=b"{}"))  #> bedrock InvokeModel wrong bedrock-runtime
