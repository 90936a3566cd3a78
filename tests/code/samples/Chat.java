package app;

import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;

public class Chat {
    private final BedrockRuntimeClient client;
    private static final String MODEL = "amazon.nova-lite-v1:0";

    public Chat() {
        this.client = BedrockRuntimeClient.builder().region(Region.US_EAST_1).build();
    }

    public String ask(String text) {
        var request = ConverseRequest.builder().modelId(MODEL).build();
        var reply = client.converse(request); //> bedrock-runtime Converse
        client.invokeModel(r -> r.modelId(MODEL).body(null)); //> bedrock-runtime InvokeModel
        return reply.toString();
    }

    // client.converseStream(request)
    public void converse(String text) {
        System.out.println("client.converse(request)");
        converse(text);
    }
}
