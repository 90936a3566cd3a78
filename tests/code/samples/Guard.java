package guard;

import java.util.stream.Stream;
import javax.inject.Inject;
import javax.inject.Singleton;
import software.amazon.awssdk.services.bedrock.BedrockAsyncClient;
import software.amazon.awssdk.services.bedrock.model.CreateGuardrailRequest;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ApplyGuardrailRequest;
import software.amazon.awssdk.services.bedrockruntime.model.GuardrailContentSource;

@Singleton
public class Guard {
    @Inject
    BedrockRuntimeClient runtime;

    private static volatile BedrockAsyncClient control;

    private static BedrockAsyncClient control() {
        if (control == null) {
            synchronized (Guard.class) {
                if (control == null) control = BedrockAsyncClient.create();
            }
        }
        return control;
    }

    boolean ok(String text) {
        var req = ApplyGuardrailRequest.builder().guardrailIdentifier("g").guardrailVersion("1").source(GuardrailContentSource.INPUT).build();
        return runtime.applyGuardrail(req).actionAsString().equals("NONE"); //> bedrock-runtime ApplyGuardrail
    }

    void create() {
        control().createGuardrail(CreateGuardrailRequest.builder().name("g").build()) //> bedrock CreateGuardrail
            .thenCompose(g -> control().createGuardrailVersion(v -> v.guardrailIdentifier(g.guardrailId()))) //> bedrock CreateGuardrailVersion
            .whenComplete((v, e) -> System.out.println(v));
    }

    long count() {
        return Stream.of("a", "b").map(t -> runtime.countTokens(c -> c.modelId("m"))).count(); //> bedrock-runtime CountTokens
    }
}
