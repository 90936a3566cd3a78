import java.util.*;
import java.util.concurrent.*;
import java.util.stream.*;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.bedrockruntime.*;
import software.amazon.awssdk.services.bedrockruntime.model.*;

public class Streams {
    private final List<BedrockRuntimeClient> pool = IntStream.range(0, 4).mapToObj(i -> BedrockRuntimeClient.create()).collect(Collectors.toList());
    private final Map<String, BedrockRuntimeAsyncClient> async = new ConcurrentHashMap<>();
    private static final ThreadLocal<BedrockRuntimeClient> LOCAL = ThreadLocal.withInitial(BedrockRuntimeClient::create);

    List<ConverseResponse> all(List<String> texts) {
        return texts.stream()
            .map(t -> ConverseRequest.builder().modelId("m").messages(Message.builder().role("user").build()).build())
            .map(pool.get(0)::converse) //> bedrock-runtime Converse
            .toList();
    }

    Mono<String> mono(String region) {
        return Mono.fromFuture(() -> async.get(region).invokeModel(r -> r.modelId("m"))) //> bedrock-runtime InvokeModel
            .map(r -> r.body().asUtf8String());
    }

    void entries() throws Exception {
        for (Map.Entry<String, BedrockRuntimeAsyncClient> e : async.entrySet()) {
            e.getValue().converse(b -> b.modelId("m")).get(5, TimeUnit.SECONDS); //> bedrock-runtime Converse
        }
        LOCAL.get().countTokens(b -> b.modelId("m")); //> bedrock-runtime CountTokens
        Optional.of(BedrockRuntimeClient.create()).ifPresent(c -> c.applyGuardrail(g -> g.guardrailIdentifier("g"))); //> bedrock-runtime ApplyGuardrail
        CompletableFuture.supplyAsync(() -> pool.get(1)).thenApply(c -> c.listAsyncInvokes()).join(); //> bedrock-runtime ListAsyncInvokes
    }
}
