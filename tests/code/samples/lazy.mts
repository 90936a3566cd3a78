let cached: import("@aws-sdk/client-bedrock-runtime").BedrockRuntimeClient | undefined;

async function load() {
  const { BedrockRuntimeClient, ...commands } = await import("@aws-sdk/client-bedrock-runtime");
  cached ??= new BedrockRuntimeClient({});
  return { client: cached, commands };
}

export async function ask(text: string) {
  const { client, commands } = await load();
  return client.send(new commands.ConverseCommand({ modelId: "amazon.nova-lite-v1:0", messages: [{ role: "user", content: [{ text }] }] })); //> bedrock-runtime Converse
}

export async function kb(text: string) {
  const sdk = await import("@aws-sdk/client-bedrock-agent-runtime");
  const client = new sdk.BedrockAgentRuntimeClient({});
  const stream = await client.send(new sdk.RetrieveAndGenerateStreamCommand({ input: { text } })); //> bedrock-agent-runtime RetrieveAndGenerateStream
  return stream;
}
