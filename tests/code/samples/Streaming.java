import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.services.bedrockagentruntime.BedrockAgentRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;

public record Streaming(BedrockRuntimeAsyncClient client) {
    CompletableFuture<Void> stream() {
        return client.converseStream( //> bedrock-runtime ConverseStream
            ConverseStreamRequest.builder()
                .modelId("amazon.nova-pro-v1:0")
                .build(),
            handler);
    }

    static BedrockAgentRuntimeAsyncClient agents() {
        return BedrockAgentRuntimeAsyncClient.create();
    }

    void agent() {
        agents().invokeAgent(r -> r.agentId("A").agentAliasId("B"), handler); //> bedrock-agent-runtime InvokeAgent
    }
}
