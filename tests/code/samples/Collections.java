import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import java.util.*;
class Collections {
  private final Map<String, BedrockRuntimeClient> byRegion = new HashMap<>();
  private final List<BedrockRuntimeClient> all;
  private Optional<BedrockRuntimeClient> maybe;
  Collections(List<BedrockRuntimeClient> all) { this.all = all; }
  void x(String r) {
    byRegion.computeIfAbsent(r, k -> BedrockRuntimeClient.create()).converse(b -> b.modelId("m")); //> bedrock-runtime Converse
    for (BedrockRuntimeClient c : all) { c.invokeModel(b -> b.modelId("m")); } //> bedrock-runtime InvokeModel
    byRegion.get(r).applyGuardrail(b -> {}); //> bedrock-runtime ApplyGuardrail
    maybe.ifPresent(c -> c.countTokens(b -> {})); //> bedrock-runtime CountTokens
    all.forEach(c -> c.listAsyncInvokes(b -> {})); //> bedrock-runtime ListAsyncInvokes
  }
}
