"use server";
import { BedrockAgentRuntimeClient, InvokeFlowCommand, RerankCommand } from "@aws-sdk/client-bedrock-agent-runtime";
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { streamText } from "ai";

const agents = globalThis.__agents ?? (globalThis.__agents = new BedrockAgentRuntimeClient({}));

export async function flow(formData: FormData) {
  const res = await agents.send(new InvokeFlowCommand({ flowIdentifier: "F", flowAliasIdentifier: "A", inputs: [] })); //> bedrock-agent-runtime InvokeFlow
  for await (const e of res.responseStream!) console.log(e);
}

export const rerank = async (docs: string[]) =>
  agents.send(new RerankCommand({ queries: [], sources: [], rerankingConfiguration: undefined })); //> bedrock-agent-runtime Rerank

export default function Page({ text }: { text: string }) {
  return <form action={flow}><button>{text}</button></form>;
}
