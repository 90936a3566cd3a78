import { BedrockRuntimeClient, ConverseCommand, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { BedrockClient, GetInferenceProfileCommand } from "@aws-sdk/client-bedrock";
import pRetry from "p-retry";
import { memoize, pipe } from "./util.js";

const getClient = memoize(() => new BedrockRuntimeClient({}));
const curried = (client) => (Command) => (input) => client.send(new Command(input));
const run = curried(new BedrockRuntimeClient({}));
export const converse = (input) => run(ConverseCommand)(input); //> bedrock-runtime Converse
export const viaRetry = (input) => pRetry(() => new BedrockRuntimeClient().send(new InvokeModelCommand(input)), { retries: 3 }); //> bedrock-runtime InvokeModel
const builders = { converse: (p) => new ConverseCommand({ modelId: "m", messages: [p] }), invoke: (p) => new InvokeModelCommand({ modelId: "m", body: p }) };
export const byName = async (name, p) => (await run.client ?? new BedrockRuntimeClient({})).send(builders[name](p)); //> bedrock-runtime Converse //> bedrock-runtime InvokeModel
export async function profile(id) {
  const c = new BedrockClient({});
  try { return await c.send(new GetInferenceProfileCommand({ inferenceProfileIdentifier: id })); } finally { c.destroy(); } //> bedrock GetInferenceProfile
}
