import { BedrockRuntimeClient, InvokeModelCommand, InvokeModelCommandInput } from "@aws-sdk/client-bedrock-runtime";

abstract class Base {
  protected client: BedrockRuntimeClient;
  constructor() {
    this.client = new BedrockRuntimeClient({});
  }
}

export class Titan extends Base {
  constructor() {
    super();
  }
  static create() {
    return new Titan();
  }
  get api() {
    return this.client;
  }
  async embed(text: string) {
    return this.api.send(new InvokeModelCommand({ modelId: `amazon.titan-embed-text-v2:0`, body: text })); //> bedrock-runtime InvokeModel
  }
}

class Custom extends BedrockRuntimeClient {}
new Custom({}).send(new InvokeModelCommand({ modelId: "m" } as InvokeModelCommandInput)); //> bedrock-runtime InvokeModel
