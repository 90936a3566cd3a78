import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;
import software.amazon.awssdk.services.bedrockagentruntime.BedrockAgentRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockagentruntime.model.InvokeAgentRequest;
import software.amazon.awssdk.services.bedrockagentruntime.model.InvokeAgentResponseHandler;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;

public class Handler implements RequestHandler<Map<String, String>, String> {
    private static final BedrockAgentRuntimeAsyncClient AGENTS = BedrockAgentRuntimeAsyncClient.create();
    private final DynamoDbClient ddb = DynamoDbClient.create();

    @Override
    public String handleRequest(Map<String, String> event, Context context) {
        ddb.getItem(GetItemRequest.builder().tableName("t").build());
        var out = new StringBuilder();
        InvokeAgentRequest request = InvokeAgentRequest.builder()
            .agentId(System.getenv("AGENT_ID"))
            .agentAliasId(System.getenv("ALIAS_ID"))
            .sessionId(event.get("session"))
            .inputText(event.get("text"))
            .build();
        var handler = InvokeAgentResponseHandler.builder()
            .onEventStream(p -> p.subscribe(e -> {}))
            .build();
        AGENTS.invokeAgent(request, handler).join(); //> bedrock-agent-runtime InvokeAgent
        AGENTS.retrieveAndGenerate(r -> r.input(i -> i.text(event.get("text")))) //> bedrock-agent-runtime RetrieveAndGenerate
            .thenAccept(r -> out.append(r.output().text()));
        return out.toString();
    }
}
