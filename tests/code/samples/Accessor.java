import software.amazon.awssdk.services.bedrock.BedrockClient;
record Accessor(BedrockClient bedrock) {
  void a() { bedrock().listGuardrails(r -> {}); } //> bedrock ListGuardrails
  static void b(Accessor r) { r.bedrock().listCustomModels(); } //> bedrock ListCustomModels
}
class Z { @Autowired private Accessor clients; void c() { clients.bedrock().getCustomModel(x -> x.modelIdentifier("m")); } } //> bedrock GetCustomModel
