import { BedrockAgentCoreClient, InvokeAgentRuntimeCommand, CreateEventCommand } from "@aws-sdk/client-bedrock-agentcore";
import { BedrockAgentCoreControlClient, CreateMemoryCommand, ListAgentRuntimesCommand } from "@aws-sdk/client-bedrock-agentcore-control";

abstract class Base<C> {
  protected constructor(protected client: C) {}
}

export class Core extends Base<BedrockAgentCoreClient> {
  constructor() {
    super(new BedrockAgentCoreClient({}));
  }
  async invoke(arn: string, payload: object) {
    const r = await this.client.send(new InvokeAgentRuntimeCommand({ agentRuntimeArn: arn, payload: new TextEncoder().encode(JSON.stringify(payload)) })); //> bedrock-agentcore InvokeAgentRuntime
    return r.response?.transformToString();
  }
  remember = (memoryId: string) => this.client.send(new CreateEventCommand({ memoryId, actorId: "a", eventTimestamp: new Date(), payload: [] })); //> bedrock-agentcore CreateEvent
  wrong() {
    return this.client.send(new ListAgentRuntimesCommand({}) as any); //> bedrock-agentcore ListAgentRuntimes wrong bedrock-agentcore-control
  }
}

export async function setup(client = new BedrockAgentCoreControlClient({})) {
  return client.send(new CreateMemoryCommand({ name: "m", eventExpiryDuration: 30 })); //> bedrock-agentcore-control CreateMemory
}
