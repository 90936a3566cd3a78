import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import software.amazon.awssdk.services.bedrock.BedrockClient;

class Test {
    void run() {
        String text = "BedrockClient.create().listAgents()";
        /* bedrock.listFoundationModels() */
        Runnable r = () -> System.out.println(text);
        r.run();
    }
}
