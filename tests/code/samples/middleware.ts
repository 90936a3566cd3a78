import { BedrockRuntime } from "@aws-sdk/client-bedrock-runtime";
import { Bedrock } from "@aws-sdk/client-bedrock";
import { BedrockAgent } from "@aws-sdk/client-bedrock-agent";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";

type Clients = { runtime: BedrockRuntime; bedrock: Bedrock; agent: BedrockAgent };

export function createClients(region: string): Clients {
  const common = { region, credentials: fromNodeProviderChain(), requestHandler: new NodeHttpHandler({ requestTimeout: 1000 }) };
  const runtime = new BedrockRuntime(common);
  runtime.middlewareStack.add((next) => async (args) => next(args), { step: "build", name: "log" });
  return { runtime, bedrock: new Bedrock(common), agent: new BedrockAgent(common) };
}

export async function run() {
  const { runtime, bedrock, agent: admin } = createClients("us-east-1");
  const [reply, models] = await Promise.all([
    runtime.converse({ modelId: "amazon.nova-lite-v1:0", messages: [] }), //> bedrock-runtime Converse
    bedrock.listFoundationModels({}), //> bedrock ListFoundationModels
  ]);
  await admin.createKnowledgeBase({ name: "k", roleArn: "r", knowledgeBaseConfiguration: { type: "VECTOR" } }); //> bedrock-agent CreateKnowledgeBase
  await admin.prepareAgent({ agentId: "A" }).catch(console.error); //> bedrock-agent PrepareAgent
  // @ts-expect-error wrong
  await bedrock.invokeModel({ modelId: "m" }); //> bedrock InvokeModel wrong bedrock-runtime
  return { reply, models };
}
