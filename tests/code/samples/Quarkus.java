package app;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.ws.rs.*;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.services.bedrock.BedrockClient;
import software.amazon.awssdk.services.bedrock.model.ListFoundationModelsRequest;
import software.amazon.awssdk.services.bedrockagentruntime.BedrockAgentRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockagentruntime.model.*;

@Path("/kb")
@ApplicationScoped
public class Quarkus {
    private BedrockClient bedrock;
    private BedrockAgentRuntimeAsyncClient agents;

    @Inject
    public void setBedrock(BedrockClient bedrock) { this.bedrock = bedrock; }

    @Produces
    BedrockAgentRuntimeAsyncClient agents() { return BedrockAgentRuntimeAsyncClient.builder().build(); }

    @GET
    public Uni<RetrieveResponse> get(@QueryParam("q") String q) {
        var request = RetrieveRequest.builder()
            .knowledgeBaseId("K")
            .retrievalQuery(KnowledgeBaseQuery.builder().text(q).build());
        return Uni.createFrom().completionStage(agents().retrieve(request.build())); //> bedrock-agent-runtime Retrieve
    }

    @POST
    public String models() {
        final ListFoundationModelsRequest.Builder b = ListFoundationModelsRequest.builder();
        if (bedrock != null) b.byProvider("amazon");
        return bedrock.listFoundationModels(b.build()).toString(); //> bedrock ListFoundationModels
    }
}
