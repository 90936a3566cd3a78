import static software.amazon.awssdk.services.bedrockruntime.model.ConversationRole.USER;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.*;

public final class AsyncStream implements AutoCloseable {
    private final BedrockRuntimeAsyncClient client;

    AsyncStream() {
        this.client = BedrockRuntimeAsyncClient.builder().httpClient(NettyNioAsyncHttpClient.create()).build();
    }

    CompletableFuture<Void> stream(String text) {
        var handler = ConverseStreamResponseHandler.builder()
            .subscriber(ConverseStreamResponseHandler.Visitor.builder().onContentBlockDelta(c -> System.out.print(c.delta().text())).build())
            .onError(Throwable::printStackTrace)
            .build();
        return client.converseStream(request -> request //> bedrock-runtime ConverseStream
            .modelId("us.amazon.nova-pro-v1:0")
            .messages(m -> m.role(USER).content(ContentBlock.fromText(text))), handler);
    }

    void raw(String body) throws ExecutionException, InterruptedException {
        InvokeModelWithResponseStreamRequest request = InvokeModelWithResponseStreamRequest.builder()
            .modelId("anthropic.claude-3-haiku-20240307-v1:0").body(SdkBytes.fromUtf8String(body)).build();
        client.invokeModelWithResponseStream(request, null).get(); //> bedrock-runtime InvokeModelWithResponseStream
        client.invokeModel(r -> r.modelId("m").body(SdkBytes.fromUtf8String(body))) //> bedrock-runtime InvokeModel
            .thenApply(InvokeModelResponse::body)
            .thenAccept(System.out::println)
            .join();
    }

    @Override
    public void close() {
        client.close();
    }
}
