import type { BedrockAgentRuntimeClient } from "@aws-sdk/client-bedrock-agent-runtime";
import { RetrieveAndGenerateCommand, RetrieveAndGenerateStreamCommand } from "@aws-sdk/client-bedrock-agent-runtime";
import { BedrockAgent } from "@aws-sdk/client-bedrock-agent";

interface Deps { kb: BedrockAgentRuntimeClient; admin: BedrockAgent }

export const makeHandler = ({ kb, admin }: Deps) => async (q: string) => {
  const r = await kb.send(new RetrieveAndGenerateCommand({ input: { text: q } })); //> bedrock-agent-runtime RetrieveAndGenerate
  await admin.listDataSources({ knowledgeBaseId: "k" }); //> bedrock-agent ListDataSources
  return r;
};
export abstract class Repo<T> {
  constructor(protected readonly deps: Deps) {}
  run = async (q: string) => {
    return this.deps.kb.send(new RetrieveAndGenerateStreamCommand({ input: { text: q } })); //> bedrock-agent-runtime RetrieveAndGenerateStream
  };
}
