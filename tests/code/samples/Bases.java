import software.amazon.awssdk.services.bedrockagent.*;
import software.amazon.awssdk.services.bedrockagent.model.*;
import software.amazon.awssdk.services.bedrockagentcore.BedrockAgentCoreClient;
import java.util.stream.*;
public enum Bases {
  INSTANCE;
  private final BedrockAgentClient client = BedrockAgentClient.builder().httpClientBuilder(null).build();
  public void go() {
    StartIngestionJobResponse r = client.startIngestionJob(StartIngestionJobRequest.builder().knowledgeBaseId("K").build()); //> bedrock-agent StartIngestionJob
    Stream.of("a", "b").map(id -> client.getAgent(b -> b.agentId(id))).toList(); //> bedrock-agent GetAgent
    var waiter = client;
    switch (r.toString()) {
      case "x" -> waiter.deleteAgent(DeleteAgentRequest.builder().agentId("y").build()); //> bedrock-agent DeleteAgent
      default -> { }
    }
    Runnable t = () -> client.prepareAgent(x -> x.agentId("p")); //> bedrock-agent PrepareAgent
    new Thread(t).start();
    client.listAgents().agentSummaries().forEach(System.out::println); //> bedrock-agent ListAgents
  }
  static class Inner extends Base<BedrockAgentCoreClient> {
    Inner(BedrockAgentCoreClient c) { super(c); }
    void f() { client.invokeAgentRuntime(q -> q.agentRuntimeArn("a")); } //> bedrock-agentcore InvokeAgentRuntime
  }
  static class Base<T> { protected final T client; Base(T client) { this.client = client; } }
}
class Nested2 {
  private List<List<BedrockAgentClient>> all;
  void run() {
    all.get(0).get(0).listFlows(r -> {}); //> bedrock-agent ListFlows
    all.forEach(inner -> inner.forEach(c -> c.listPrompts(r -> {}))); //> bedrock-agent ListPrompts
  }
}
