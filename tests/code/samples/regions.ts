import * as BRT from "@aws-sdk/client-bedrock-runtime";
import { BedrockAgentCoreClient, InvokeAgentRuntimeCommand } from "@aws-sdk/client-bedrock-agentcore";
import { BedrockAgentCoreControlClient, ListAgentRuntimesCommand } from "@aws-sdk/client-bedrock-agentcore-control";

const enum Mode { A, B }
const clients: Record<string, BRT.BedrockRuntimeClient> = {};
function forRegion(region: string): BRT.BedrockRuntimeClient {
  return (clients[region] ??= new BRT.BedrockRuntimeClient({ region }));
}
export async function go(region: string) {
  const c = forRegion(region);
  const cmd = region ? new BRT.ConverseCommand({ modelId: "m", messages: [] }) : new BRT.InvokeModelCommand({ modelId: "m" }); //> bedrock-runtime Converse //> bedrock-runtime InvokeModel
  await c.send(new BRT.ApplyGuardrailCommand({ guardrailIdentifier: "g", guardrailVersion: "1", source: "INPUT", content: [] })); //> bedrock-runtime ApplyGuardrail
  const ac = new BedrockAgentCoreClient({ region });
  await ac.send(new InvokeAgentRuntimeCommand({ agentRuntimeArn: "arn", payload: "x" })); //> bedrock-agentcore InvokeAgentRuntime
  const acc = new BedrockAgentCoreControlClient({ region });
  await acc.send(new ListAgentRuntimesCommand({})); //> bedrock-agentcore-control ListAgentRuntimes
}
