import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

class ChatTest {
    private final BedrockRuntimeClient client = mock(BedrockRuntimeClient.class);

    @Test
    void asks() {
        when(client.converse(any(ConverseRequest.class))).thenReturn(ConverseResponse.builder().build());
        verify(client).converse(any(Consumer.class));
    }
}
