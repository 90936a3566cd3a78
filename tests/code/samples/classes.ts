import { BedrockAgentRuntimeClient, RetrieveCommand, InvokeAgentCommand } from "@aws-sdk/client-bedrock-agent-runtime";
import { BedrockRuntimeClient, ConverseCommand, type ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime";

interface Deps {
  runtime: BedrockRuntimeClient;
}

export class Chat {
  private readonly agents = new BedrockAgentRuntimeClient({});
  constructor(private readonly client: BedrockRuntimeClient, readonly kb?: string) {}

  async ask(text: string): Promise<string> {
    const input: ConverseCommandInput = { modelId: "amazon.nova-lite-v1:0", messages: [] };
    const out = await this.client.send(new ConverseCommand(input)); //> bedrock-runtime Converse
    return out.output!.message!.content![0].text!;
  }

  retrieve = async () =>
    this.agents.send(new RetrieveCommand({ knowledgeBaseId: this.kb, retrievalQuery: { text: "q" } })); //> bedrock-agent-runtime Retrieve

  async wrong() {
    await this.client.send(new InvokeAgentCommand({ agentId: "A", agentAliasId: "B", sessionId: "s" }) as never); //> bedrock-runtime InvokeAgent wrong bedrock-agent-runtime
  }
}

export async function run({ runtime }: Deps) {
  return runtime.send(new ConverseCommand({ modelId: "m", messages: [] })); //> bedrock-runtime Converse
}
