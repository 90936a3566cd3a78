import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;

abstract class Backend<C extends AutoCloseable> {
    protected final C client;

    protected Backend(C client) {
        this.client = client;
    }

    abstract String run(String text);
}

class ConverseBackend extends Backend<BedrockRuntimeClient> {
    ConverseBackend() {
        super(BedrockRuntimeClient.create());
    }

    @Override
    String run(String text) {
        return client.converse(ConverseRequest.builder().modelId("amazon.nova-lite-v1:0").build()).toString(); //> bedrock-runtime Converse
    }
}

public class Generic {
    private final Map<String, BedrockRuntimeClient> byRegion = new HashMap<>();
    private final BiFunction<BedrockRuntimeClient, ConverseRequest, ConverseResponse> call = BedrockRuntimeClient::converse;

    BedrockRuntimeClient in(String region) {
        return byRegion.computeIfAbsent(region, r -> BedrockRuntimeClient.builder().build());
    }

    void run(List<String> regions) {
        for (String region : regions) {
            in(region).invokeModel(InvokeModelRequest.builder().modelId("m").build()); //> bedrock-runtime InvokeModel
        }
        regions.forEach(r -> byRegion.get(r).converse(b -> b.modelId("m"))); //> bedrock-runtime Converse
        byRegion.values().parallelStream().forEach(c -> c.invokeModel(b -> b.modelId("m"))); //> bedrock-runtime InvokeModel
    }
}
