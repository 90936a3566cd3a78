import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClientBuilder;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ThrottlingException;

public class Inner {
    static class Clients {
        final BedrockRuntimeClient runtime;

        Clients(String endpoint) {
            BedrockRuntimeClientBuilder builder = BedrockRuntimeClient.builder();
            if (endpoint != null) {
                builder.endpointOverride(java.net.URI.create(endpoint));
            }
            runtime = builder.build();
        }
    }

    private final Clients clients = new Clients(null);

    <T> T retry(Callable<T> call) throws Exception {
        try {
            return call.call();
        } catch (ThrottlingException e) {
            return call.call();
        }
    }

    void go() throws Exception {
        var template = ConverseRequest.builder().modelId("amazon.nova-micro-v1:0");
        retry(() -> clients.runtime.converse(template.build())); //> bedrock-runtime Converse
        ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor();
        pool.submit(() -> this.clients.runtime.invokeModel(r -> r.modelId("m"))); //> bedrock-runtime InvokeModel
        Callable<Object> c = new Callable<>() {
            @Override
            public Object call() {
                return clients.runtime.listAsyncInvokes(); //> bedrock-runtime ListAsyncInvokes
            }
        };
        pool.submit(c);
    }
}
