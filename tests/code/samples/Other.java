package app;

import com.example.BedrockRuntimeClient;
import software.amazon.awssdk.services.s3.S3Client;

class Other {
    private final BedrockRuntimeClient client = new BedrockRuntimeClient();
    private final S3Client s3 = S3Client.create();

    void run() {
        client.converse("text");
        s3.getObject(r -> r.key("k"));
    }
}
