const { BedrockRuntimeClient, ConverseCommand, InvokeModelCommand: Invoke } = require("@aws-sdk/client-bedrock-runtime");
const agents = require("@aws-sdk/client-bedrock-agent");

const client = new BedrockRuntimeClient({ region: "us-east-1" });
const MODEL = "amazon.nova-lite-v1:0";

exports.handler = async (event) => {
  const command = new ConverseCommand({ modelId: MODEL, messages: [] });
  const reply = await client.send(command); //> bedrock-runtime Converse
  await client.send(new Invoke({ modelId: MODEL, body: "{}" })); //> bedrock-runtime InvokeModel
  const agent = new agents.BedrockAgentClient();
  await agent.send(new agents.ListAgentsCommand({})); //> bedrock-agent ListAgents
  await agent.send(command); //> bedrock-agent Converse wrong bedrock-runtime
  return reply;
};
