import { BedrockRuntimeClient, ConverseCommand, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { BedrockClient, GetFoundationModelCommand } from "@aws-sdk/client-bedrock";
import type { Command } from "@smithy/smithy-client";

const runtime = new BedrockRuntimeClient({});
const control = new BedrockClient({});

async function withRetry<T>(fn: () => Promise<T>, attempts = 3): Promise<T> {
  let last: unknown;
  for (let i = 0; i < attempts; i++) {
    try {
      return await fn();
    } catch (e) {
      last = e;
    }
  }
  throw last;
}

const send = <I, O>(command: any): Promise<O> => runtime.send(command) as Promise<O>;

export async function main() {
  await withRetry(() => runtime.send(new ConverseCommand({ modelId: "amazon.nova-lite-v1:0", messages: [] }))); //> bedrock-runtime Converse
  await send(new InvokeModelCommand({ modelId: "m", body: "" })); //> bedrock-runtime InvokeModel
  const model = await control.send(new GetFoundationModelCommand({ modelIdentifier: "m" })); //> bedrock GetFoundationModel
  const commands = [new ConverseCommand({ modelId: "a", messages: [] })];
  for (const c of commands) await runtime.send(c); //> bedrock-runtime Converse
  return model;
}
