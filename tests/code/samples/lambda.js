import { BedrockAgentRuntimeClient, InvokeAgentCommand, RetrieveAndGenerateCommand } from "@aws-sdk/client-bedrock-agent-runtime";
import { BedrockAgentClient } from "@aws-sdk/client-bedrock-agent";

const client = new BedrockAgentRuntimeClient();
const wrong = new BedrockAgentClient();
export const handler = async ({ text }) => {
  const [first, second] = await Promise.all([
    client.send(new InvokeAgentCommand({ agentId: "A", agentAliasId: "B", sessionId: "s" })), //> bedrock-agent-runtime InvokeAgent
    client.send(new RetrieveAndGenerateCommand({ input: { text } })), //> bedrock-agent-runtime RetrieveAndGenerate
  ]);
  try {
    return await wrong.send(new InvokeAgentCommand({ agentId: "A" })); //> bedrock-agent InvokeAgent wrong bedrock-agent-runtime
  } catch (e) {
    return first ?? second;
  }
};
