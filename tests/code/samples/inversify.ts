import "reflect-metadata";
import { container, inject, injectable, singleton } from "tsyringe";
import { BedrockAgentRuntimeClient, InvokeAgentCommand, RetrieveCommand } from "@aws-sdk/client-bedrock-agent-runtime";
import { BedrockAgentClient, StartIngestionJobCommand } from "@aws-sdk/client-bedrock-agent";

export const TOKENS = { agents: Symbol("agents") };

container.register(TOKENS.agents, { useFactory: () => new BedrockAgentRuntimeClient({}) });
container.registerInstance(BedrockAgentClient, new BedrockAgentClient({ region: "us-east-1" }));

@injectable()
export class Retriever {
  constructor(
    @inject(TOKENS.agents) private readonly agents: BedrockAgentRuntimeClient,
    private admin: BedrockAgentClient,
  ) {}

  async find(text: string) {
    const { retrievalResults = [] } = await this.agents.send( //> bedrock-agent-runtime Retrieve
      new RetrieveCommand({ knowledgeBaseId: process.env.KB_ID!, retrievalQuery: { text } }),
    );
    return retrievalResults;
  }

  sync = (): Promise<unknown> =>
    this.admin.send(new StartIngestionJobCommand({ knowledgeBaseId: "K", dataSourceId: "D" })); //> bedrock-agent StartIngestionJob

  async ask(text: string) {
    const command = new InvokeAgentCommand({ agentId: "A", agentAliasId: "B", sessionId: "s", inputText: text });
    const response = await this.agents.send(command); //> bedrock-agent-runtime InvokeAgent
    return response.completion;
  }

  async wrong(text: string) {
    return this.admin.send(new InvokeAgentCommand({ agentId: "A", agentAliasId: "B", sessionId: "s", inputText: text }) as any); //> bedrock-agent InvokeAgent wrong bedrock-agent-runtime
  }
}
