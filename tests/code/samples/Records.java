import software.amazon.awssdk.services.bedrock.BedrockClient;
import software.amazon.awssdk.services.bedrock.model.*;
import software.amazon.awssdk.services.bedrockagent.BedrockAgentClient;
import software.amazon.awssdk.services.bedrockagentruntime.BedrockAgentRuntimeAsyncClient;
@org.springframework.context.annotation.Configuration
class Records {
  @Bean BedrockClient bedrock() { return BedrockClient.builder().build(); }
  @Bean BedrockAgentClient agent() { return BedrockAgentClient.create(); }
  record Svc(BedrockClient bedrock, BedrockAgentClient agents, BedrockAgentRuntimeAsyncClient run) {
    void all() {
      bedrock.listFoundationModelsPaginatorX();
      bedrock().listFoundationModels().modelSummaries().stream().map(FoundationModelSummary::modelId).toList(); //> bedrock ListFoundationModels
      this.agents.listAgentsPaginator(r -> r.maxResults(3)).forEach(x -> {}); //> bedrock-agent ListAgents
      run.invokeAgent(b -> b.agentId("a"), null).thenAccept(v -> {}); //> bedrock-agent-runtime InvokeAgent
    }
  }
}
