import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.services.bedrockagent.BedrockAgentClient;
import software.amazon.awssdk.services.bedrockagent.model.*;
import software.amazon.awssdk.services.bedrockagent.paginators.ListKnowledgeBasesIterable;
import software.amazon.awssdk.services.bedrockagentruntime.BedrockAgentRuntimeClient;
import software.amazon.awssdk.services.bedrockagentruntime.model.RetrieveRequest;

public enum KbTool {
    INSTANCE;

    private final Supplier<BedrockAgentRuntimeClient> runtime = BedrockAgentRuntimeClient::create;
    private final BedrockAgentClient admin = BedrockAgentClient.builder().build();

    public void list() {
        ListKnowledgeBasesIterable pages = admin.listKnowledgeBasesPaginator(r -> r.maxResults(20)); //> bedrock-agent ListKnowledgeBases
        for (var kb : pages.knowledgeBaseSummaries()) {
            System.out.println(kb.name());
        }
        admin.listDataSourcesPaginator(ListDataSourcesRequest.builder().knowledgeBaseId("K").build()) //> bedrock-agent ListDataSources
            .stream().flatMap(p -> p.dataSourceSummaries().stream()).forEach(System.out::println);
    }

    public void search(String text) {
        try (BedrockAgentRuntimeClient c = runtime.get()) {
            c.retrieve(RetrieveRequest.builder().knowledgeBaseId("K").retrievalQuery(q -> q.text(text)).build()); //> bedrock-agent-runtime Retrieve
        }
    }

    public void sync() {
        StartIngestionJobResponse job = admin.startIngestionJob(b -> b.knowledgeBaseId("K").dataSourceId("D")); //> bedrock-agent StartIngestionJob
        String status;
        do {
            status = admin.getIngestionJob(b -> b.knowledgeBaseId("K").dataSourceId("D").ingestionJobId(job.ingestionJob().ingestionJobId())).ingestionJob().statusAsString(); //> bedrock-agent GetIngestionJob
        } while (!"COMPLETE".equals(status));
    }
}
