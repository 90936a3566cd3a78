import static org.mockito.Mockito.*;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.*;
import org.mockito.junit.jupiter.MockitoExtension;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.*;

@ExtendWith(MockitoExtension.class)
class Mocked {
    @Mock
    private BedrockRuntimeClient client;
    @InjectMocks
    private Mocked.Sut sut;

    static class Sut {
        private final BedrockRuntimeClient client;
        Sut(BedrockRuntimeClient client) { this.client = client; }
        ConverseResponse ask() { return client.converse(ConverseRequest.builder().modelId("m").build()); } //> bedrock-runtime Converse
    }

    void test() {
        ConverseRequest request = ConverseRequest.builder().build();
        when(client.converse(request)).thenReturn(ConverseResponse.builder().build());
        doThrow(ThrottlingException.builder().build()).when(client).invokeModel(InvokeModelRequest.builder().build());
        verify(client, times(1)).converse(request);
        try (MockedStatic<BedrockRuntimeClient> s = mockStatic(BedrockRuntimeClient.class)) {
            s.when(BedrockRuntimeClient::create).thenReturn(client);
        }
    }
}
