import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { BedrockAgentClient, ListAgentsCommand, GetAgentCommand } from "@aws-sdk/client-bedrock-agent";
const list = [new BedrockRuntimeClient({}), new BedrockAgentClient({})] as const;
const [rt, ...others] = list;
rt.send(new ConverseCommand({ modelId: "m", messages: [] })); //> bedrock-runtime Converse
others[0].send(new ListAgentsCommand({})); //> bedrock-agent ListAgents
const args = [list[1]] as const;
function f(c: any) { return c.send(new GetAgentCommand({ agentId: "a" })); } //> bedrock-agent GetAgent
f(...args);
