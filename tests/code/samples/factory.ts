import * as runtime from "@aws-sdk/client-bedrock-runtime";

function make(region = "us-east-1"): runtime.BedrockRuntimeClient {
  return new runtime.BedrockRuntimeClient({ region });
}

const commands = {
  ask: (text: string) => new runtime.ConverseCommand({ modelId: "m", messages: [] }),
};

export const ask = (text: string) => make().send(commands.ask(text)); //> bedrock-runtime Converse
type Options = { client?: runtime.BedrockRuntimeClient };
export class Runner {
  #client: runtime.BedrockRuntimeClient;
  constructor({ client }: Options = {}) {
    this.#client = client ?? make();
  }
  run() {
    return this.#client.send(new runtime.CountTokensCommand({ modelId: "m", input: undefined })); //> bedrock-runtime CountTokens
  }
}
