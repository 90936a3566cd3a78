import software.amazon.awssdk.services.bedrock.*;
import software.amazon.awssdk.services.bedrock.model.*;
import software.amazon.awssdk.services.bedrockagent.BedrockAgentClient;

class Admin {
    @Inject BedrockClient bedrock;

    void models() {
        bedrock.listFoundationModels().modelSummaries().forEach(m -> System.out.println(m)); //> bedrock ListFoundationModels
        for (var page : bedrock.listCustomModelsPaginator(ListCustomModelsRequest.builder().build())) { //> bedrock ListCustomModels
            System.out.println(page);
        }
        try (BedrockAgentClient agents = BedrockAgentClient.create()) {
            agents.listAgents(r -> r.maxResults(5)); //> bedrock-agent ListAgents
        } catch (Exception e) {
            bedrock.listGuardrails(ListGuardrailsRequest.builder().build()); //> bedrock ListGuardrails
        }
    }
}
