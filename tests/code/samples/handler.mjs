import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand as Stream, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import * as agent from "@aws-sdk/client-bedrock-agent-runtime";
import { BedrockClient, ListFoundationModelsCommand, paginateListGuardrails } from "@aws-sdk/client-bedrock";

const client = new BedrockRuntimeClient({ region: "us-east-1", maxAttempts: 5 });
client.middlewareStack.add((next) => async (args) => next(args), { step: "build" });
const kb = new agent.BedrockAgentRuntimeClient({});
const ctl = new BedrockClient();

export const handler = async (event) => {
  const out = await client.send(new ConverseCommand({ modelId: "amazon.nova-lite-v1:0", messages: [] })); //> bedrock-runtime Converse
  const command = new Stream({ modelId: process.env.MODEL, messages: [] });
  const { stream } = await client.send(command); //> bedrock-runtime ConverseStream
  for await (const e of stream) console.log(e);
  const docs = await kb.send(new agent.RetrieveCommand({ knowledgeBaseId: "KB", retrievalQuery: { text: event.q } })); //> bedrock-agent-runtime Retrieve
  for await (const page of paginateListGuardrails({ client: ctl }, {})) console.log(page); //> bedrock ListGuardrails
  await ctl.send(new InvokeModelCommand({ modelId: "m", body: "{}" })); //> bedrock InvokeModel wrong bedrock-runtime
  await ctl.send(new ListFoundationModelsCommand({})); //> bedrock ListFoundationModels
  return docs;
};
