const { BedrockAgentRuntimeClient: Client, ...cmds } = require("@aws-sdk/client-bedrock-agent-runtime");
const lib = require("@aws-sdk/client-bedrock");
const c = new Client({});
module.exports = {
  async retrieve(q) { return c.send(new cmds.RetrieveCommand({ knowledgeBaseId: "k", retrievalQuery: { text: q } })); }, //> bedrock-agent-runtime Retrieve
  flows: () => c.send(new lib.ListGuardrailsCommand({})), //> bedrock-agent-runtime ListGuardrails wrong bedrock
};
