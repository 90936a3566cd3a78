package com.example.chat;

import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Service;
import lombok.RequiredArgsConstructor;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrock.BedrockClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.*;

@Configuration
public class ChatConfig {
    @Bean(destroyMethod = "close")
    BedrockRuntimeClient bedrockRuntime(@Value("${aws.region}") String region) {
        return BedrockRuntimeClient.builder()
            .region(Region.of(region))
            .credentialsProvider(DefaultCredentialsProvider.create())
            .httpClientBuilder(ApacheHttpClient.builder().socketTimeout(Duration.ofSeconds(60)))
            .build();
    }

    @Bean
    BedrockClient bedrock() {
        return BedrockClient.create();
    }
}

@Service
@RequiredArgsConstructor
class ChatService {
    private static final String MODEL = "amazon.nova-lite-v1:0";
    private final BedrockRuntimeClient bedrockRuntime;
    private final BedrockClient bedrock;

    String ask(String text) {
        var message = Message.builder().role(ConversationRole.USER).content(ContentBlock.fromText(text)).build();
        ConverseResponse response = bedrockRuntime.converse(r -> r.modelId(MODEL).messages(message)); //> bedrock-runtime Converse
        return response.output().message().content().get(0).text();
    }

    List<String> models() {
        return bedrock.listFoundationModels(b -> {}).modelSummaries().stream().map(m -> m.modelId()).toList(); //> bedrock ListFoundationModels
    }
}
