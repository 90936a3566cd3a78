import software.amazon.awssdk.services.bedrock.BedrockClient;
import software.amazon.awssdk.services.bedrock.model.*;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.GetAsyncInvokeRequest;
import software.amazon.awssdk.services.sts.StsClient;

public interface Jobs {
    BedrockClient bedrock();

    default String submit(String role) {
        CreateModelInvocationJobRequest request = CreateModelInvocationJobRequest.builder()
            .jobName("j").roleArn(role).modelId("amazon.nova-lite-v1:0")
            .inputDataConfig(i -> i.s3InputDataConfig(s -> s.s3Uri("s3://b/in")))
            .build();
        return bedrock().createModelInvocationJob(request).jobArn(); //> bedrock CreateModelInvocationJob
    }

    static void main(String... args) throws Exception {
        try (var bedrock = BedrockClient.create(); var sts = StsClient.create()) {
            sts.getCallerIdentity();
            bedrock.getModelInvocationJob(r -> r.jobIdentifier(args[0])); //> bedrock GetModelInvocationJob
            bedrock.listModelInvocationJobsPaginator(ListModelInvocationJobsRequest.builder().build()).forEach(System.out::println); //> bedrock ListModelInvocationJobs
        }
        BedrockRuntimeClient rt = BedrockRuntimeClient.builder().build();
        final var id = GetAsyncInvokeRequest.builder().invocationArn("a").build();
        for (int i = 0; i < 3; i++) {
            System.out.println(rt.getAsyncInvoke(id).status()); //> bedrock-runtime GetAsyncInvoke
        }
    }
}
