import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

public class Nested extends Parent {
    static final BedrockRuntimeClient SHARED = BedrockRuntimeClient.create();

    static class Inner {
        private BedrockRuntimeClient api;

        Inner(BedrockRuntimeClient api) {
            this.api = api;
        }

        int count(String text) {
            if (text == null) {
                return 0;
            }
            return api.countTokens(b -> b.modelId("m")).inputTokens(); //> bedrock-runtime CountTokens
        }
    }

    public static void main(String[] args) {
        new Inner(SHARED).count("x");
        SHARED.applyGuardrail(b -> b.guardrailIdentifier("g")); //> bedrock-runtime ApplyGuardrail
        BedrockRuntimeClient local = client();
        local.listAsyncInvokes(); //> bedrock-runtime ListAsyncInvokes
    }

    private static BedrockRuntimeClient client() {
        return SHARED;
    }
}
