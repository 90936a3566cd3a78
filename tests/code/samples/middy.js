const { BedrockRuntimeClient, InvokeModelCommand } = require("@aws-sdk/client-bedrock-runtime");
const { BedrockAgentRuntimeClient, RetrieveCommand, InvokeModelCommand: Nope } = require("@aws-sdk/client-bedrock-agent-runtime");
const middy = require("@middy/core");

const clients = {
  runtime: new BedrockRuntimeClient({}),
  get kb() {
    return new BedrockAgentRuntimeClient({});
  },
};

class Handler {
  constructor(deps) {
    Object.assign(this, deps);
  }
  static create() {
    return new Handler(clients);
  }
  async run(event) {
    const docs = await this.kb.send(new RetrieveCommand({ knowledgeBaseId: "K", retrievalQuery: { text: event.q } })); //> bedrock-agent-runtime Retrieve
    const params = { modelId: "amazon.nova-lite-v1:0", contentType: "application/json", body: JSON.stringify({ docs }) };
    const command = new InvokeModelCommand(params);
    return this.runtime.send(command); //> bedrock-runtime InvokeModel
  }
}
const instance = Handler.create();
module.exports.handler = middy((e) => instance.run(e)).use({ onError: console.error });
