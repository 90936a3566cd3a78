import software.amazon.awssdk.services.bedrockagentruntime.BedrockAgentRuntimeClient;
import software.amazon.awssdk.services.bedrockagentruntime.model.RetrieveRequest;

enum Factory {
    INSTANCE;

    private BedrockAgentRuntimeClient client;

    synchronized BedrockAgentRuntimeClient get() {
        if (client == null) {
            client = BedrockAgentRuntimeClient.builder().build();
        }
        return client;
    }

    Object retrieve(String kb) {
        RetrieveRequest.Builder builder = RetrieveRequest.builder();
        builder.knowledgeBaseId(kb);
        return get().retrieve(builder.build()); //> bedrock-agent-runtime Retrieve
    }
}
