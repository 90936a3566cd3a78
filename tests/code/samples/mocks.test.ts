import { mockClient } from "aws-sdk-client-mock";
import { BedrockClient } from "@aws-sdk/client-bedrock";
import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";

const mock = mockClient(BedrockRuntimeClient);
mock.on(ConverseCommand).resolves({});
// new BedrockClient().send(new ConverseCommand({}))
const text = "bedrock.converse({})";
class Fake { converse(x: unknown) { return x; } send(x: unknown) { return x; } }
new Fake().converse({ modelId: "m" });
const client = new BedrockClient({});
expect(client).toBeDefined();
