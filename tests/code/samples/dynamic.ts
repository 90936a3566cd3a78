let cached: any;

async function client() {
  const { BedrockClient } = await import("@aws-sdk/client-bedrock");
  cached ??= new BedrockClient({ region: process.env.AWS_REGION });
  return cached;
}

export async function models() {
  const sdk = await import("@aws-sdk/client-bedrock");
  const c = await client();
  return c.send(new sdk.ListFoundationModelsCommand({})); //> bedrock ListFoundationModels
}
