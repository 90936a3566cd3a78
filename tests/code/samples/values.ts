import { BedrockRuntimeClient, ConverseCommand, CountTokensCommand, InvokeModelCommand, type ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime";
import { BedrockClient, ListGuardrailsCommand, type BedrockClientConfig } from "@aws-sdk/client-bedrock";

const regions = ["us-east-1", "eu-west-1"] as const;
const byRegion: Record<string, BedrockRuntimeClient> = Object.fromEntries(regions.map((region) => [region, new BedrockRuntimeClient({ region })]));
const pool = new Map<string, BedrockRuntimeClient>();
regions.forEach((region) => pool.set(region, new BedrockRuntimeClient({ region })));

export async function everywhere(input: ConverseCommandInput) {
  for (const client of Object.values(byRegion)) await client.send(new ConverseCommand(input)); //> bedrock-runtime Converse
  await Promise.all([...pool.values()].map((client) => client.send(new CountTokensCommand({ modelId: "m", input: undefined })))); //> bedrock-runtime CountTokens
  const results = await Promise.allSettled(Object.entries(byRegion).map(async ([name, c]) => c.send(new InvokeModelCommand({ modelId: name, body: "" })))); //> bedrock-runtime InvokeModel
  return results;
}

function pick<T extends { send: Function }>(clients: T[]): T { return clients[0]!; }
const control = pick([new BedrockClient({} satisfies BedrockClientConfig)]);
export const guards = () => control.send(new ListGuardrailsCommand({})); //> bedrock ListGuardrails
export const first = (await control.send(new ListGuardrailsCommand())).guardrails?.at(0); //> bedrock ListGuardrails
