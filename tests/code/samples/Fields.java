package com.example;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.*;
import software.amazon.awssdk.services.bedrock.BedrockClient;
public class Fields {
  private static final BedrockRuntimeClient CLIENT = BedrockRuntimeClient.builder().region(Region.US_EAST_1).build();
  private final BedrockRuntimeAsyncClient async = BedrockRuntimeAsyncClient.create();
  public String chat(String text) {
    var message = Message.builder().content(ContentBlock.fromText(text)).role(ConversationRole.USER).build();
    ConverseResponse response = CLIENT.converse(r -> r.modelId("amazon.nova-lite-v1:0").messages(message)); //> bedrock-runtime Converse
    async.converseStream(ConverseStreamRequest.builder().modelId("m").build(), handler()).join(); //> bedrock-runtime ConverseStream
    try (BedrockClient control = BedrockClient.create()) {
      control.listFoundationModels(r -> {}).modelSummaries().forEach(System.out::println); //> bedrock ListFoundationModels
    }
    return response.output().message().content().get(0).text();
  }
  private ConverseStreamResponseHandler handler() { return null; }
}
