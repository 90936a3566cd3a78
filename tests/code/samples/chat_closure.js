import { BedrockRuntimeClient, ConverseCommand, ApplyGuardrailCommand } from "@aws-sdk/client-bedrock-runtime";
import { BedrockAgentRuntimeClient, InvokeInlineAgentCommand, ListSessionsCommand } from "@aws-sdk/client-bedrock-agent-runtime";

export const createChat = ({ client = new BedrockRuntimeClient({}), modelId = "amazon.nova-lite-v1:0" } = {}) => {
  const history = [];
  const guard = (text) => client.send(new ApplyGuardrailCommand({ guardrailIdentifier: "g", guardrailVersion: "DRAFT", source: "INPUT", content: [{ text: { text } }] })); //> bedrock-runtime ApplyGuardrail
  return {
    async say(text) {
      await guard(text);
      history.push({ role: "user", content: [{ text }] });
      const { output } = await client.send(new ConverseCommand({ modelId, messages: history })); //> bedrock-runtime Converse
      history.push(output.message);
      return output.message;
    },
  };
};

const registry = new Map([["agents", new BedrockAgentRuntimeClient({})]]);
export async function* inline(text) {
  const c = registry.get("agents");
  const { completion } = await c.send(new InvokeInlineAgentCommand({ foundationModel: "amazon.nova-pro-v1:0", instruction: "x", sessionId: "s", inputText: text })); //> bedrock-agent-runtime InvokeInlineAgent
  yield* completion;
}
switch (process.argv[2]) {
  case "sessions":
    console.log(await registry.get("agents").send(new ListSessionsCommand())); //> bedrock-agent-runtime ListSessions
}
