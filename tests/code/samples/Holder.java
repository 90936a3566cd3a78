import software.amazon.awssdk.services.bedrockagent.BedrockAgentClient;
import software.amazon.awssdk.services.s3.S3Client;
class Holder {
  static class Inner { static final BedrockAgentClient C = BedrockAgentClient.builder().build(); }
  static BedrockAgentClient get() { return Inner.C; }
  void run() {
    get().listAgentsPaginator(b -> {}).stream().forEach(x -> {}); //> bedrock-agent ListAgents
    Inner.C.startIngestionJob(b -> b.knowledgeBaseId("k").dataSourceId("d")); //> bedrock-agent StartIngestionJob
    S3Client s3 = S3Client.create();
    s3.listBuckets();
  }
}
