import { BedrockAgentRuntimeClient, RetrieveCommand, InvokeAgentCommand, type InvokeAgentCommandInput } from "@aws-sdk/client-bedrock-agent-runtime";
import { Effect, Context, Layer } from "effect";

export class Agents extends Context.Tag("Agents")<Agents, BedrockAgentRuntimeClient>() {}
export const live = Layer.sync(Agents, () => new BedrockAgentRuntimeClient({}));
export const retrieve = (text: string) =>
  Effect.gen(function* () {
    const client: BedrockAgentRuntimeClient = yield* Agents;
    return yield* Effect.tryPromise(() => client.send(new RetrieveCommand({ knowledgeBaseId: "K", retrievalQuery: { text } }))); //> bedrock-agent-runtime Retrieve
  });

abstract class Tool {
  abstract run(input: string): Promise<unknown>;
  protected get client() { return (this._client ??= new BedrockAgentRuntimeClient({ region: process.env.AWS_REGION })); }
  private _client?: BedrockAgentRuntimeClient;
}
export class AgentTool extends Tool {
  override async run(inputText: string) {
    const params: InvokeAgentCommandInput = { agentId: "A", agentAliasId: "B", sessionId: "s", inputText };
    const { completion } = await super.client.send(new InvokeAgentCommand(params)); //> bedrock-agent-runtime InvokeAgent
    return completion;
  }
}
