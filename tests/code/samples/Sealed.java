import software.amazon.awssdk.services.bedrockagentcore.BedrockAgentCoreClient;
import software.amazon.awssdk.services.bedrockagentcore.model.InvokeAgentRuntimeRequest;
import software.amazon.awssdk.services.bedrockagentcorecontrol.BedrockAgentCoreControlClient;

sealed interface Task permits Invoke, Create, Forget {}
record Invoke(String arn) implements Task {}
record Create(String name) implements Task {}
record Forget(String memory, String event) implements Task {}

public class Sealed {
    private final BedrockAgentCoreClient data;
    private final BedrockAgentCoreControlClient control;

    public Sealed(BedrockAgentCoreClient data, BedrockAgentCoreControlClient control) {
        this.data = data;
        this.control = control;
    }

    Object run(Task task) {
        return switch (task) {
            case Invoke i -> data.invokeAgentRuntime(InvokeAgentRuntimeRequest.builder().agentRuntimeArn(i.arn()).build()); //> bedrock-agentcore InvokeAgentRuntime
            case Create(String name) -> control.createMemory(m -> m.name(name).eventExpiryDuration(7)); //> bedrock-agentcore-control CreateMemory
            case Forget f -> {
                yield data.deleteEvent(e -> e.memoryId(f.memory()).eventId(f.event())); //> bedrock-agentcore DeleteEvent
            }
        };
    }
}
