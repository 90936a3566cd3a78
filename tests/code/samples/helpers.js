import { BedrockRuntimeClient, ConverseStreamCommand, CountTokensCommand } from "@aws-sdk/client-bedrock-runtime";
import { BedrockClient, CreateGuardrailCommand } from "@aws-sdk/client-bedrock";

const clients = { data: new BedrockRuntimeClient({}), control: new BedrockClient({}) };
const send = (client, command) => client.send(command);

send(clients.data, new ConverseStreamCommand({ modelId: "m" })); //> bedrock-runtime ConverseStream
send(clients.control, new CreateGuardrailCommand({ name: "g" })); //> bedrock CreateGuardrail
const { data: renamed } = clients;
renamed.send(new CountTokensCommand({ modelId: "m" })).then((r) => r.inputTokens); //> bedrock-runtime CountTokens
export function shadow(clients) {
  return clients.data.send("x");
}
{
  const renamed = new BedrockClient({});
  renamed.send(new CountTokensCommand({ modelId: "m" })); //> bedrock CountTokens wrong bedrock-runtime
}
